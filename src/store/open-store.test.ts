import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { manualClock } from '../lib/clock.ts';
import { createLog, silentLog } from '../lib/log.ts';
import { LIFETIMES, spam, T } from './contract-samples.ts';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';
import { storeContract } from './store-contract.ts';

storeContract('store named :memory:', { open: () => openStore({ path: ':memory:', log: silentLog }) });

const FIRST = T * 1000;

async function add(store: Store, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1) await store.addReport({ ...spam, time: T + n });
}

async function ids(store: Store): Promise<unknown[]> {
  return (await store.reportsAfter(0, 9)).map(({ id, originId }) => [id, originId]);
}

test.for([':memory:', 'file.db'])(
  '%s: the ids of own reports are milliseconds, local ones count from 1',
  async (name) => {
    const path = name === ':memory:' ? name : join(newDirectory(), name);
    await using store = await openStore({ path, log: silentLog, clock: manualClock(T) });
    await add(store, 1, 2);
    await store.addReport({ ...spam, origin: 'mx2.example.org', originId: 7 });
    await store.addReport({ ...spam, originId: FIRST + 4, time: T });
    await add(store, 3, 3);
    expect(await ids(store)).toEqual([
      [1, FIRST],
      [2, FIRST + 1],
      [3, 7],
      [4, FIRST + 4],
      [5, FIRST + 5],
    ]);
    await store.expire(LIFETIMES, T + 2 * LIFETIMES.report, 9);
    await add(store, 4, 4);
    expect(await ids(store)).toEqual([[6, FIRST + 6]]);
  },
);

test('reports that are made after an older copy of the database was put back have ids of their own', async () => {
  const path = join(newDirectory(), 'ddgrey.db');
  const open = (at: number): Promise<Store> => openStore({ path, log: silentLog, clock: manualClock(at) });
  const before = await open(T);
  await add(before, 1, 1);
  await before[Symbol.asyncDispose]();
  copyFileSync(path, `${path}.backup`);
  const lost = await open(T + 1);
  await add(lost, 2, 3);
  const sent = (await ids(lost)).slice(1);
  await lost[Symbol.asyncDispose]();
  copyFileSync(`${path}.backup`, path);
  await using restored = await open(T + 2);
  await add(restored, 4, 5);
  expect(sent).toEqual([
    [2, FIRST + 1000],
    [3, FIRST + 1001],
  ]);
  expect(await ids(restored)).toEqual([
    [1, FIRST],
    [2, FIRST + 2000],
    [3, FIRST + 2001],
  ]);
});

test.for<[what: string, damage: (path: string) => void, told: RegExp]>([
  ['damaged', damage, /: database disk image is malformed; put the last backup in its place, or take it away/],
  [
    'beside a file that cannot be opened',
    (path) => mkdirSync(`${path}-wal`),
    /: unable to open database file; it and the files beside it must belong to the user that ddgreyd runs as$/,
  ],
  ['held by another process', hold, /: database is locked; another process holds it, which fuser -v names$/],
  ['without a table', (path) => change(path, 'DROP TABLE standing'), /: no such table: standing$/],
])('a database that is %s is named', async ([, harm, told]) => {
  const path = join(newDirectory(), 'ddgrey.db');
  await (await openStore({ path, log: silentLog }))[Symbol.asyncDispose]();
  harm(path);
  const opened = openStore({ path, log: silentLog });
  await expect(opened).rejects.toThrow(`cannot use the database ${path}`);
  await expect(opened).rejects.toThrow(told);
});

test('that an older database is brought up to date is told before it is', async () => {
  const path = join(newDirectory(), 'ddgrey.db');
  await (await openStore({ path, log: silentLog }))[Symbol.asyncDispose]();
  change(path, 'DROP TRIGGER report_began; DROP TABLE report_begin; DROP TABLE report; PRAGMA user_version = 8');
  const lines: string[] = [];
  // Left to itself, this log would write nothing for an hour.
  const log = createLog({ level: 0, format: 'text' }, (text) => lines.push(text), { now: () => 0, delay: 3_600_000 });
  await expect(openStore({ path, log })).rejects.toThrow('no such table: report');
  expect(lines).toEqual([expect.stringMatching(/Z database is brought up to date from=8 to=\d+\n$/)]);
});

test('a disk that is full is named', async () => {
  const path = join(newDirectory(), 'ddgrey.db');
  await (await openStore({ path, log: silentLog }))[Symbol.asyncDispose]();
  const script = `
    import { openStore } from ${JSON.stringify(import.meta.resolve('./open-store.ts'))};
    await openStore({ path: ${JSON.stringify(path)} }).catch(({ message }) => console.log(message));`;
  // No file may grow to the 32 KiB that SQLite needs for the one beside the database.
  const limited = [
    '-c',
    'ulimit -f 16; exec "$0" "$@"',
    process.execPath,
    '--input-type=module-typescript',
    '-e',
    script,
  ];
  const { stdout } = await promisify(execFile)('sh', limited);
  expect(stdout).toBe(
    `cannot use the database ${path}: disk I/O error; its disk is full: make room for the files beside it\n`,
  );
});

/** All but its first page, which says that it is a database. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill('damaged', 4096));
}

function hold(path: string): void {
  const db = new DatabaseSync(path);
  onTestFinished(() => db.close());
  db.exec(`PRAGMA locking_mode = EXCLUSIVE; UPDATE meta SET value = value`);
}

function change(path: string, sql: string): void {
  using db = new DatabaseSync(path);
  db.exec(sql);
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-open-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}
