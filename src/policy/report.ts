// What was seen of a client: the word of an MTA's log, a trap, a user, a filter or a peer.
import { NULL_SENDER, type Seconds } from './check.ts';

/** Every event that a report can tell of. Others may come from peers; they are kept, passed on and do not count. */
export const EVENTS = [
  'check',
  'ok',
  'unknown',
  'spam',
  'relay',
  'disconnect',
  'smtp_no_mail',
  'smtp_no_wait',
  'smtp_connection_lost',
  'hard_trap',
  'soft_trap',
  'manual',
] as const;

export type Event = (typeof EVENTS)[number];

/** Characters of a field; no address of a mail is longer (RFC 5321 section 4.5.3.1.3 allows 256). Servers refuse more. */
export const LONGEST_FIELD = 512;

/**
 * How far in the future the time of a report may be, which counts at once all the same: a server whose clock is wrong by some
 * hours, such as by a time zone, loses nothing.
 */
export const MOST_AHEAD: Seconds = 86_400;

/** A report as its source tells it; who stores it adds the rest (origin, id, when it was stored). */
export interface Report {
  /** What saw it: `exim4`, `traps`, `ddgrey-report`, `milter`, ... */
  readonly reporter: string;
  readonly time: Seconds;
  /** Canonical text of the client's address (policy/address.ts). */
  readonly ip: string;
  readonly event: Event;
  readonly sender?: string;
  readonly recipient?: string;
  /** The MTA's name for the message. */
  readonly mtaId?: string;
}

/** A report of any event: those of EVENTS count, others are only kept and passed on. */
export type IncomingReport = Omit<Report, 'event'> & {
  readonly event: string;
  /**
   * Of a first attempt: the client's verified domain, as whoever saw it says. For all other events we find it out
   * ourselves.
   */
  readonly domain?: string;
};

/** A report as it is kept and passed on. */
export interface StoredReport extends IncomingReport {
  /** The server that first had it, and that server's id for it: together they name it for ever. */
  readonly origin: string;
  readonly originId: number;
  /** When this server stored it. */
  readonly stored: Seconds;
  /** Whom the client belonged to at that time: its verified domain, or its address; undefined while that is not known. */
  readonly domain?: string;
}

/** A stored report with the id that it has in this server's store. */
export type NumberedReport = StoredReport & { readonly id: number };

const OF_RECIPIENTS: ReadonlySet<string> = new Set(['unknown', 'hard_trap', 'soft_trap'] satisfies Event[]);

/** Under this name Postfix asks whether a sender exists (postconf(5), address_verify_sender). */
const POSTFIX_PROBE = 'double-bounce@';

/**
 * Whether the report holds the recipient of a bounce against the client. A server that sends bounces, or asks likewise
 * whether a user exists, was told that address by whoever forged it: honest servers would be blacklisted for the spam
 * of others.
 */
export function blamesBounce({ event, sender }: Pick<IncomingReport, 'event' | 'sender'>): boolean {
  if (!OF_RECIPIENTS.has(event) || sender === undefined) return false;
  return sender === NULL_SENDER || sender.toLowerCase().startsWith(POSTFIX_PROBE);
}

/** The times between which reports count now. */
export function countedTimes(
  searchDuration: Seconds,
  now: Seconds,
): { readonly since: Seconds; readonly until: Seconds; readonly now: Seconds } {
  return { since: now - searchDuration, until: now + MOST_AHEAD, now };
}
