// The listings of tuples and passes, as the worker reads them.
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Seconds } from '../policy/check.ts';
import type { StoredTuple, TupleState } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import type { ListingKinds } from './listings.ts';
import { packAddress } from './packed-address.ts';
import { CandidateListing } from './candidate-listing.ts';
import { passOf } from './pass-table.ts';
import { countKey } from './pending-counts.ts';
import { inPieces, pickedInPieces } from './pieces.ts';
import type { TupleQuery } from './store.ts';
import { KIND, kindsOf } from './tuple-kind.ts';
import { newestFirst, tupleMatcher } from './tuple-query.ts';
import { clientOfListed, LISTED, storedTuple } from './tuple-row.ts';

/** Rows a read: what is read at once keeps the write-ahead log from starting again. */
const ROWS = 10_000;
/** Rows a read, where the read waits for whoever takes the rows, or where they all become objects, which take memory. */
const FEW_ROWS = 500;
/** A time behind the newest tuple. */
const END: Seconds = Number.MAX_SAFE_INTEGER;

type Row = readonly SQLOutputValue[];
type Listing =
  | 'tuples'
  | 'count'
  | 'tupleHashes'
  | 'exportTuples'
  | 'exportPasses'
  | 'passCandidates'
  | 'validTuplesOf';

/** The listings, from this database. */
export function tupleListings(db: DatabaseSync): Pick<ListingKinds, Listing> {
  const newest = tupleScan(db, '<', 'DESC');
  const oldest = tupleScan(db, '>', 'ASC');
  const passes = db.prepare(
    `SELECT * FROM pass WHERE (last_seen, client, domain) > (?, ?, ?) ORDER BY last_seen, client, domain LIMIT ?`,
  );
  const counts = db.prepare(
    `SELECT pending, total - pending AS valid
     FROM (SELECT (SELECT ifnull(sum(pending), 0) FROM pending_client) AS pending, (SELECT count(*) FROM tuple) AS total)`,
  );
  const hashes = db.prepare('SELECT hash FROM tuple WHERE hash > ? ORDER BY hash LIMIT ?', { returnArrays: true });
  const candidates = new CandidateListing(db);
  return {
    tuples: (query) => matchingTuples(newest, query),
    count: () => [[counts.get()].map((row) => ({ pending: Number(row?.['pending']), valid: Number(row?.['valid']) }))],
    tupleHashes: () => hashesInOrder(hashes),
    exportTuples: ({ state, after }) => inPieces(tuplesFrom(oldest, state, after + 1)),
    exportPasses: ({ after }) => inPieces(passesAfter(passes, after)),
    // From the newest back: what is used meanwhile becomes the newest, and would be counted once more at the end.
    passCandidates: ({ before, uses }) => candidates.list(tuplesFrom(newest, 'valid', END), before, uses),
    validTuplesOf: ({ clients }) => tuplesOfClients(oldest, clients),
  };
}

/** The rows of a kind from this time on (not included when going back), read `rows` at a time. */
type TupleScan = (kind: number, after: Seconds, rows: number) => Generator<Row, void>;

function tupleScan(db: DatabaseSync, after: '<' | '>', order: 'ASC' | 'DESC'): TupleScan {
  const page = db.prepare(
    `SELECT ${LISTED} FROM tuple WHERE kind = ? AND (last_seen, seq) ${after} (?, ?)
     ORDER BY last_seen ${order}, seq ${order} LIMIT ?`,
    { returnArrays: true },
  );
  return function* scan(kind, start, rows) {
    let [lastSeen, seq] = [start, order === 'ASC' ? -1 : 0];
    for (;;) {
      const found = page.all(kind, lastSeen, seq, rows) as unknown as Row[];
      yield* found;
      const last = found.at(-1);
      if (last === undefined) return;
      [lastSeen, seq] = [Number(last[1]), Number(last[2])];
    }
  };
}

/** The newest matching tuples. Until the last tuple is read, all pieces are empty. */
function* matchingTuples(newest: TupleScan, { text, limit }: TupleQuery): Generator<readonly StoredTuple[], void> {
  const matching = tupleMatcher(text);
  const found: StoredTuple[] = [];
  for (const kind of limit > 0 ? Object.values(KIND) : []) {
    const before = found.length;
    for (const piece of pickedInPieces(newest(kind, END, ROWS), (row) => storedIf(row, matching))) {
      found.push(...piece);
      if (found.length - before >= limit) break;
      yield [];
    }
  }
  yield* inPieces(found.toSorted(newestFirst).slice(0, limit));
}

function storedIf(row: Row, matching: (stored: StoredTuple) => boolean): StoredTuple | undefined {
  const stored = storedTuple(row);
  return matching(stored) ? stored : undefined;
}

function* tuplesFrom(scan: TupleScan, state: TupleState, start: Seconds): Generator<StoredTuple, void> {
  for (const kind of kindsOf(state)) for (const row of scan(kind, start, FEW_ROWS)) yield storedTuple(row);
}

function* passesAfter(page: StatementSync, after: Seconds): Generator<Pass, void> {
  let last: readonly [Seconds, string, string] = [after + 1, '', ''];
  for (;;) {
    const passes = page.all(...last, FEW_ROWS).map(passOf);
    yield* passes;
    const final = passes.at(-1);
    if (final === undefined) return;
    last = [final.lastSeen, final.client, final.domain];
  }
}

/** All hashes in their order; of equal ones some may be left out. */
function* hashesInOrder(page: StatementSync): Generator<readonly number[], void> {
  for (let last = -(2 ** 31) - 1; ; ) {
    const found = (page.all(last, ROWS) as unknown as Row[]).map(([hash]) => Number(hash));
    const final = found.at(-1);
    if (final === undefined) return;
    yield found;
    last = final;
  }
}

function* tuplesOfClients(oldest: TupleScan, clients: readonly string[]): Generator<readonly StoredTuple[], void> {
  const wanted = new Set(clients.map((client) => countKey(packAddress(client)).join()));
  for (const kind of kindsOf('valid')) {
    yield* pickedInPieces(oldest(kind, 0, ROWS), (row) =>
      wanted.has(countKey(clientOfListed(row)).join()) ? storedTuple(row) : undefined,
    );
  }
}
