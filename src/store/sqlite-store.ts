// The memory in a SQLite database, over one connection for checks and two workers for what takes long.
import type { DatabaseSync } from 'node:sqlite';
import type { Log } from '../lib/log.ts';
import type { Seconds } from '../policy/check.ts';
import type { Recalled } from '../policy/decide.ts';
import type { StoredTuple, TupleCounts } from '../policy/greylist.ts';
import { Checkpointer } from './checkpointer.ts';
import { GroupCommit } from './group-commit.ts';
import type { Listing, ListingResult } from './listing-worker.ts';
import { openDatabase } from './schema.ts';
import type { Lifetimes, Recall, Remembrance, Store, TupleQuery } from './store.ts';
import { TupleTable } from './tuple-table.ts';
import { callWorker, type WorkerCalls } from './worker-calls.ts';

export class SqliteStore implements Store {
  readonly #db: DatabaseSync;
  readonly #table: TupleTable;
  readonly #commits: GroupCommit;
  readonly #checkpointer: Checkpointer;
  readonly #listings: WorkerCalls<Listing, ListingResult>;
  #closed = false;

  /** Opens or creates the database; errors as of openDatabase. */
  constructor(path: string, log: Log) {
    this.#db = openDatabase(path);
    this.#table = new TupleTable(this.#db);
    this.#checkpointer = new Checkpointer(path, log);
    this.#commits = new GroupCommit(this.#db, () => this.#checkpointer.committed(this.#commits));
    this.#listings = callWorker(new URL('./listing-worker.ts', import.meta.url), path);
  }

  async recall(recall: Recall): Promise<Recalled> {
    return this.#table.recall(recall);
  }

  remember(remembrance: Remembrance, now: Seconds): Promise<void> {
    // Even an answer that changes nothing may have been made from what is not committed yet.
    if (remembrance.change === 'none') return this.#commits.settled();
    return this.#write(() => this.#apply(remembrance, now));
  }

  expire(lifetimes: Lifetimes, now: Seconds, most: number): Promise<number> {
    return this.#write(() => this.#table.expire(lifetimes, now, most));
  }

  async tuples(query: TupleQuery): Promise<readonly StoredTuple[]> {
    return (await this.#listings.ask({ kind: 'tuples', query })) as readonly StoredTuple[];
  }

  async count(): Promise<TupleCounts> {
    return (await this.#listings.ask({ kind: 'count' })) as TupleCounts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#listings[Symbol.asyncDispose]();
    await this.#checkpointer[Symbol.asyncDispose]();
    await this.#commits.settled().catch(() => {});
    // The last connection copies the log into the database and removes it.
    this.#db.close();
  }

  #write<T>(work: () => T): Promise<T> {
    return this.#closed ? Promise.reject(new Error('the store is closed')) : this.#commits.write(work);
  }

  #apply(remembrance: Remembrance, now: Seconds): void {
    const { tuple, change } = remembrance;
    switch (change) {
      case 'none':
        break;
      case 'record':
        this.#table.record(remembrance, now);
        break;
      case 'restart':
        this.#table.forget(tuple);
        this.#table.record(remembrance, now);
        break;
      case 'validate':
        this.#table.validate(tuple, now);
        break;
      case 'refresh':
        this.#table.refresh(tuple, now);
        break;
      case 'forget':
        this.#table.forget(tuple);
        break;
    }
  }
}
