// First attempts on their way: written to a journal and answered, moved to the database a moment later. Whoever changes or
// lists tuples waits for those that it is about.
import type { Seconds } from '../policy/check.ts';
import type { Tuple } from '../policy/tuple.ts';
import { AttemptJournal } from './attempt-journal.ts';
import { AttemptMover, type MoverParts } from './attempt-mover.ts';
import type { Remembrance } from './store.ts';
import type { TupleKey } from './tuple-key.ts';
import { kindOf } from './tuple-kind.ts';
import type { Attempts } from './tuple-recall.ts';
import type { TupleSketch } from './tuple-sketch.ts';
import type { TupleTable } from './tuple-table.ts';

/**
 * Bytes of a file beyond which nothing more is taken before the other file is moved: mostly some 200,000 attempts, and
 * 10 MiB of memory. The same number of attempts with long senders could be gigabytes.
 */
const MOST = 32 * 1024 * 1024;

export interface FirstAttemptParts extends Omit<MoverParts, 'journal'> {
  readonly sketch: TupleSketch;
}

export class FirstAttempts implements Attempts, AsyncDisposable {
  readonly #journal: AttemptJournal;
  readonly #mover: AttemptMover;
  readonly #tuples: TupleTable;
  readonly #sketch: TupleSketch;
  readonly #most: number;

  /** Takes over what a process that was killed left behind. */
  constructor({ sketch, ...parts }: FirstAttemptParts, most: number = MOST) {
    this.#most = most;
    this.#tuples = parts.tuples;
    this.#sketch = sketch;
    this.#journal = new AttemptJournal(parts.path, (tuple) => parts.tuples.keyOf(tuple));
    this.#mover = new AttemptMover({ ...parts, journal: this.#journal });
    if (!this.#journal.isEmpty) this.#mover.appending();
  }

  find(key: TupleKey): Seconds | undefined {
    return this.#journal.find(key);
  }

  pendingOf(address: Uint8Array): number {
    return this.#journal.pendingOf(address);
  }

  /** Takes a first attempt. Resolves when it survives the process; rejects when it could not be written. */
  record(remembrance: Remembrance, now: Seconds): Promise<void> {
    if (this.#journal.length >= this.#most) return this.#makeRoom().then(() => this.record(remembrance, now));
    const attempt = { ...remembrance, kind: kindOf('pending', remembrance), time: now };
    const key = this.#tuples.keyOf(remembrance.tuple);
    this.#mover.appending();
    this.#sketch.add(key);
    return this.#journal.append(attempt, key);
  }

  /** Resolves when all that can be found here survives the process; undefined: it does already. */
  settled(): Promise<void> | undefined {
    return this.#journal.settled();
  }

  /** Resolves when none of these tuples is here any more, but in the database; undefined: none is. */
  without(tuples: readonly Tuple[]): Promise<void> | undefined {
    const isHere = (tuple: Tuple): boolean => this.#journal.find(this.#tuples.keyOf(tuple)) !== undefined;
    return !this.#journal.isEmpty && tuples.some(isHere) ? this.#mover.moveAll() : undefined;
  }

  /** Moves all attempts if some are from before that time. */
  async expire(before: Seconds): Promise<void> {
    if (this.#journal.oldest < before) await this.#mover.moveAll();
  }

  /**
   * Resolves when all that is here now is in the database. Rejects when that fails, and at once if the last move has
   * failed: to try again before its time would hold up all other writes.
   */
  async moveAll(): Promise<void> {
    if (this.#mover.failing) throw new Error('the database takes no first attempts');
    await this.#mover.moveAll();
  }

  /** Moves all, as far as the database takes them: who lists must not wait for a disk that is full. */
  async move(): Promise<void> {
    await this.#mover.moveAll().catch(() => {});
  }

  async #makeRoom(): Promise<void> {
    if (this.#mover.failing) throw new Error('too many first attempts wait for the database, which takes none');
    await this.#mover.moveAll();
  }

  /** What could not be moved is taken over when the database is opened again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.move();
    await this.#mover[Symbol.asyncDispose]();
    this.#journal.close();
  }
}
