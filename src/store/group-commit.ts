// Group commit: the writes of one turn of the event loop share one transaction. It opens at the first of them and is
// committed when the turn ends; all of them succeed or fail together.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

interface Turn {
  /** Settles when the transaction has ended. */
  readonly ended: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** Why it was rolled back, once it was. */
  failure?: { readonly error: unknown };
}

export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #committed: () => void;
  #turn: Turn | undefined;
  #held: Promise<void> | undefined;

  /** `committed` is called after every commit. */
  constructor(db: DatabaseSync, committed: () => void) {
    this.#db = db;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#committed = committed;
  }

  /** Does the work in this turn's transaction; resolves to what it returned when that is committed. */
  write<T>(work: () => T): Promise<T> {
    if (this.#held !== undefined) return this.#held.then(() => this.write(work));
    this.#turn ??= this.#open();
    const turn = this.#turn;
    // A lock is waited for once a turn, not once a write.
    if (turn.failure !== undefined) return turn.ended as Promise<never>;
    try {
      const result = work();
      return turn.ended.then(() => result);
    } catch (error) {
      this.#fail(turn, error);
      return turn.ended as Promise<never>;
    }
  }

  /** Resolves when everything that can be read now is committed; rejects when it was rolled back. */
  settled(): Promise<void> {
    return this.#turn?.ended ?? Promise.resolve();
  }

  /** Does the work while nothing is written: what comes meanwhile waits, without blocking the event loop. */
  async hold(work: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const turn = this.#turn;
    this.#held = promise;
    try {
      await turn?.ended.catch(() => {});
      await work();
    } finally {
      this.#held = undefined;
      resolve();
    }
  }

  #open(): Turn {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const turn: Turn = { ended: promise, resolve, reject };
    // Whoever waits gets the error; it is no unhandled rejection when nobody does.
    promise.catch(() => {});
    setImmediate(() => {
      this.#turn = undefined;
      this.#end(turn);
    });
    try {
      this.#begin.run();
    } catch (error) {
      this.#fail(turn, error);
    }
    return turn;
  }

  #end(turn: Turn): void {
    if (turn.failure === undefined) {
      try {
        this.#commit.run();
      } catch (error) {
        this.#fail(turn, error);
      }
    }
    if (turn.failure !== undefined) turn.reject(turn.failure.error);
    else {
      turn.resolve();
      this.#committed();
    }
  }

  #fail(turn: Turn, error: unknown): void {
    turn.failure = { error };
    // Some errors (disk full, I/O) have already rolled back.
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
  }
}
