// Greylisting as a mail filter: the answer at RCPT, the header, and reports of what was seen. (docs/protocols/milter.md)
import type { AnswerCheck } from '../engine/answer-check.ts';
import { type Clock, seconds } from '../lib/clock.ts';
import { knownFields } from '../lib/known-fields.ts';
import { chain, type MaybePromise } from '../lib/maybe-promise.ts';
import { createTimedTest } from '../lib/timed-pattern.ts';
import { type Address, parseAddress } from '../policy/address.ts';
import { type Check, type Mailbox, reportedSender } from '../policy/check.ts';
import type { Event, Report } from '../policy/report.ts';
import type { Verdict, White } from '../policy/verdict.ts';
import { GREYLIST_HEADER, greylistHeader, isForged } from './greylist-header.ts';
import type { Needs } from './milter-negotiation.ts';
import type { ClientInfo, Macros } from './milter-packets.ts';
import { isRefused, refusalEvent } from './milter-refusals.ts';
import type { MilterReply, Modification, SmtpReply } from './milter-replies.ts';
import type { FilteredClient, FilteredMessage, MilterFilter } from './milter-session.ts';
import { parsePath } from './smtp-path.ts';
import { SlowPatterns, type SpamHeader, type SpamMarkParts, SpamMarks } from './spam-marks.ts';

/** What may change while the daemon runs. */
export interface MilterSettings {
  /** The name that stands in the header. */
  readonly host: string;
  /** Whether mail gets the header. */
  readonly header: boolean;
  readonly spamHeaders: readonly SpamHeader[];
}

export interface GreylistMilterParts extends Pick<SpamMarkParts, 'onSlowPattern'> {
  readonly answerCheck: AnswerCheck;
  /** Takes a report; must not throw. */
  readonly accept: (report: Report) => void;
  /** Told of each recipient that the MTA itself refuses: a spam trap need not exist there. */
  readonly onRefused: (check: Check) => void;
  readonly nextId: () => string;
  /** What a sender is told for a verdict that is not white. */
  readonly reply: (check: Check, verdict: Verdict) => SmtpReply;
  readonly clock: Clock;
  readonly settings: () => MilterSettings;
}

type ClientParts = GreylistMilterParts & SpamMarkParts;

const LONGEST_NAME = 255;

const CONTINUE: MilterReply = { kind: 'continue' };

/** The filter, for a milter server. */
export function greylistMilter(parts: GreylistMilterParts): MilterFilter {
  const clientParts = { ...parts, test: createTimedTest(), slow: new SlowPatterns() };
  return {
    needs: () => needs(parts.settings()),
    connect: (info) => new Client(clientParts, info),
  };
}

function needs({ header, spamHeaders }: MilterSettings): Needs {
  return {
    data: true,
    headers: header || spamHeaders.length > 0,
    changesHeaders: header,
    refusedRecipients: true,
    macros: {
      mail: ['i', 'auth_authen', 'auth_type'],
      rcpt: ['i', 'rcpt_mailer', 'rcpt_host', 'rcpt_addr'],
      eom: ['i'],
    },
  };
}

class Client implements FilteredClient {
  readonly parts: ClientParts;
  /** Undefined when the client is a program on the MTA's own machine, or unknown. */
  readonly address: Address | undefined;
  /** Only names that the MTA verified; else it gives the address in brackets. */
  readonly name: string | undefined;
  #helo: string | undefined;
  #sawMail = false;
  #lostData = false;

  constructor(parts: ClientParts, { name, address }: ClientInfo) {
    this.parts = parts;
    this.address = parseAddress(address);
    this.name = name === '' || name === 'unknown' || name.startsWith('[') ? undefined : name.slice(0, LONGEST_NAME);
  }

  get heloName(): string | undefined {
    return this.#helo;
  }

  helo(name: string): void {
    this.#helo = name.slice(0, LONGEST_NAME);
    this.#lostData = false;
  }

  mail(sender: string, macros: Macros): FilteredMessage {
    this.#sawMail = true;
    this.#lostData = false;
    if (this.address === undefined || isAuthenticated(macros)) return EXEMPT;
    return new Message(this, this.address, parsePath(sender), macros.get('i') || undefined);
  }

  /** Told that a message broke off after DATA. If the client does nothing more, the connection was lost. */
  lostData(): void {
    this.#lostData = true;
  }

