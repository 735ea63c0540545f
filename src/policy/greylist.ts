// The life of a tuple: pending from its first attempt, valid once it was tried again after the delay, forgotten when
// nothing came of it. (The method of Evan Harris, 2003, with ze-filter's windows and boundaries.)
import type { Seconds } from './check.ts';
import type { Tuple } from './tuple.ts';

export type TupleState = 'pending' | 'valid';

/** What the store remembers of a tuple. */
export interface TupleEntry {
  readonly state: TupleState;
  /** Of the attempt that made it pending, or, once valid, of the attempt that passed. */
  readonly firstSeen: Seconds;
  /** Of its last refresh; what its lifetime counts from. Of a pending one that came here: the same as firstSeen. */
  readonly lastSeen: Seconds;
}

/** A tuple as listings show it. */
export interface StoredTuple extends TupleEntry {
  readonly tuple: Tuple;
  /** The address and name of the client, and the sender, as they were at the first attempt. */
  readonly client: string;
  readonly clientName: string | undefined;
  readonly senderText: string;
  readonly nullSender: boolean;
  /** 1, and one more for each refresh. */
  readonly uses: number;
}

/** How many tuples there are. */
export interface TupleCounts {
  readonly pending: number;
  readonly valid: number;
}

/** Delay before a retry counts, and how long after the first attempt it still counts. Seconds. */
export interface Window {
  readonly delay: Seconds;
  readonly retry: Seconds;
}

/** What an attempt is to its tuple. */
export type Attempt =
  | { readonly kind: 'first' }
  | { readonly kind: 'early'; readonly wait: Seconds }
  | { readonly kind: 'retried'; readonly waited: Seconds }
  | { readonly kind: 'expired' };

/** A valid entry is refreshed at most this often, so that a busy sender costs no write a message. */
export const REFRESH_AFTER: Seconds = 6 * 3600;

/** How far a clock may go back, such as by a wrong time zone. */
export const MOST_BACK: Seconds = 86_400;

/** Whether the tuple is valid and has not outlived its lifetime. */
export function isKnown({ state, lastSeen }: TupleEntry, validLifetime: Seconds, now: Seconds): boolean {
  return state === 'valid' && lastSeen + validLifetime >= now;
}

/** How old entries may be to count. */
export interface Ages {
  readonly validLifetime: Seconds;
  readonly retry: Seconds;
  readonly now: Seconds;
}

/** Whether an entry lets a check pass sooner than another one, which is not known: it is known, or has waited for longer. */
export function countsMore(entry: TupleEntry | undefined, other: TupleEntry, ages: Ages): boolean {
  if (entry === undefined) return false;
  if (isKnown(entry, ages.validLifetime, ages.now)) return true;
  return isWaiting(entry, ages) && (!isWaiting(other, ages) || entry.firstSeen < other.firstSeen);
}

/**
 * What takes the place of the entry that is here when one of the same tuple comes from elsewhere; undefined: it stays. A
 * valid one replaces a pending one, and of two valid ones the one that was used later stays. Two pending ones are taken
 * together: a retry passes as soon as by the older one, and as long as by the newer one, so no mail waits for longer than
 * by one of them alone.
 */
export function takenOver(other: StoredTuple, known: TupleEntry): StoredTuple | undefined {
  if (other.state !== known.state) return other.state === 'valid' ? other : undefined;
  if (other.state === 'valid') return other.lastSeen > known.lastSeen ? other : undefined;
  const firstSeen = Math.min(other.firstSeen, known.firstSeen);
  const lastSeen = Math.max(other.lastSeen, known.lastSeen);
  if (firstSeen === known.firstSeen && lastSeen === known.lastSeen) return undefined;
  return { ...other, firstSeen, lastSeen };
}

function isWaiting(entry: TupleEntry, { retry, now }: Ages): boolean {
  const { kind } = judgeAttempt(entry, { delay: 0, retry }, now);
  return kind === 'early' || kind === 'retried';
}

/**
 * What an attempt at `now` is to a tuple that is not known. The retry window is open from `firstSeen + delay` (included)
 * to `lastSeen + retry` (not included). After a clock went back the attempt is early; but by more than a day, the tuple begins
 * again, or its retries would wait for a time that may be years away. A valid entry here is one past its lifetime.
 */
export function judgeAttempt(entry: TupleEntry | undefined, window: Window, now: Seconds): Attempt {
  if (entry === undefined || entry.state === 'valid') return { kind: 'first' };
  const since = now - entry.firstSeen;
  if (since < -MOST_BACK || now - entry.lastSeen >= window.retry) return { kind: 'expired' };
  if (since < window.delay) return { kind: 'early', wait: Math.min(window.delay - since, window.delay) };
  return { kind: 'retried', waited: since };
}
