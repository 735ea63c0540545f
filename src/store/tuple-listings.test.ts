import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { numbered, T } from './contract-samples.ts';
import type { ListingPiece } from './listings.ts';
import { openDatabase } from './schema.ts';
import { tupleListings } from './tuple-listings.ts';
import { TupleTable } from './tuple-table.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-tuple-listings-'));
const db = openDatabase(join(directory, 'db'));
afterAll(() => {
  db.close();
  rmSync(directory, { recursive: true });
});

const table = new TupleTable(db);
db.exec('BEGIN');
for (let i = 0; i < 5000; i += 1) table.remember({ ...numbered(i, '203.0.113.7'), change: 'admit' }, T);
db.exec('COMMIT');
const listings = tupleListings(db);

test.for<[what: string, listing: Iterable<ListingPiece>, pieces: readonly number[]]>([
  ['the tuples of one recipient', listings.tuples({ text: '4321@example.org', limit: 9 }), [0, 0, 1]],
  ['as many as are wanted', listings.tuples({ text: 'example.com', limit: 3 }), [3]],
  ['none', listings.tuples({ text: undefined, limit: 0 }), []],
  ['the tuples of another client', listings.validTuplesOf({ clients: ['198.51.100.1'] }), [0, 0]],
])('%s: other listings get their turn', ([, listing, pieces]) => {
  expect([...listing].map((piece) => piece?.length)).toEqual(pieces);
});

test('a tuple that is used while candidates are looked for is not counted once more', () => {
  const uses: number[] = [];
  for (const piece of listings.passCandidates({ before: T, uses: 1 })) {
    for (const i of [0, 4999]) table.remember({ ...numbered(i, '203.0.113.7'), change: 'refresh' }, T + 7 * 3600);
    uses.push(...piece.map((candidate) => candidate.uses));
  }
  expect(uses).toEqual([4999]);
});

test('of many that match, the newest are shown, whatever their kind', () => {
  const many = Array.from({ length: 1000 }, (_, i) => numbered(10_000 + i, '203.0.113.7'));
  for (const one of many) table.remember({ ...one, change: 'restart' }, T - 1);
  const shown = [...listings.tuples({ text: undefined, limit: 1000 })].flat();
  expect(shown.map(({ state }) => state)).toEqual(many.map(() => 'valid'));
});
