// Exim's main log as a feed: each line may give reports. A mail is `ok` once Exim has done with it, for each recipient it was
// delivered to.
import type { Log } from '../lib/log.ts';
import { RecentMap } from '../lib/recent-map.ts';
import type { Address } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { type Event, type Report } from '../policy/report.ts';
import { type LogLine, parseLogLine } from './exim-line.ts';
import type { About, Seen } from './exim-seen.ts';
import type { LineReader } from './follow-file.ts';
import { type OpenMail, OpenMails } from './open-mails.ts';

export interface EximMainlogSettings {
  /** Which line tells of an unknown recipient: the ACL's before greylisting, the refusal itself, or none. */
  readonly unknown: 'verify' | 'delivery' | 'none';
  /** Nothing is reported of these clients. */
  readonly isTrusted: (client: Address) => boolean;
}

export interface EximMainlog {
  /** What the line reports; most lines report nothing. Never throws. */
  reports(line: string): readonly Report[];
  /** Lines so far that did not begin with a date. */
  undated(): number;
  /** What must be known again after a restart to go on with the next line: the newest mails under way. */
  context(): string;
  /** Goes on from such a context; anything else than a context is an empty one. */
  restore(context: string): void;
}

/** Recipients of whom it is remembered that a callout was refused for a reason that says nothing of the client. */
const REFUSED_LIMIT = 10_000;

type UnknownRecipient = Extract<Seen, { readonly kind: 'unknown' }>;

/** A log of which nothing is known yet. */
export function createEximMainlog(settings: EximMainlogSettings): EximMainlog {
  const open = new OpenMails();
  const refused = new RecentMap<true>(REFUSED_LIMIT);
  let undated = 0;
  const shown = (client: Address | undefined): client is Address => client !== undefined && !settings.isTrusted(client);

  const take = ({ time, seen }: LogLine): readonly Report[] => {
    switch (seen?.kind) {
      case undefined:
        return [];
      case 'event':
        return shown(seen.client) ? [report(time, seen.client.text, seen.event, seen.about)] : [];
      case 'refused':
        refused.set(seen.recipient.toLowerCase(), true);
        return [];
      case 'unknown': {
        if (!isUnknown(refused, seen)) return [];
        const wanted = seen.mode === settings.unknown && shown(seen.client);
        return wanted ? [report(time, seen.client.text, 'unknown', seen.about)] : [];
      }
      case 'arrived': {
        const ip = shown(seen.client) ? seen.client.text : undefined;
        open.arrived(seen.id, { since: time, ip, sender: seen.sender });
        return [];
      }
      case 'delivered':
        open.delivered(seen.id, seen.recipient, time);
        return [];
      case 'completed': {
        const mail = open.completed(seen.id);
        return mail === undefined ? [] : acceptedMail(time, seen.id, mail);
      }
    }
  };
  return {
    reports: (line) => {
      const parsed = parseLogLine(line);
      if (parsed === undefined) undated += 1;
      return parsed === undefined ? [] : take(parsed);
    },
    undated: () => undated,
    context: () => open.context(),
    restore: (context) => open.restore(context),
  };
}

export interface EximReaderParts {
  readonly mainlog: EximMainlog;
  readonly accept: (report: Report) => Promise<void>;
  readonly log: Log;
}

/** The log as a reader of lines that hands on its reports, those of one block together. */
export function eximLineReader({ mainlog, accept, log }: EximReaderParts): LineReader {
  let told = 0;
  const tellUndated = (): void => {
    const undated = mainlog.undated();
    // A few such lines are usual: they belong to the line before. A log that has no others tells nothing, and that
    // should be known.
    if (undated < told * 10 || undated === told) return;
    told = undated;
    log.event(0, 'log lines without a date', { lines: undated });
  };
  return {
    take: async (lines) => {
      await Promise.all(lines.flatMap((line) => mainlog.reports(line)).map(accept));
      tellUndated();
    },
    context: () => mainlog.context(),
    restore: (context) => mainlog.restore(context),
  };
}

/** Whether it is certain that there is no such recipient. Some hours later Exim has forgotten its callout, and asks again. */
function isUnknown(refused: RecentMap<true>, { cached, about: { recipient = '' } }: UnknownRecipient): boolean {
  const key = recipient.toLowerCase();
  if (cached === true) return refused.get(key) === undefined;
  refused.delete(key);
  return true;
}

function report(time: Seconds, ip: string, event: Event, about: About): Report {
  return { reporter: 'exim4', time, ip, event, ...about };
}

function acceptedMail(time: Seconds, mtaId: string, { ip, sender, recipients }: OpenMail): Report[] {
  if (ip === undefined) return [];
  return recipients.map((recipient) => report(time, ip, 'ok', { sender, recipient, mtaId }));
}
