// Group commit: what is read and written in one turn of the event loop shares one transaction. It opens at the first of
// it and is committed when the turn ends; all writes succeed or fail together. Reads share it because each transaction
// has to lock the database and look for news, which costs more than finding a row.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

interface Turn {
  /** Settles when the transaction has ended. */
  readonly ended: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** Whether there is something to commit, and somebody may wait for it. */
  written: boolean;
  /** Why it was rolled back, once it was. */
  failure?: { readonly error: unknown };
}

export interface CommitHooks {
  /** Something was written and is committed. */
  readonly committed: () => void;
  /** What was written in this turn is gone. */
  readonly rolledBack: () => void;
}

const NOTHING_WRITTEN: Promise<void> = Promise.resolve();

export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #hooks: CommitHooks;
  #turn: Turn | undefined;
  #held: Promise<void> | undefined;

  constructor(db: DatabaseSync, hooks: CommitHooks) {
    this.#db = db;
    this.#begin = db.prepare('BEGIN');
    this.#commit = db.prepare('COMMIT');
    this.#hooks = hooks;
  }

  /** What is read from now on in this turn of the event loop is read in its transaction. */
  reads(): void {
    // While writing is held, the worker writes: what was read before that could not be followed by a write of ours.
    if (this.#held === undefined) this.#turn ??= this.#open();
  }

  /** Does the work in this turn's transaction; resolves to what it returned when that is committed. */
  write<T>(work: () => T): Promise<T> {
    if (this.#held !== undefined) return this.#held.then(() => this.write(work));
    this.#turn ??= this.#open();
    const turn = this.#turn;
    // A lock is waited for once a turn, not once a write.
    if (turn.failure !== undefined) return turn.ended as Promise<never>;
    turn.written = true;
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
    return this.#turn?.written === true ? this.#turn.ended : NOTHING_WRITTEN;
  }

  /** Resolves when no transaction is open any more. */
  async ended(): Promise<void> {
    await this.#turn?.ended.catch(() => {});
  }

  /** Does the work while nothing is written: what comes meanwhile waits, without blocking the event loop. */
  async hold(work: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    try {
      await this.ended();
      await work();
    } finally {
      this.#held = undefined;
      resolve();
    }
  }

  #open(): Turn {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const turn: Turn = { ended: promise, resolve, reject, written: false };
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
      if (turn.written) this.#hooks.committed();
    }
  }

  #fail(turn: Turn, error: unknown): void {
    turn.failure = { error };
    this.#hooks.rolledBack();
    // Some errors (disk full, I/O) have already rolled back.
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
  }
}
