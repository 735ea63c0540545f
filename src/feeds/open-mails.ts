// The mails of Exim's log that are under way: their sender, client and recipients are remembered from `<=` until `Completed`.
import { ownText } from '../lib/own-text.ts';
import { parseAddress } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';

export interface OpenMail {
  readonly since: Seconds;
  /** Undefined: it has not arrived yet, or comes from nobody of whom something is reported. */
  readonly ip: string | undefined;
  readonly sender: string;
  readonly recipients: readonly string[];
}

/** Mails under way that are remembered, and those of them that outlive a restart. */
const OPEN_LIMIT = 20_000;
const CONTEXT_LIMIT = 1000;
const RECIPIENT_LIMIT = 100;
/** Exim gives up after four days in its default retry rules. */
const OPEN_LIFETIME: Seconds = 7 * 86_400;

export class OpenMails {
  /** By message id; the newest come last. */
  #mails = new Map<string, OpenMail>();

  /** The mail has arrived; recipients to whom it was delivered by then stay with it. */
  arrived(id: string, { since, ip, sender }: Omit<OpenMail, 'recipients'>): void {
    const recipients = this.#mails.get(id)?.recipients ?? [];
    this.#remember(id, { since, ip: ip && ownText(ip), sender: ownText(sender), recipients });
  }

  /** The mail was delivered to a recipient. A cutthrough delivery is logged before the arrival. */
  delivered(id: string, recipient: string, time: Seconds): void {
    const mail = this.#mails.get(id);
    const own = ownText(recipient);
    if (mail === undefined) this.#remember(id, { since: time, ip: undefined, sender: '', recipients: [own] });
    else if (mail.recipients.length < RECIPIENT_LIMIT)
      this.#mails.set(id, { ...mail, recipients: [...mail.recipients, own] });
  }

  /** Exim has done with the mail: it is forgotten, and returned if it was known. */
  completed(id: string): OpenMail | undefined {
    const mail = this.#mails.get(id);
    this.#mails.delete(id);
    return mail;
  }

  /** The newest mails, for the next start. */
  context(): string {
    return JSON.stringify([...this.#mails].filter(([, mail]) => mayReport(mail)).slice(-CONTEXT_LIMIT));
  }

  /** Takes over such a context; any other text is an empty one. */
  restore(context: string): void {
    this.#mails = readContext(context);
  }

  #remember(id: string, mail: OpenMail): void {
    this.#mails.delete(id);
    this.#mails.set(ownText(id), mail);
    for (const [oldest, { since }] of this.#mails) {
      if (this.#mails.size <= OPEN_LIMIT && since > mail.since - OPEN_LIFETIME) break;
      this.#mails.delete(oldest);
    }
  }
}

/** Whether the mail may still become a report: it has not arrived yet, or its client is one of which something is reported. */
function mayReport({ ip, sender }: OpenMail): boolean {
  return ip !== undefined || sender === '';
}

function readContext(context: string): Map<string, OpenMail> {
  try {
    const entries: unknown = JSON.parse(context);
    return new Map(Array.isArray(entries) ? entries.filter(isOpenEntry) : []);
  } catch {
    return new Map();
  }
}

function isOpenEntry(entry: unknown): entry is [string, OpenMail] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false;
  const mail: Partial<Record<keyof OpenMail, unknown>> = Object(entry[1]);
  if (typeof mail.since !== 'number' || typeof mail.sender !== 'string' || !Array.isArray(mail.recipients))
    return false;
  const known = mail.ip === undefined || (typeof mail.ip === 'string' && parseAddress(mail.ip) !== undefined);
  return known && mail.recipients.every((recipient) => typeof recipient === 'string');
}
