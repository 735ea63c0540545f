// The port of the memory: what the rest of the house may ask of a store. It speaks the domain, in one round trip a check.
// Every promise made here is tested in store-contract.ts against each backend.
import type { Address } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import type { Change, Recalled } from '../policy/decide.ts';
import type { StoredTuple, TupleCounts } from '../policy/greylist.ts';
import type { Tuple } from '../policy/tuple.ts';

/** What a check asks the memory. */
export interface Recall {
  readonly tuple: Tuple;
  readonly client: Address;
}

/** What a check leaves in the memory. */
export interface Remembrance extends Recall {
  readonly change: Change;
  /** Bounces have a retry window of their own. */
  readonly nullSender: boolean;
  /** The sender and the client's name as they were at the first attempt, for listings and for maintenance. */
  readonly senderText: string;
  readonly clientName: string | undefined;
}

/** Listings: by client (address, network or domain), by address or domain of sender or recipient, or all. */
export interface TupleQuery {
  readonly text: string | undefined;
  readonly limit: number;
}

/** How long entries live, in seconds since their `lastSeen`. */
export interface Lifetimes {
  readonly pending: Seconds;
  readonly pendingNullSender: Seconds;
  readonly valid: Seconds;
}

export interface Store extends AsyncDisposable {
  /** What is known about a check's tuple, and how many pending entries its client (clientKey) has. */
  recall(recall: Recall): Promise<Recalled>;

  /**
   * Makes the change. Resolves when it, and all that was remembered before, survives the process being killed: an
   * answer may leave only then. Changes that no longer apply (validate something that is gone) do nothing.
   */
  remember(remembrance: Remembrance, now: Seconds): Promise<void>;

  /** Removes at most `most` entries with `lastSeen + lifetime < now`, pending first; returns how many it removed. */
  expire(lifetimes: Lifetimes, now: Seconds, most: number): Promise<number>;

  /** The stored tuples that match, newest first. Never holds up a check, however much there is to read. */
  tuples(query: TupleQuery): Promise<readonly StoredTuple[]>;

  /** Likewise. */
  count(): Promise<TupleCounts>;
}
