import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AttemptJournal } from './attempt-journal.ts';
import { formatAttempt } from './attempt-line.ts';
import { attempt, T } from './contract-samples.ts';
import { TupleKeys } from './tuple-key.ts';

test('what came last is written before the files are closed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-journal-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'db');
  const keys = new TupleKeys('secret');
  const journal = new AttemptJournal(path, (tuple) => keys.of(tuple));
  const [key, first] = [keys.of(attempt.tuple), { ...attempt, kind: 0, time: T }];
  const appended = journal.append(first, key);
  journal.close();
  await appended;
  expect(readFileSync(`${path}-attempts1`, 'utf8')).toBe(formatAttempt(first, key.hash));
});
