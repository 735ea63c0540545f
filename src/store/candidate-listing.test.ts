import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { StoredTuple } from '../policy/greylist.ts';
import { CandidateListing } from './candidate-listing.ts';
import { attempt, T } from './contract-samples.ts';
import { openDatabase } from './schema.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-candidates-'));
const db = openDatabase(join(directory, 'db'));
afterAll(() => {
  db.close();
  rmSync(directory, { recursive: true });
});

const stored: StoredTuple = {
  ...attempt,
  client: '203.0.113.7',
  state: 'valid',
  firstSeen: T,
  lastSeen: T,
  uses: 1,
};

test.for<[what: string, tuple: StoredTuple, candidates: number]>([
  ['that make candidates', stored, 1],
  ['that are too young', { ...stored, firstSeen: T + 1 }, 0],
  ['of bounces', { ...stored, senderText: '', nullSender: true }, 0],
])('other listings get their turn while tuples %s are read', ([, tuple, candidates]) => {
  let read = 0;
  function* tuples(): Generator<StoredTuple> {
    for (; read < 10_000; read += 1) yield tuple;
  }
  const turns: number[] = [];
  const found = [];
  for (const piece of new CandidateListing(db).list(tuples(), T, 1)) {
    turns.push(read);
    found.push(...piece);
  }
  expect(turns.slice(0, 5)).toEqual([1999, 3999, 5999, 7999, 9999]);
  expect(found).toHaveLength(candidates);
});
