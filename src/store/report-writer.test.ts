import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import type { StoredReport } from '../policy/report.ts';
import { spam } from './contract-samples.ts';
import { GroupCommit } from './group-commit.ts';
import { reportRow } from './report-row.ts';
import { ReportTable } from './report-table.ts';
import { ReportWriter } from './report-writer.ts';
import { openDatabase } from './schema.ts';
import type { Stored } from './store.ts';
import { callWorker } from './worker-calls.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-report-writer-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** More than these in a second are a flood. */
const MANY = 500;
const FIRST_OWN_ID = 1_000_000;

interface Opened {
  readonly path: string;
  readonly writer: ReportWriter;
  readonly reports: ReportTable;
  /** The next `count` reports of another server. */
  readonly named: (count: number) => StoredReport[];
  readonly add: (...reports: readonly StoredReport[]) => Promise<readonly PromiseSettledResult<Stored>[]>;
  /** How many were written on this thread. */
  readonly here: () => number;
  /** The ids that the reports in the database have at their origin. */
  readonly kept: () => readonly unknown[];
  readonly clock: { now: number };
  readonly commits: GroupCommit;
  /** How often it was told that the worker may have written. */
  readonly written: () => number;
}

let files = 0;

function open(): Opened {
  const path = join(directory, `${(files += 1)}.db`);
  const db = openDatabase(path);
  const reports = new ReportTable(db, FIRST_OWN_ID);
  const here = vi.spyOn(reports, 'add');
  const commits = new GroupCommit(db, { committed: () => {}, rolledBack: () => {} });
  const clock = { now: 1000 };
  const onWritten = vi.fn<() => void>();
  const writer = new ReportWriter({ path, reports, commits, onWritten }, () => clock.now);
  let last = 0;
  onTestFinished(async () => {
    await writer[Symbol.asyncDispose]();
    db.close();
  });
  return {
    path,
    writer,
    reports,
    clock,
    commits,
    written: () => onWritten.mock.calls.length,
    named: (count) => Array.from({ length: count }, () => ({ ...spam, originId: (last += 1), mtaId: `m${last}` })),
    add: (...all) => Promise.allSettled(all.map((report) => writer.add(reportRow(report)))),
    here: () => here.mock.calls.length,
    kept: () =>
      db
        .prepare('SELECT origin_id FROM report ORDER BY id')
        .all()
        .map((row) => row['origin_id']),
  };
}

const STORED: PromiseSettledResult<Stored> = { status: 'fulfilled', value: 'stored' };
const DUPLICATE: PromiseSettledResult<Stored> = { status: 'fulfilled', value: 'duplicate' };

test('a flood is written beside this thread, in order and once, and each is told what became of it', async () => {
  const { named, add, here, kept } = open();
  const all = named(3 * MANY);
  expect(await add(...all, ...all.slice(-2))).toEqual([...all.map(() => STORED), DUPLICATE, DUPLICATE]);
  expect([here(), kept()]).toEqual([MANY, all.map(({ originId }) => originId)]);
});

test('it is a flood until a second brings few', async () => {
  const { named, add, here, clock } = open();
  /** How many of those that come in the same second are written on this thread. */
  const hereOf = async (count: number): Promise<number> => {
    const before = here();
    await add(...named(count));
    return here() - before;
  };
  expect([await hereOf(MANY), await hereOf(9)]).toEqual([MANY, 0]);
  clock.now += 1000;
  expect(await hereOf(9)).toBe(0);
  clock.now += 1000;
  expect(await hereOf(9)).toBe(9);
  clock.now += 999;
  expect(await hereOf(MANY)).toBe(MANY - 9);
  clock.now += 2000;
  expect(await hereOf(9)).toBe(9);
});

test('what comes when the flood is over does not overtake those that wait', async () => {
  const { named, add, here, kept, clock } = open();
  const all = named(2 * MANY);
  const added = add(...all);
  clock.now += 2000;
  const [last] = named(1).map((report) => add(report));
  await Promise.all([added, last]);
  expect([here(), kept().at(-1)]).toEqual([MANY, 2 * MANY + 1]);
  await add(...named(1));
  expect(here()).toBe(MANY + 1);
});

test('what others read and write beside a flood is not disturbed, and what was written is told of', async () => {
  const { writer, reports, named, add, commits, written } = open();
  await add(...named(MANY + 1));
  let flooding = true;
  const added = add(...named(2 * MANY)).finally(() => (flooding = false));
  const own: Stored[] = [];
  while (flooding) {
    commits.reads();
    reports.wasAccepted(spam.ip, 'own');
    await new Promise(setImmediate);
    own.push(await writer.add(reportRow({ ...spam, originId: 0, mtaId: `own ${own.length}` })));
  }
  expect(new Set([...own, ...(await added).map(({ status }) => status)])).toEqual(new Set(['stored', 'fulfilled']));
  expect(written()).toBeGreaterThan(1);
});

test('others write while the thread for a flood starts', async () => {
  const { named, add, commits } = open();
  const added = add(...named(MANY + 1));
  const other = vi.fn<() => void>();
  const written = commits.write(other);
  expect(other).toHaveBeenCalledOnce();
  await Promise.all([added, written]);
});

test('the worker ends some time after the flood', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const ended = vi.spyOn(Worker.prototype, 'terminate');
  onTestFinished(() => ended.mockRestore());
  const { named, add } = open();
  await add(...named(2 * MANY));
  await new Promise(setImmediate);
  expect(ended).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(ended).toHaveBeenCalledOnce();
});

test('a worker that is started waits for no other writer', async () => {
  const { path } = open();
  const another = new DatabaseSync(path);
  onTestFinished(() => another.close());
  another.exec('BEGIN IMMEDIATE');
  await using worker = callWorker(new URL('./report-worker.ts', import.meta.url), path);
  expect(await worker.ask([])).toEqual([]);
});

test('own reports get their ids in one place, also in a flood', async () => {
  const { named, add, kept } = open();
  const own = Array.from({ length: 3 }, (_, i) => ({ ...spam, originId: 0, mtaId: `own ${i}` }));
  await add(...named(MANY + 1), ...own, ...named(1));
  await add(...own.map((report) => ({ ...report, sender: 'again@example.com' })));
  const ids = kept().filter((id) => Number(id) >= FIRST_OWN_ID);
  expect([ids.length, new Set(ids).size]).toEqual([6, 6]);
});

test('a lot that can not be written is refused, and what comes then is stored', async () => {
  const { path, named, add, kept } = open();
  await add(...named(MANY));
  const another = new DatabaseSync(path);
  another.exec('BEGIN IMMEDIATE');
  const refused = await add(...named(3));
  another.close();
  expect(refused.map((one) => String(one.status === 'rejected' && one.reason))).toEqual([
    'Error: database is locked',
    'Error: database is locked',
    'Error: database is locked',
  ]);
  expect(await add(...named(2))).toEqual([STORED, STORED]);
  expect(kept()).toHaveLength(MANY + 2);
});

test('closing waits for what it has taken', async () => {
  const { writer, named, add, kept } = open();
  const added = add(...named(2 * MANY));
  await writer[Symbol.asyncDispose]();
  expect(kept()).toHaveLength(2 * MANY);
  expect(await added).toHaveLength(2 * MANY);
});
