// A connection of its own for a worker that writes: while it does, nobody else in the daemon writes (GroupCommit.hold).
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** Milliseconds that a worker waits for another process. */
const LOCK_TIMEOUT = 100;

export class WorkerDatabase {
  readonly db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;

  /** Opens the database that the daemon's thread has made. */
  constructor(path: string) {
    this.db = new DatabaseSync(path, { timeout: LOCK_TIMEOUT });
    this.db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -4096');
    this.#begin = this.db.prepare('BEGIN IMMEDIATE');
    this.#commit = this.db.prepare('COMMIT');
  }

  /** Does the work in a transaction of its own: all of it, or nothing if it throws. */
  write<T>(work: () => T): T {
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }
}
