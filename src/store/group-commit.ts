// Group commit: what is read and written in some turns of the event loop, a round, shares one transaction. It is opened
// by the first read or write, and committed as soon as a turn brings nothing more; all writes succeed or fail together.
// One turn alone would be too little, since of many clients that connect the event loop takes one a turn. Reads share
// the transaction because opening one locks the database and looks for news, which costs more than finding a row.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

interface Round {
  /** Settles when the transaction has ended. */
  readonly ended: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** Whether there is something to commit. */
  written: boolean;
  /** Whether answers may be made from some of it. */
  answering: boolean;
  /** Whether this turn of the event loop brought anything. */
  busy: boolean;
  /** Why the round was rolled back, once it was. */
  failure?: { readonly error: unknown };
}

export interface CommitHooks {
  /** Something was written and is committed. */
  readonly committed: () => void;
  /** What was written in this round is gone. */
  readonly rolledBack: () => void;
}

/** Milliseconds after which a round ends however much there is to do. */
const LONGEST = 2;

export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #hooks: CommitHooks;
  #round: Round | undefined;
  #held: Promise<void> | undefined;
  /** Writes that wait until writing is not held any more, in their order. */
  readonly #waiting: (() => void)[] = [];

  constructor(db: DatabaseSync, hooks: CommitHooks) {
    this.#db = db;
    this.#begin = db.prepare('BEGIN');
    this.#commit = db.prepare('COMMIT');
    this.#hooks = hooks;
  }

  /** Called before something is read: it is read in the transaction of the round. */
  reads(): void {
    // Not while writing is held: a worker writes then, and a transaction that has read before that could not write any more.
    if (this.#held === undefined) this.#round ??= this.#open();
  }

  /** Does the work in this round's transaction; resolves to what it returned when that is committed. */
  write<T>(work: () => T): Promise<T> {
    return this.#write(work, true);
  }

  /** The same for what no answer is made from: no answer waits for it. */
  writeAside<T>(work: () => T): Promise<T> {
    return this.#write(work, false);
  }

  /** Resolves when everything that answers are made from is committed, rejects when it was rolled back; undefined: it is. */
  settled(): Promise<void> | undefined {
    return this.#round?.answering === true ? this.#round.ended : undefined;
  }

  /** Resolves when no transaction is open any more. */
  async ended(): Promise<void> {
    await this.#round?.ended.catch(() => {});
  }

  /** Does the work while nothing is written here. Writes that come meanwhile wait, without blocking the event loop. */
  async hold(work: () => Promise<void>): Promise<void> {
    while (this.#held !== undefined) await this.#held;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    try {
      await this.ended();
      await work();
    } finally {
      this.#held = undefined;
      // All at once, so that no later write overtakes one of them.
      for (const write of this.#waiting.splice(0)) write();
      resolve();
    }
  }

  #write<T>(work: () => T, answering: boolean): Promise<T> {
    if (this.#held !== undefined)
      return new Promise((resolve) => this.#waiting.push(() => resolve(this.#write(work, answering))));
    this.#round ??= this.#open();
    const round = this.#round;
    // The round has failed already, such as for a lock: that is waited for once a round, and not by each write.
    if (round.failure !== undefined) return round.ended as Promise<never>;
    round.written = true;
    round.answering ||= answering;
    round.busy = true;
    try {
      const result = work();
      return round.ended.then(() => result);
    } catch (error) {
      this.#fail(round, error);
      return round.ended as Promise<never>;
    }
  }

  #open(): Round {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const round: Round = { ended: promise, resolve, reject, written: false, answering: false, busy: true };
    // An error is for those who wait. If nobody does, it must not count as unhandled.
    promise.catch(() => {});
    setImmediate(turnEnded, this, round, performance.now() + LONGEST);
    try {
      this.#begin.run();
    } catch (error) {
      this.#fail(round, error);
    }
    return round;
  }

  /** At the end of each turn: the round goes on while there is more, until that time. */
  turnEnded(round: Round, latest: number): void {
    if (round.busy && round.failure === undefined && performance.now() < latest) {
      round.busy = false;
      setImmediate(turnEnded, this, round, latest);
    } else {
      this.#round = undefined;
      this.#end(round);
    }
  }

  #end(round: Round): void {
    if (round.failure === undefined) {
      try {
        this.#commit.run();
      } catch (error) {
        this.#fail(round, error);
      }
    }
    if (round.failure !== undefined) round.reject(round.failure.error);
    else {
      round.resolve();
      if (round.written) this.#hooks.committed();
    }
  }

  #fail(round: Round, error: unknown): void {
    round.failure = { error };
    this.#hooks.rolledBack();
    // Some errors (disk full, I/O) have already rolled back.
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
  }
}

/** Not a method, so that no closure is made for each turn. */
function turnEnded(commits: GroupCommit, round: Round, latest: number): void {
  commits.turnEnded(round, latest);
}
