// The two places where a tuple may be, taken together: among the first attempts that are on their way, or in the table.
// Recalling looks in both; anything else that is done to a tuple waits until it is in the table.
import type { DatabaseSync } from 'node:sqlite';
import type { MaybePromise } from '../lib/maybe-promise.ts';
import type { Seconds } from '../policy/check.ts';
import type { Recalled } from '../policy/decide.ts';
import type { TupleCounts } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import type { Tuple } from '../policy/tuple.ts';
import type { MoverParts } from './attempt-mover.ts';
import { FirstAttempts } from './first-attempts.ts';
import type { Listings } from './listings.ts';
import type { Lifetimes, Recall, Remembrance } from './store.ts';
import { TupleSketch } from './tuple-sketch.ts';
import { TupleTable } from './tuple-table.ts';

export interface TupleMemoryParts extends Omit<MoverParts, 'journal' | 'tuples'> {
  readonly db: DatabaseSync;
  readonly listings: Listings;
  /** Does the work in a transaction, unless the store is closed. */
  readonly write: <T>(work: () => T) => Promise<T>;
}

export class TupleMemory implements AsyncDisposable {
  readonly #parts: TupleMemoryParts;
  readonly #table: TupleTable;
  readonly #attempts: FirstAttempts;

  /** Takes over first attempts that a process that was killed left behind. */
  constructor(parts: TupleMemoryParts) {
    this.#parts = parts;
    const { db, commits } = parts;
    const sketch = new TupleSketch({ count: () => this.#count(), pieces: () => this.#hashes() });
    this.#table = new TupleTable(db, { reads: () => commits.reads(), attempts: () => this.#attempts, sketch });
    this.#attempts = new FirstAttempts({ ...parts, tuples: this.#table, sketch });
  }

  /** As Store.recall; `pass` is what was found of passes. */
  recall(recall: Recall, pass: Pass | undefined): Recalled {
    return this.#table.recall(recall, pass);
  }

  /** As Store.remember. */
  remember(remembrance: Remembrance, now: Seconds): MaybePromise<void> {
    const { tuple, change } = remembrance;
    if (change === 'none') return this.#settled();
    if (change === 'record') return this.#record(remembrance, now);
    return this.write([tuple], (table) => table.remember(remembrance, now));
  }

  /** Does work on these tuples in a transaction; resolves to what it returned when that is committed. */
  write<T>(tuples: readonly Tuple[], work: (table: TupleTable) => T): Promise<T> {
    const moved = this.#attempts.without(tuples);
    return moved?.then(() => this.write(tuples, work)) ?? this.#parts.write(() => work(this.#table));
  }

  /** Moves first attempts that may be past their lifetime. */
  async expireAttempts({ pending, pendingShort, pendingNullSender }: Lifetimes, now: Seconds): Promise<void> {
    await this.#attempts.expire(now - Math.min(pending, pendingShort, pendingNullSender));
  }

  /** As Store.expire, for tuples, within the caller's transaction. */
  expire(lifetimes: Lifetimes, now: Seconds, most: number): number {
    return this.#table.expire(lifetimes, now, most);
  }

  /** Puts first attempts into the database, as far as it takes them: listings read there. */
  async move(): Promise<void> {
    await this.#attempts.move();
  }

  /** How many tuples there are. */
  async count(): Promise<TupleCounts> {
    await this.move();
    const [counts = { pending: 0, valid: 0 }] = await this.#parts.listings.all('count', {});
    return counts;
  }

  /** Told that a transaction was rolled back: what was noted of its changes is forgotten. */
  rolledBack(): void {
    this.#table.rolledBack();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#attempts[Symbol.asyncDispose]();
  }

  async #count(): Promise<number> {
    // Before all else: if this fails no hashes can be read either, and counting would take long in vain.
    await this.#attempts.moveAll();
    const { pending, valid } = await this.count();
    return pending + valid;
  }

  async *#hashes(): AsyncIterable<readonly number[]> {
    await this.#attempts.moveAll();
    // The worker sees what is committed.
    await this.#parts.commits.ended();
    yield* this.#parts.listings.read('tupleHashes', {});
  }

  /** Even an answer that changes nothing may have been made from what is not written yet. */
  #settled(): MaybePromise<void> {
    const committed = this.#parts.commits.settled();
    return this.#attempts.settled()?.then(() => committed) ?? committed;
  }

  #record(remembrance: Remembrance, now: Seconds): Promise<void> {
    // The attempt is kept also if what was written before is rolled back.
    const recorded = this.#attempts.record(remembrance, now);
    const ended = this.#parts.commits.settled();
    return ended === undefined ? recorded : recorded.then(() => ended.catch(() => {}));
  }
}
