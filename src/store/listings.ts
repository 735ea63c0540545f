// What may be long is read by a worker, over a connection of its own, and comes from it in pieces, each when the one
// before it was taken: neither reading nor handing over holds up a check.
import { wholeList } from '../lib/whole-list.ts';
import type { Seconds } from '../policy/check.ts';
import type { StoredTuple, TupleCounts, TupleState } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import type { NumberedReport, StoredReport } from '../policy/report.ts';
import type { Standing } from '../policy/standing.ts';
import type { PassCandidate, ReportOrder, ReportQuery, StandingQuery, TupleQuery } from './store.ts';
import { callWorker, type WorkerCalls } from './worker-calls.ts';

type Pieces<T> = Iterable<readonly T[]>;

/** Every listing: what it is asked, and the pieces in which it answers. */
export interface ListingKinds {
  tuples(query: TupleQuery): Pieces<StoredTuple>;
  count(query: Record<never, never>): Pieces<TupleCounts>;
  tupleHashes(query: Record<never, never>): Pieces<number>;
  exportTuples(query: { readonly state: TupleState; readonly after: Seconds }): Pieces<StoredTuple>;
  exportPasses(query: { readonly after: Seconds }): Pieces<Pass>;
  passCandidates(query: { readonly before: Seconds; readonly uses: number }): Pieces<PassCandidate>;
  validTuplesOf(query: { readonly clients: readonly string[] }): Pieces<StoredTuple>;
  reports(query: { readonly text: string | undefined; readonly order: ReportOrder | undefined }): Pieces<StoredReport>;
  countedReports(query: ReportQuery & { readonly most: number }): Pieces<StoredReport>;
  reportsAfter(query: { readonly id: number; readonly limit: number }): Pieces<NumberedReport>;
  reportIdBefore(query: { readonly stored: Seconds }): Pieces<number>;
  badClients(query: { readonly after: number }): Pieces<string>;
  standings(query: Omit<StandingQuery, 'now'> & { readonly now: Seconds | undefined }): Pieces<Standing>;
}

type Kind = keyof ListingKinds;
type Query<K extends Kind> = Parameters<ListingKinds[K]>[0];
type Item<K extends Kind> = ReturnType<ListingKinds[K]> extends Pieces<infer T> ? T : never;

/** To the worker: begin a listing, go on with it, or drop it. Answered by the next piece, or undefined after the last. */
export type ListingStep =
  | { readonly step: 'begin'; readonly id: number; readonly kind: Kind; readonly query: unknown }
  | { readonly step: 'next' | 'drop'; readonly id: number };
export type ListingPiece = readonly unknown[] | undefined;

export class Listings implements AsyncDisposable {
  readonly #worker: WorkerCalls<ListingStep, ListingPiece>;
  #begun = 0;
  #underWay = 0;
  #closed = false;

  constructor(path: string) {
    this.#worker = callWorker(new URL('./listing-worker.ts', import.meta.url), path);
  }

  /** The listing piece by piece. */
  async *read<K extends Kind>(kind: K, query: Query<K>): AsyncGenerator<readonly Item<K>[], void> {
    this.#begun += 1;
    const id = this.#begun;
    let piece: ListingPiece;
    this.#underWay += 1;
    try {
      piece = await this.#ask({ step: 'begin', id, kind, query });
      while (piece !== undefined) {
        yield piece as readonly Item<K>[];
        piece = await this.#ask({ step: 'next', id });
      }
    } finally {
      // First: that it is dropped may fail.
      this.#underWay -= 1;
      if (piece !== undefined && !this.#closed) await this.#ask({ step: 'drop', id });
      if (this.#underWay === 0 && !this.#closed) this.#worker.rest();
    }
  }

  /** The whole listing. */
  all<K extends Kind>(kind: K, query: Query<K>): Promise<readonly Item<K>[]> {
    return wholeList(this.read(kind, query));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#worker[Symbol.asyncDispose]();
  }

  #ask(step: ListingStep): Promise<ListingPiece> {
    return this.#closed ? Promise.reject(new Error('the store is closed')) : this.#worker.ask(step);
  }
}
