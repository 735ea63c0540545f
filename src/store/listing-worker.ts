// The worker that reads what may be long, over a connection of its own that cannot write.
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import type { StoredTuple, TupleCounts } from '../policy/greylist.ts';
import type { TupleQuery } from './store.ts';
import { newestFirst, tupleMatcher } from './tuple-query.ts';
import { KINDS, LISTED, storedTuple } from './tuple-row.ts';
import { serveCalls } from './worker-calls.ts';

export type Listing = { readonly kind: 'tuples'; readonly query: TupleQuery } | { readonly kind: 'count' };
export type ListingResult = readonly StoredTuple[] | TupleCounts;

/** Rows a read: what is read at once keeps the write-ahead log from starting again. */
const ROWS = 10_000;

const db = new DatabaseSync(String(workerData), { readOnly: true, timeout: 1000 });
const page = db.prepare(
  `SELECT ${LISTED} FROM tuple WHERE kind = ? AND (last_seen, seq) < (?, ?) ORDER BY last_seen DESC, seq DESC LIMIT ?`,
  { returnArrays: true },
);
const counts = db.prepare(
  `SELECT pending, total - pending AS valid
   FROM (SELECT (SELECT ifnull(sum(pending), 0) FROM pending_client) AS pending, (SELECT count(*) FROM tuple) AS total)`,
);

serveCalls((listing: Listing): ListingResult => (listing.kind === 'count' ? count() : tuples(listing.query)));

function tuples({ text, limit }: TupleQuery): readonly StoredTuple[] {
  const matching = tupleMatcher(text);
  const newest = KINDS.flatMap((kind) => newestOf(kind, matching, limit));
  return newest.toSorted(newestFirst).slice(0, limit);
}

function newestOf(kind: number, matching: (stored: StoredTuple) => boolean, limit: number): StoredTuple[] {
  const found: StoredTuple[] = [];
  let [lastSeen, seq] = [Number.MAX_SAFE_INTEGER, 0];
  while (found.length < limit) {
    const rows = page.all(kind, lastSeen, seq, ROWS) as unknown as SQLOutputValue[][];
    for (const row of rows) {
      const stored = storedTuple(row);
      if (matching(stored) && found.length < limit) found.push(stored);
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    [lastSeen, seq] = [Number(last[1]), Number(last[2])];
  }
  return found;
}

function count(): TupleCounts {
  const row = counts.get();
  return { pending: Number(row?.['pending']), valid: Number(row?.['valid']) };
}
