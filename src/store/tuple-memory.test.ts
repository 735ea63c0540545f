import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../lib/log.ts';
import { asked, attempt, numbered, T } from './contract-samples.ts';
import { GroupCommit } from './group-commit.ts';
import type { Listings } from './listings.ts';
import { openDatabase } from './schema.ts';
import { TupleMemory } from './tuple-memory.ts';

test('the sketch has also what is not committed yet when it is made', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-tuple-memory-'));
  const path = join(directory, 'db');
  const db = openDatabase(path);
  const worker = new DatabaseSync(path, { readOnly: true });
  const commits = new GroupCommit(db, { committed: () => {}, rolledBack: () => {} });
  let remembered: unknown;
  const read = Promise.withResolvers<void>();
  const listings = {
    // Right before the hashes are read.
    all: async () => {
      remembered = memory.remember({ ...attempt, change: 'admit' }, T);
      return [{ pending: 0, valid: 0 }];
    },
    read: async function* () {
      yield worker
        .prepare('SELECT hash FROM tuple')
        .all()
        .map((row) => Number(row['hash']));
      read.resolve();
    },
  } as unknown as Listings;
  const write = commits.write.bind(commits);
  const memory = new TupleMemory({ path, db, commits, listings, log: silentLog, write, onWritten: () => {} });
  onTestFinished(async () => {
    await memory[Symbol.asyncDispose]();
    await commits.ended();
    for (const connection of [worker, db]) connection.close();
    rmSync(directory, { recursive: true });
  });
  for (let i = 0; i < 1000; i += 1) memory.recall(asked(numbered(i, '192.0.2.1')), undefined);
  await read.promise;
  await remembered;
  expect(memory.recall(asked(attempt), undefined).entry?.state).toBe('valid');
});
