import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '../lib/log.ts';
import { Checkpointer } from './checkpointer.ts';
import { GroupCommit } from './group-commit.ts';
import { openDatabase } from './schema.ts';

/** Milliseconds from a commit to its checkpoint. */
const DELAY = 1000;

interface Opened {
  readonly path: string;
  readonly checkpointer: Checkpointer;
  readonly commits: GroupCommit;
  readonly write: () => Promise<void>;
  /** How often the log began again. */
  readonly restarts: () => number;
  readonly events: readonly string[];
  /** What the worker was asked. */
  readonly asked: () => number;
}

function open(): Opened {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const asked = vi.spyOn(Worker.prototype, 'postMessage');
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-checkpointer-'));
  const path = join(directory, 'db');
  const db = openDatabase(path);
  const file = openSync(path, 'r');
  const events: string[] = [];
  const log = { ...silentLog, event: (_level: number, event: string) => void events.push(event) };
  const checkpointer = new Checkpointer({ path, file }, log);
  const commits = new GroupCommit(db, { committed: () => checkpointer.committed(commits), rolledBack: () => {} });
  const insert = db.prepare('INSERT INTO pending_client VALUES (randomblob(8), 1)');
  const restarts = db.prepare(`SELECT value FROM meta WHERE name = 'log restarts'`);
  onTestFinished(async () => {
    await checkpointer[Symbol.asyncDispose]();
    vi.useRealTimers();
    asked.mockRestore();
    db.close();
    closeSync(file);
    rmSync(directory, { recursive: true });
  });
  return {
    path,
    checkpointer,
    commits,
    events,
    write: async () => void (await commits.write(() => insert.run())),
    restarts: () => Number(restarts.get()?.['value']),
    asked: () => asked.mock.calls.length,
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}

test('what was committed is copied after a while, once for all, by a worker that does not stay', async () => {
  const ended = vi.spyOn(Worker.prototype, 'terminate');
  onTestFinished(() => ended.mockRestore());
  const { write, restarts, asked } = open();
  for (let n = 0; n < 3; n += 1) await write();
  vi.advanceTimersByTime(DELAY - 1);
  expect(asked()).toBe(0);
  vi.advanceTimersByTime(1);
  await until(() => restarts() === 1 && vi.getTimerCount() === 1);
  vi.advanceTimersByTime(60 * DELAY);
  expect([asked(), restarts()]).toEqual([2, 1]);
  expect(ended).toHaveBeenCalledOnce();
});

test('what is committed while it copies has its turn afterwards', async () => {
  const { commits, write, restarts, asked } = open();
  await write();
  vi.advanceTimersByTime(DELAY);
  await write();
  await until(() => restarts() === 1);
  await until(() => vi.advanceTimersByTime(DELAY) && restarts() === 2);
  await commits.hold(async () => {});
  vi.advanceTimersByTime(DELAY);
  expect(asked()).toBe(4);
});

test('that it fails is told once, and that it works again', async () => {
  const { path, checkpointer, commits, write, events, asked } = open();
  await write();
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  for (const [asks, said] of [
    [2, ['checkpoint failed']],
    [4, ['checkpoint failed']],
    [6, ['checkpoint failed', 'checkpoints work again']],
    [8, ['checkpoint failed', 'checkpoints work again']],
  ] as const) {
    if (asks === 6) other.exec('ROLLBACK');
    checkpointer.committed(commits);
    await until(() => vi.advanceTimersByTime(DELAY) && asked() === asks);
    // Waits for its turn behind the checkpoint.
    await commits.hold(async () => {});
    expect(events).toEqual(said);
  }
});

test.for([
  ['waits for the one that is under way', DELAY, 1],
  ['begins none', DELAY - 1, 0],
] as const)('closing %s, and none comes after it', async ([, passed, copied]) => {
  const { checkpointer, commits, write, restarts } = open();
  await write();
  vi.advanceTimersByTime(passed);
  await write();
  await checkpointer[Symbol.asyncDispose]();
  expect(restarts()).toBe(copied);
  checkpointer.committed(commits);
  expect(vi.getTimerCount()).toBe(0);
});