  /**
   * A client that has greeted may have tried to send: of a MAIL that the MTA refuses (its disk is full) we are told
   * nothing.
   */
  close(): void {
    if (this.#lostData) this.report('smtp_connection_lost');
    else if (!this.#sawMail && this.#helo === undefined) this.report('smtp_no_mail');
  }

  report(event: Event, details: Pick<Report, 'sender' | 'recipient' | 'mtaId'> = {}): void {
    if (this.address === undefined) return;
    const { accept, clock } = this.parts;
    accept({ reporter: 'milter', time: seconds(clock), ip: this.address.text, event, ...details });
  }
}

/** Sendmail also sends macros that are empty. */
function isAuthenticated(macros: Macros): boolean {
  return Boolean(macros.get('auth_authen') || macros.get('auth_type'));
}

/** A message of an authenticated client, or of one without an address: it is accepted, and the MTA need not tell more of it. */
const EXEMPT: FilteredMessage = {
  rcpt: () => ({ kind: 'accept' }),
  data: () => {},
  header: () => {},
  eom: () => [],
  abort: () => {},
};

class Message implements FilteredMessage {
  readonly #client: Client;
  readonly #address: Address;
  readonly #sender: Mailbox;
  #queueId: string | undefined;
  readonly #accepted: string[] = [];
  /** Of the recipient whose mail waited longest, or of the first. */
  #passed: White | undefined;
  #data = false;
  readonly #spamMarks: SpamMarks;
  #greylistHeaders = 0;
  /** The places of forged headers among all of that name. */
  readonly #forged: number[] = [];

  constructor(client: Client, address: Address, sender: Mailbox, queueId: string | undefined) {
    this.#client = client;
    this.#address = address;
    this.#sender = sender;
    this.#queueId = queueId;
    this.#spamMarks = new SpamMarks(client.parts);
  }

  rcpt(text: string, macros: Macros): MaybePromise<MilterReply> {
    this.#queueId = macros.get('i') || this.#queueId;
    const recipient = parsePath(text);
    const check = this.#check(recipient);
    if (isRefused(macros)) {
      this.#client.parts.onRefused(check);
      const event = refusalEvent(macros);
      if (event !== undefined) this.#report(event, recipient.text);
      return CONTINUE;
    }
    return chain(this.#client.parts.answerCheck(check), (verdict) => this.#answer(check, verdict));
  }

  data(): void {
    this.#data = true;
  }

  header(name: string, value: string): void {
    const { host, spamHeaders } = this.#client.parts.settings();
    const lowerName = name.toLowerCase();
    if (lowerName === GREYLIST_HEADER.toLowerCase()) {
      this.#greylistHeaders += 1;
      if (isForged(name, value, host)) this.#forged.push(this.#greylistHeaders);
    }
    this.#spamMarks.look(spamHeaders, lowerName, value);
  }

  eom(macros: Macros): readonly Modification[] {
    this.#queueId = macros.get('i') || this.#queueId;
    this.#reportReceived();
    const { clock, settings } = this.#client.parts;
    const { host, header } = settings();
    if (!header || this.#passed === undefined) return [];
    // From the last to the first, so that no removal moves those that are still to be removed.
    const removals = this.#forged.toReversed().map((index) => changeHeader(index, ''));
    const value = greylistHeader(this.#passed, host, seconds(clock));
    return [...removals, { kind: 'insert-header', index: 0, name: GREYLIST_HEADER, value }];
  }

  abort(): void {
    if (this.#data && this.#accepted.length > 0) this.#client.lostData();
  }

  #check(recipient: Mailbox): Check {
    const { name, heloName, parts } = this.#client;
    return {
      id: parts.nextId(),
      client: this.#address,
      sender: this.#sender,
      recipient,
      via: 'milter',
      ...(name === undefined ? {} : { clientName: name }),
      ...(heloName === undefined ? {} : { helo: heloName }),
      ...(this.#queueId === undefined ? {} : { queueId: this.#queueId }),
    };
  }

  #answer(check: Check, verdict: Verdict): MilterReply {
    if (verdict.kind !== 'white') return { kind: 'reply', ...this.#client.parts.reply(check, verdict) };
    this.#accepted.push(check.recipient.text);
    if ((verdict.waited ?? -1) > (this.#passed?.waited ?? -1)) this.#passed = verdict;
    this.#passed ??= verdict;
    return CONTINUE;
  }

  /** Spam counts once: else a single message to three, marked wrongly, would blacklist its client. */
  #reportReceived(): void {
    const spam = this.#spamMarks.found;
    for (const recipient of spam ? this.#accepted.slice(0, 1) : this.#accepted)
      this.#report(spam ? 'spam' : 'ok', recipient);
  }

  #report(event: Event, recipient: string): void {
    const details = { sender: reportedSender(this.#sender), recipient, mtaId: this.#queueId };
    this.#client.report(event, knownFields(details));
  }
}

function changeHeader(index: number, value: string): Modification {
  return { kind: 'change-header', index, name: GREYLIST_HEADER, value };
}
