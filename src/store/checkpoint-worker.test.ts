import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { CheckpointJob, CheckpointResult } from './checkpoint-worker.ts';
import { openDatabase } from './schema.ts';
import { callWorker } from './worker-calls.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-checkpoint-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('after a restart the log begins again', async () => {
  const path = join(directory, 'db');
  using db = openDatabase(path);
  const add = db.prepare('INSERT INTO pending_client VALUES (randomblob(8), 1)');
  const fill = (): number => {
    for (let i = 0; i < 100; i += 1) add.run();
    return statSync(`${path}-wal`).size;
  };
  await using worker = callWorker<CheckpointJob, CheckpointResult>(
    new URL('./checkpoint-worker.ts', import.meta.url),
    path,
  );
  const size = fill();
  const { pages, copied } = await worker.ask('restart');
  expect(copied).toBe(pages);
  expect((await worker.ask('copy')).pages).toBe(1);
  expect(fill()).toBeLessThanOrEqual(size + 16_384);
});

test('a worker that cannot start rejects', async () => {
  await using worker = callWorker<CheckpointJob, CheckpointResult>(
    new URL('./checkpoint-worker.ts', import.meta.url),
    join(directory, 'missing', 'db'),
  );
  await expect(worker.ask('copy')).rejects.toThrow('unable to open');
  await expect(worker.ask('copy')).rejects.toThrow('unable to open');
});
