import { closeSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { CheckpointJob, CheckpointResult, CheckpointTarget } from './checkpoint-worker.ts';
import { openDatabase } from './schema.ts';
import { callWorker, type WorkerCalls } from './worker-calls.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-checkpoint-'));
afterAll(() => rmSync(directory, { recursive: true }));

function open(path: string): Disposable & { readonly file: number } {
  const file = openSync(path, 'a');
  return { file, [Symbol.dispose]: () => closeSync(file) };
}

function start(target: CheckpointTarget): WorkerCalls<CheckpointJob, CheckpointResult> {
  return callWorker(new URL('./checkpoint-worker.ts', import.meta.url), target);
}

test('after a restart the log begins again', async () => {
  const path = join(directory, 'db');
  using opened = open(path);
  using db = openDatabase(path);
  const add = db.prepare('INSERT INTO pending_client VALUES (randomblob(8), 1)');
  const fill = (): number => {
    for (let i = 0; i < 100; i += 1) add.run();
    return statSync(`${path}-wal`).size;
  };
  await using worker = start({ path, file: opened.file });
  const size = fill();
  const { pages, copied } = await worker.ask('restart');
  expect(copied).toBe(pages);
  expect((await worker.ask('copy')).pages).toBe(1);
  expect(fill()).toBeLessThanOrEqual(size + 16_384);
});

test('a copy whose sync fails rejects', async () => {
  const path = join(directory, 'unsynced');
  using db = openDatabase(path);
  db.exec('INSERT INTO pending_client VALUES (randomblob(8), 1)');
  await using worker = start({ path, file: 1 << 20 });
  await expect(worker.ask('copy')).rejects.toThrow('EBADF');
});

test('a worker that cannot start rejects', async () => {
  await using worker = start({ path: join(directory, 'missing', 'db'), file: 0 });
  await expect(worker.ask('copy')).rejects.toThrow('unable to open');
  await expect(worker.ask('copy')).rejects.toThrow('unable to open');
});
