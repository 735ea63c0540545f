import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { AttemptFile } from './attempt-file.ts';
import { formatAttempt } from './attempt-line.ts';
import type { MoveJob, MoveResult } from './attempt-worker.ts';
import { numbered, T } from './contract-samples.ts';
import { openDatabase } from './schema.ts';
import { callWorker, type WorkerCalls } from './worker-calls.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-attempt-worker-'));
afterAll(() => rmSync(directory, { recursive: true }));

function start(path: string): WorkerCalls<MoveJob, MoveResult> {
  return callWorker(new URL('./attempt-worker.ts', import.meta.url), path);
}

test('it moves lot by lot until nothing is left, and says whose they were, unless they were there already', async () => {
  const path = join(directory, 'lots');
  using db = openDatabase(path);
  const lines = [7, -3, 5, 0, -9].map((hash, i) =>
    formatAttempt({ ...numbered(i, '0.0.0.9'), kind: 0, time: T }, hash),
  );
  const file = new AttemptFile(`${path}-attempts`);
  file.write(lines.join(''));
  await using worker = start(path);
  expect(await worker.ask({ step: 'read', content: file.content })).toEqual({ clients: [], left: 5 });
  expect(await worker.ask({ step: 'move', most: 3 })).toEqual({ clients: [9, 9, 9], left: 2 });
  expect(await worker.ask({ step: 'move', most: 3 })).toEqual({ clients: [9, 9], left: 0 });
  await worker.ask({ step: 'read', content: file.content });
  expect(await worker.ask({ step: 'move', most: 5 })).toEqual({ clients: [], left: 0 });
  expect(db.prepare('SELECT count(*) AS n FROM tuple').get()).toEqual({ n: 5 });
  file.close();
});

test('one that was started again in the middle does not say that nothing is left', async () => {
  const path = join(directory, 'again');
  using _db = openDatabase(path);
  await using worker = start(path);
  await expect(worker.ask({ step: 'move', most: 3 })).rejects.toThrow('started again');
});
