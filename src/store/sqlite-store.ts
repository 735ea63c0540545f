// The memory in a SQLite database, over one connection for checks and four workers for what takes long.
import { closeSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { type Address, parseAddress } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import type { Recalled } from '../policy/decide.ts';
import type { BadCounts, GoodCounts } from '../policy/facts.ts';
import type { StoredTuple, TupleCounts, TupleState } from '../policy/greylist.ts';
import type { ManualEntry } from '../policy/manual-entry.ts';
import type { Pass, PassKey } from '../policy/pass.ts';
import type { NumberedReport, StoredReport } from '../policy/report.ts';
import { type Standing, STANDING_KINDS } from '../policy/standing.ts';
import type { Tuple } from '../policy/tuple.ts';
import type { Log } from '../lib/log.ts';
import type { MaybePromise } from '../lib/maybe-promise.ts';
import { Checkpointer } from './checkpointer.ts';
import { GroupCommit } from './group-commit.ts';
import { Listings } from './listings.ts';
import { ManualEntryTable } from './manual-entry-table.ts';
import { PassTable } from './pass-table.ts';
import { PlaceTable } from './place-table.ts';
import { ReportCounts } from './report-counts.ts';
import { reportRow } from './report-row.ts';
import { ReportTable } from './report-table.ts';
import { ReportWriter } from './report-writer.ts';
import { openDatabase } from './schema.ts';
import { StandingTable } from './standing-table.ts';
import type {
  EntryNews,
  Lifetimes,
  PassCandidate,
  Recall,
  Remembrance,
  ReportOrder,
  ReportQuery,
  StandingQuery,
  Store,
  Stored,
  TupleQuery,
} from './store.ts';
import { TupleMemory } from './tuple-memory.ts';

/** Standings that are removed in one turn. */
const REMOVED_AT_ONCE = 100;

export class SqliteStore implements Store {
  readonly #db: DatabaseSync;
  readonly #file: number;
  readonly #tuples: TupleMemory;
  readonly #passes: PassTable;
  readonly #entries: ManualEntryTable;
  readonly #reports: ReportTable;
  readonly #writer: ReportWriter;
  readonly #counts: ReportCounts;
  readonly #standings: StandingTable;
  readonly #places: PlaceTable;
  readonly #commits: GroupCommit;
  readonly #checkpointer: Checkpointer;
  readonly #listings: Listings;
  #closed = false;

  /** Opens or creates the database; errors as of openDatabase. Own reports get that id, or a later one. */
  constructor(path: string, log: Log, firstOwnId = 1) {
    this.#db = openDatabase(path, ({ from, to }) => {
      log.event(0, 'database is brought up to date', { from, to });
      // Nothing else is done until that is over.
      log.flush();
    });
    this.#file = openSync(path, 'r');
    this.#passes = new PassTable(this.#db);
    this.#entries = new ManualEntryTable(this.#db);
    this.#reports = new ReportTable(this.#db, firstOwnId);
    this.#counts = new ReportCounts(this.#db);
    this.#standings = new StandingTable(this.#db);
    this.#places = new PlaceTable(this.#db);
    this.#checkpointer = new Checkpointer({ path, file: this.#file }, log);
    this.#commits = new GroupCommit(this.#db, {
      committed: () => this.#checkpointer.committed(this.#commits),
      rolledBack: () => this.#tuples.rolledBack(),
    });
    this.#listings = new Listings(path);
    const commits = this.#commits;
    const onWritten = (): void => this.#checkpointer.committed(commits);
    this.#writer = new ReportWriter({ path, reports: this.#reports, commits, onWritten });
    this.#tuples = new TupleMemory({
      path,
      db: this.#db,
      commits,
      listings: this.#listings,
      log,
      write: (work) => this.#write(work),
      onWritten,
    });
  }

  recall(recall: Recall): MaybePromise<Recalled> {
    // A transaction that is opened now would still be open when the database is closed.
    return this.#closed ? closed() : this.#tuples.recall(recall, this.#passes.find(recall));
  }

  remember(remembrance: Remembrance, now: Seconds): MaybePromise<void> {
    return this.#closed && remembrance.change !== 'none' ? closed() : this.#tuples.remember(remembrance, now);
  }

  refreshPass(key: PassKey, now: Seconds): Promise<void> {
    return this.#write(() => this.#passes.refresh(key, now));
  }

  addPass(pass: Pass): Promise<void> {
    return this.#write(() => this.#passes.put(pass));
  }

  forget(what: { readonly tuples?: readonly Tuple[]; readonly passes?: readonly PassKey[] }): Promise<number> {
    const { tuples = [], passes = [] } = what;
    return this.#tuples.write(
      tuples,
      (table) =>
        tuples.filter((tuple) => table.forget(tuple)).length + passes.filter((key) => this.#passes.remove(key)).length,
    );
  }

  async expire(lifetimes: Lifetimes, now: Seconds, most: number): Promise<number> {
    await this.#tuples.expireAttempts(lifetimes, now);
    return this.#write(() => {
      let left = most;
      left -= this.#tuples.expire(lifetimes, now, left);
      left -= this.#passes.expire(lifetimes, now, left);
      left -= this.#reports.expire(lifetimes, now, left);
      left -= this.#standings.expire(lifetimes, now, left);
      left -= this.#entries.expire(now, left);
      return most - left;
    });
  }

  passCandidates(before: Seconds, uses: number): AsyncIterable<readonly PassCandidate[]> {
    return this.#listings.read('passCandidates', { before, uses });
  }

  validTuplesOf(clients: readonly string[]): AsyncIterable<readonly StoredTuple[]> {
    return this.#listings.read('validTuplesOf', { clients });
  }

  async tuples(query: TupleQuery): Promise<readonly StoredTuple[]> {
    await this.#tuples.move();
    return this.#listings.all('tuples', query);
  }

  async *exportTuples(state: TupleState, after: Seconds): AsyncIterable<readonly StoredTuple[]> {
    await this.#tuples.move();
    yield* this.#listings.read('exportTuples', { state, after });
  }

  exportPasses(after: Seconds): AsyncIterable<readonly Pass[]> {
    return this.#listings.read('exportPasses', { after });
  }

  async importTuples(tuples: readonly StoredTuple[]): Promise<number> {
    const taken = tuples.map((stored) => ({ stored, client: addressIn(stored) }));
    return this.#tuples.write(
      tuples.map(({ tuple }) => tuple),
      (table) => taken.filter(({ stored, client }) => table.import(stored, client)).length,
    );
  }

  importPasses(passes: readonly Pass[]): Promise<number> {
    return this.#write(() => passes.filter((pass) => this.#passes.import(pass)).length);
  }

  count(): Promise<TupleCounts> {
    return this.#tuples.count();
  }

  async entries(): Promise<readonly ManualEntry[]> {
    return this.#entries.all();
  }

  putEntry(entry: ManualEntry): Promise<void> {
    return this.#write(() => this.#entries.put(entry));
  }

  removeEntry(subject: string): Promise<boolean> {
    return this.#write(() => this.#entries.remove(subject));
  }

  async addReport(report: StoredReport): Promise<Stored> {
    return this.#closed ? closed() : this.#writer.add(reportRow(report));
  }

  async assignGood(ip: string, identity: string, most: number): Promise<number> {
    // There are none mostly, and then there is nothing to write.
    return this.#reports.hasUnassigned(ip) ? this.#write(() => this.#reports.assignGood(ip, identity, most)) : 0;
  }

  async countReports(query: ReportQuery): Promise<{ readonly bad: BadCounts; readonly good: GoodCounts }> {
    return this.#counts.count(query);
  }

  async firstGood(query: Omit<ReportQuery, 'ip'>): Promise<GoodCounts['first']> {
    return this.#counts.firstGood(query);
  }

  countedReports(query: ReportQuery, most: number): Promise<readonly StoredReport[]> {
    return this.#listings.all('countedReports', { ...query, most });
  }

  reportsAfter(id: number, limit: number): Promise<readonly NumberedReport[]> {
    return this.#listings.all('reportsAfter', { id, limit });
  }

  async reportIdBefore(stored: Seconds): Promise<number> {
    const [id = 0] = await this.#listings.all('reportIdBefore', { stored });
    return id;
  }

  reports(text: string | undefined, order?: ReportOrder): AsyncIterable<readonly StoredReport[]> {
    return this.#listings.read('reports', { text, order });
  }

  async newestEntryReport(ip: string, mtaId: string, since: Seconds): Promise<EntryNews | undefined> {
    return this.#reports.newestEntryReport(ip, mtaId, since);
  }

  async wasAccepted(ip: string, mtaId: string): Promise<boolean> {
    return this.#reports.wasAccepted(ip, mtaId);
  }

  badClientsAfter(id: number): Promise<readonly string[]> {
    return this.#listings.all('badClients', { after: id });
  }

  async standing(ip: string): Promise<Standing | undefined> {
    return this.#standings.get(ip);
  }

  saveStanding(standing: Standing): Promise<void> {
    return this.#write(() => this.#standings.put(standing));
  }

  async removeStandings(text: string): Promise<number> {
    // The worker sees what is committed, and what was saved before may still wait for its turn.
    await this.#write(() => {});
    const all = { text, kinds: STANDING_KINDS, now: undefined };
    const ips = (await this.#listings.all('standings', all)).map(({ ip }) => ip);
    let removed = 0;
    for (let i = 0; i < ips.length; i += REMOVED_AT_ONCE) {
      removed += await this.#write(() => this.#standings.remove(ips.slice(i, i + REMOVED_AT_ONCE)));
    }
    return removed;
  }

  standings(query: StandingQuery): AsyncIterable<readonly Standing[]> {
    return this.#listings.read('standings', query);
  }

  async place(name: string): Promise<string | undefined> {
    return this.#places.get(name);
  }

  savePlace(name: string, value: string): Promise<void> {
    return this.#writeAside(() => this.#places.put(name, value));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#tuples[Symbol.asyncDispose]();
    await this.#writer[Symbol.asyncDispose]();
    await this.#listings[Symbol.asyncDispose]();
    await this.#checkpointer[Symbol.asyncDispose]();
    await this.#commits.ended();
    // The last connection copies the log into the database and removes it.
    this.#db.close();
    // Last: closing any descriptor of a file ends all locks that the process holds on it (fcntl(2)), SQLite's too.
    closeSync(this.#file);
  }

  #write<T>(work: () => T): Promise<T> {
    return this.#closed ? closed() : this.#commits.write(work);
  }

  #writeAside<T>(work: () => T): Promise<T> {
    return this.#closed ? closed() : this.#commits.writeAside(work);
  }
}

function closed(): Promise<never> {
  return Promise.reject(new Error('the store is closed'));
}

function addressIn({ client }: StoredTuple): Address {
  const address = parseAddress(client);
  if (address === undefined) throw new Error(`not an address: ${client}`);
  return address;
}
