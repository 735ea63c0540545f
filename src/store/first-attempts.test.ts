import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { fullDisk } from '../../test/full-disk.ts';
import { silentLog } from '../lib/log.ts';
import { AttemptMover } from './attempt-mover.ts';
import { address, asked, attempt, LIFETIMES, numbered, T } from './contract-samples.ts';
import { FirstAttempts } from './first-attempts.ts';
import { GroupCommit } from './group-commit.ts';
import { openDatabase } from './schema.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Remembrance } from './store.ts';
import { TupleSketch } from './tuple-sketch.ts';
import { TupleTable } from './tuple-table.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-attempts-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
const newPath = (): string => join(directory, `${(files += 1)}.db`);
const open = (path = newPath()): SqliteStore => new SqliteStore(path, silentLog);
const many = (count: number, from = 0): Remembrance[] =>
  Array.from({ length: count }, (_, i) => numbered(from + i, `192.0.${i % 4}.${i % 250}`));
const rememberAll = (store: SqliteStore, all: readonly Remembrance[]): Promise<unknown> =>
  Promise.all(all.map(async (one) => store.remember(one, T)));

interface OpenedAttempts extends AsyncDisposable {
  readonly path: string;
  readonly attempts: FirstAttempts;
  /** How many tuples the database has. */
  readonly rows: () => unknown;
  /** How often it was tried to move them. */
  readonly moves: () => number;
}

/** First attempts without the rest of a store. */
function openAttempts(most?: number, path = newPath()): OpenedAttempts {
  const db = openDatabase(path);
  const tuples = new TupleTable(db);
  const commits = new GroupCommit(db, { committed: () => {}, rolledBack: () => {} });
  let moves = 0;
  const onWritten = (): void => void (moves += 1);
  const sketch = new TupleSketch();
  const attempts = new FirstAttempts({ path, tuples, sketch, commits, log: silentLog, onWritten }, most);
  return {
    path,
    attempts,
    rows: () => db.prepare('SELECT count(*) AS n FROM tuple').get()?.['n'],
    moves: () => moves,
    [Symbol.asyncDispose]: async () => {
      await attempts[Symbol.asyncDispose]();
      db.close();
    },
  };
}

/** Moves the faked timers, and waits until what they began has ended. */
async function later(milliseconds: number): Promise<void> {
  vi.advanceTimersByTime(milliseconds);
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
}

const FILES = ['', '-wal', '-attempts0', '-attempts1'];

/** What is on the disk when the process is killed now. */
function killed(path: string): string {
  const left = newPath();
  for (const end of FILES) if (existsSync(path + end)) copyFileSync(path + end, left + end);
  return left;
}

function onDisk(path: string): string {
  return FILES.slice(2)
    .map((end) => (existsSync(path + end) ? readFileSync(path + end, 'utf8') : ''))
    .join('');
}

test.for([1, 100, 101, 3000])(
  'of %i attempts that were answered none is lost when the process is killed',
  async (count) => {
    const path = newPath();
    await using store = open(path);
    await rememberAll(store, many(count));
    const left = killed(path);
    expect(onDisk(left).split('\n').length - 1).toBe(count);
    await using again = open(left);
    for (const one of many(count)) expect((await again.recall(asked(one))).entry?.firstSeen).toBe(T);
    expect((await again.recall(asked(numbered(0, '192.0.0.0')))).pendingOfClient).toBe(Math.ceil(count / 500));
    expect(await again.count()).toEqual({ pending: count, valid: 0 });
    expect((await again.recall(asked(numbered(0, '192.0.0.0')))).pendingOfClient).toBe(Math.ceil(count / 500));
    expect(onDisk(left)).toBe('');
  },
);

test('what a process left that was killed is moved by itself', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const path = newPath();
  await using store = open(path);
  await store.remember(attempt, T);
  await using again = openAttempts(undefined, killed(path));
  await later(300);
  expect(again.rows()).toBe(1);
});

test('what is in the database already when the process is killed is not taken twice', async () => {
  const path = newPath();
  await using store = open(path);
  await rememberAll(store, many(3));
  const left = killed(path);
  await store.count();
  // Killed after the move and before its file was emptied.
  copyFileSync(path, left);
  copyFileSync(`${path}-wal`, `${left}-wal`);
  await using again = open(left);
  expect(await again.count()).toEqual({ pending: 3, valid: 0 });
  expect((await again.recall(asked(numbered(0, '192.0.0.0')))).pendingOfClient).toBe(1);
});

test.for([
  ['the end of a line', '-17 [0,1700000'],
  ['a whole line but for its end', '-17 [0,1700000000,"192.0.2.1","192.0.2.0/24","a","b","c",null]'],
  ['zeros', '\0\0\0\0\n'],
  ['no JSON', '5 [,]\n'],
  ['no fields', '5 []\n'],
  ['an address that is no text', '5 [0,1700000000,null,"mx","a","b","c",null]\n'],
  ['no kind of first attempts', '5 [3,1700000000,"192.0.2.1","mx","a","b","c",null]\n'],
  ['half a second', '5 [0,1700000000.5,"192.0.2.1","mx","a","b","c",null]\n'],
  ['a name that is no text', '5 [0,1700000000,"192.0.2.1","mx","a","b","c",[]]\n'],
  ['no address', '5 [0,1700000000,"mx","mx","a","b","c",null]\n'],
] as const)('%s that a crash left is no attempt, and spoils none', async ([, text]) => {
  const path = newPath();
  await using store = open(path);
  await store.remember(attempt, T);
  const left = killed(path);
  appendFileSync(`${left}-attempts1`, text);
  await using again = open(left);
  await rememberAll(again, many(200));
  expect(await again.count()).toEqual({ pending: 201, valid: 0 });
  expect((await again.recall(asked(attempt))).entry?.firstSeen).toBe(T);
});

test.for([
  ['validate', { pending: 499, valid: 1 }],
  ['admit', { pending: 499, valid: 1 }],
  ['forget', { pending: 499, valid: 0 }],
  ['restart', { pending: 500, valid: 0 }],
] as const)('%s of an attempt that is on its way', async ([change, counts]) => {
  await using store = open();
  const all = many(500);
  const [one = attempt] = all;
  const recorded = rememberAll(store, all);
  await store.remember({ ...one, change }, T + 9);
  expect(await store.count()).toEqual(counts);
  await recorded;
});

test('an attempt is answered, found and listed while thousands are moved', async () => {
  await using store = open();
  await rememberAll(store, many(20_000));
  const moved = store.count();
  await new Promise(setImmediate);
  await store.remember(attempt, T);
  expect((await store.recall(asked(attempt))).entry?.firstSeen).toBe(T);
  expect(await store.tuples({ text: attempt.tuple.recipient, limit: 9 })).toHaveLength(1);
  await Promise.all([store.remember({ ...attempt, change: 'validate' }, T + 300), moved]);
  expect((await store.recall(asked(attempt))).entry?.state).toBe('valid');
  expect(await store.count()).toEqual({ pending: 20_000, valid: 1 });
});

test('more of them than the journal takes wait for their move, by their length and not by their number', async () => {
  await using opened = openAttempts(20_000);
  const { path, attempts, rows } = opened;
  const long = { clientName: 'x'.repeat(5000) };
  const recorded = many(45).map((one) => attempts.record({ ...one, ...long }, T));
  expect(onDisk(path)).toBe('');
  let most = 0;
  for (const one of recorded) {
    await one;
    most = Math.max(most, onDisk(path).split('\n').length - 1);
  }
  expect(most).toBe(4);
  await attempts.move();
  expect(rows()).toBe(45);
});

test('what is recorded is moved in time, also after a timer that found nothing', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await using opened = openAttempts();
  const { attempts, rows } = opened;
  await attempts.record(attempt, T);
  const moved = attempts.move();
  await new Promise(setImmediate);
  // While it is moved it comes again, which sets a timer.
  await attempts.record(attempt, T);
  await moved;
  await later(300);
  expect(rows()).toBe(1);
  await attempts.record(numbered(1, '192.0.2.1'), T);
  await later(300);
  expect(rows()).toBe(2);
});

test('the longer the database takes nothing, the less often it is tried, however much comes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await using opened = openAttempts();
  const { path, attempts, rows, moves } = opened;
  const holder = new DatabaseSync(path);
  holder.exec('BEGIN IMMEDIATE');
  for (let i = 0; i < 100; i += 1) {
    await attempts.record(numbered(i, '192.0.2.1'), T);
    await later(200);
  }
  expect(moves()).toBeGreaterThan(4);
  expect(moves()).toBeLessThan(16);
  holder.close();
  await later(5000);
  expect(rows()).toBe(100);
});

test('nor is it tried the more often for lookups in vain', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const path = newPath();
  await using store = open(path);
  await store.remember(attempt, T);
  using holder = new DatabaseSync(path);
  holder.exec('BEGIN IMMEDIATE');
  await later(200);
  const move = vi.spyOn(AttemptMover.prototype, 'moveAll');
  onTestFinished(() => move.mockRestore());
  for (let round = 0; round < 3; round += 1) {
    for (let i = 0; i < 1000; i += 1) await store.recall(asked(numbered(i, '192.0.2.1')));
    await new Promise(setImmediate);
  }
  expect(move).not.toHaveBeenCalled();
  await later(5000);
  expect(move).toHaveBeenCalled();
});

test('what can not be written is refused, is not there, and may come again', async () => {
  await using store = open();
  const [kept, lost] = [numbered(1, '192.0.2.1'), numbered(2, '192.0.2.1')];
  await store.remember(kept, T);
  {
    using _full = fullDisk(0);
    const refused = await Promise.allSettled([store.remember(lost, T), store.remember({ ...lost, change: 'none' }, T)]);
    const told = refused.map((one) => one.status === 'rejected' && String(one.reason));
    expect(told).toEqual(Array(2).fill('Error: ENOSPC: no space left on device, write'));
  }
  expect(await store.recall(asked(lost))).toMatchObject({ entry: undefined, pendingOfClient: 1 });
  await store.remember(lost, T + 1);
  expect(await store.recall(asked(lost))).toMatchObject({ entry: { firstSeen: T + 1 }, pendingOfClient: 2 });
  expect(await store.count()).toEqual({ pending: 2, valid: 0 });
  expect((await store.recall(asked(lost))).pendingOfClient).toBe(2);
});

test('when no more of them have room they are refused, and do not ask the database each', async () => {
  await using opened = openAttempts(1000);
  const { path, attempts, moves } = opened;
  using holder = new DatabaseSync(path);
  holder.exec('BEGIN IMMEDIATE');
  const refused = async (from: number): Promise<string[]> => {
    const recorded = await Promise.allSettled(many(20, from).map((one) => attempts.record(one, T)));
    return recorded.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  };
  // One file is full then, and the other one after that.
  for (const from of [0, 20]) expect((await refused(from)).length).toBeGreaterThan(0);
  expect(await refused(40)).toEqual(
    Array(20).fill('Error: too many first attempts wait for the database, which takes none'),
  );
  expect(moves()).toBe(1);
  holder.exec('ROLLBACK');
  await attempts.move();
  expect(await refused(60)).toEqual([]);
});

test('a client has as many pending entries as it made, however far they are on their way', async () => {
  await using store = open();
  const pending = async (): Promise<number> => (await store.recall(asked(attempt))).pendingOfClient;
  await store.remember(attempt, T);
  const moved = store.count();
  for (let turn = 0; turn < 20; turn += 1) {
    await Promise.resolve();
    expect(await pending()).toBe(1);
  }
  await moved;
  expect(await pending()).toBe(1);
});

test('what a transaction that came to nothing counted is counted again', async () => {
  const path = newPath();
  await using store = open(path);
  using saboteur = new DatabaseSync(path);
  saboteur.exec(`CREATE TRIGGER full BEFORE INSERT ON pass BEGIN SELECT raise(ABORT, 'disk full'); END`);
  await store.remember(attempt, T);
  const moved = store.count();
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  const failed = store.addPass({ client: 'a', domain: 'b', firstSeen: T, lastSeen: T, uses: 1 });
  await expect(failed).rejects.toThrow('disk full');
  await new Promise(setImmediate);
  expect((await store.recall(asked(attempt))).pendingOfClient).toBe(1);
  await moved;
  expect((await store.recall(asked(attempt))).pendingOfClient).toBe(1);
});

test('while thousands are moved, a client has as many pending entries as it made, or hardly more', async () => {
  await using store = open();
  const all = Array.from({ length: 5000 }, (_, i) => numbered(i, '192.0.2.1'));
  await rememberAll(store, all);
  const sample = asked(numbered(0, '192.0.2.1'));
  let [isMoved, least, most, looks] = [false, 5000, 0, 0];
  const moved = store.count().then(() => (isMoved = true));
  while (!isMoved) {
    const { pendingOfClient } = await store.recall(sample);
    [least, most] = [Math.min(least, pendingOfClient), Math.max(most, pendingOfClient)];
    looks += 1;
    await new Promise(setImmediate);
  }
  await moved;
  expect(looks).toBeGreaterThan(10);
  expect(least).toBe(5000);
  // A lot that the database has, and that this thread has not heard of yet.
  expect(most).toBeLessThanOrEqual(5000 + 256);
  expect((await store.recall(sample)).pendingOfClient).toBe(5000);
});

test.for([1, 200])('%i attempts that are older than their lifetime expire, wherever they are', async (count) => {
  await using store = open();
  const newer = numbered(count, '192.0.2.1');
  await rememberAll(store, many(count));
  await store.remember(newer, T + LIFETIMES.pending);
  expect(await store.expire(LIFETIMES, T + LIFETIMES.pending + 1, 999)).toBe(count);
  for (const one of many(count)) expect((await store.recall(asked(one))).entry).toBeUndefined();
  expect((await store.recall(asked(newer))).entry?.firstSeen).toBe(T + LIFETIMES.pending);
});

test('what is forgotten is forgotten wherever it is', async () => {
  await using store = open();
  await store.remember({ ...attempt, change: 'admit' }, T);
  await rememberAll(store, many(1));
  expect(await store.forget({ tuples: [attempt, ...many(2)].map(({ tuple }) => tuple) })).toBe(2);
  expect(await store.count()).toEqual({ pending: 0, valid: 0 });
});

test.for([0, 1])('of two tuples the first counts, also where only number %i is in the database', async (early) => {
  await using store = open();
  const [one, other] = [attempt, numbered(1, '192.0.2.1')];
  const [moved, late] = early === 0 ? [one, other] : [other, one];
  await store.remember(moved, T);
  await store.count();
  await store.remember(late, T + 1);
  const recalled = await store.recall({ ...asked(one), tuples: [one.tuple, other.tuple] });
  expect(recalled).toMatchObject({ tuple: one.tuple, entry: { firstSeen: T + early } });
});

test('an answer that changes nothing waits for what it was made from', async () => {
  const path = newPath();
  await using store = open(path);
  const first = store.remember(attempt, T);
  expect((await store.recall(asked(attempt))).entry?.firstSeen).toBe(T);
  expect(onDisk(path)).toBe('');
  await store.remember({ ...attempt, change: 'none' }, T + 1);
  expect(onDisk(path)).toContain(attempt.senderText);
  await first;
});

test('an export and an import see them', async () => {
  await using store = open();
  await store.remember(attempt, T);
  const exported = [];
  for await (const piece of store.exportTuples('pending', 0)) exported.push(...piece);
  expect(exported.map(({ tuple }) => tuple)).toEqual([attempt.tuple]);
  const [stored] = exported;
  if (stored === undefined) throw new Error('nothing exported');
  await store.remember(numbered(1, '192.0.2.1'), T);
  const known = { ...stored, tuple: numbered(1, '192.0.2.1').tuple };
  expect(await store.importTuples([known])).toBe(0);
});

test('on a database that takes nothing they are kept, moved when it does, and at the next start at the latest', async () => {
  const path = newPath();
  const events: string[] = [];
  const log = { ...silentLog, event: (_level: number, event: string) => void events.push(event) };
  const store = new SqliteStore(path, log);
  using saboteur = new DatabaseSync(path);
  saboteur.exec(`CREATE TRIGGER full BEFORE INSERT ON tuple BEGIN SELECT raise(ABORT, 'disk full'); END`);
  await store.remember(attempt, T);
  expect(await store.count()).toEqual({ pending: 0, valid: 0 });
  await rememberAll(store, many(200));
  expect(await store.tuples({ text: undefined, limit: 10 })).toEqual([]);
  expect(await store.recall(asked(attempt))).toMatchObject({ entry: { firstSeen: T }, pendingOfClient: 1 });
  await expect(store.remember({ ...attempt, change: 'validate' }, T + 9)).rejects.toThrow('disk full');
  expect(events).toEqual(['storing first attempts failed']);
  const left = killed(path);
  saboteur.exec('DROP TRIGGER full');
  expect(await store.count()).toEqual({ pending: 201, valid: 0 });
  await rememberAll(store, many(1, 200));
  expect(await store.count()).toEqual({ pending: 202, valid: 0 });
  expect(events).toEqual(['storing first attempts failed', 'first attempts are stored again']);
  await store[Symbol.asyncDispose]();
  using later = new DatabaseSync(left);
  later.exec('DROP TRIGGER full');
  await using again = open(left);
  expect(await again.count()).toEqual({ pending: 201, valid: 0 });
});

test("closing moves what is there; what can't be moved stays beside the database", async () => {
  const path = newPath();
  const store = open(path);
  await store.remember(attempt, T);
  await store[Symbol.asyncDispose]();
  expect(onDisk(path)).toBe('');
  await using again = open(path);
  expect(await again.count()).toEqual({ pending: 1, valid: 0 });
  const client = address('2001:db8::7');
  await again.remember({ ...attempt, client, tuple: { ...attempt.tuple, client: '2001:db8::/64' } }, T);
  using holder = new DatabaseSync(path);
  holder.exec('BEGIN IMMEDIATE');
  await again[Symbol.asyncDispose]();
  expect(onDisk(path)).toContain('2001:db8::7');
});

test('once closed nothing is moved any more', async () => {
  const path = newPath();
  const store = open(path);
  using holder = new DatabaseSync(path);
  holder.exec('BEGIN IMMEDIATE');
  await store.remember(attempt, T);
  await store[Symbol.asyncDispose]();
  holder.exec('ROLLBACK');
  await expect(store.forget({ tuples: [attempt.tuple] })).rejects.toThrow('the store is closed');
  await expect(store.count()).rejects.toThrow('the store is closed');
  expect(holder.prepare('SELECT count(*) AS n FROM tuple').get()).toEqual({ n: 0 });
  expect(onDisk(path)).toContain(attempt.senderText);
});

test('who waits for room while it is closed is refused, or kept', async () => {
  const opened = openAttempts(1000);
  const { path, attempts } = opened;
  const recorded = many(200).map((one) => attempts.record(one, T));
  await opened[Symbol.asyncDispose]();
  const kept = (await Promise.allSettled(recorded)).filter(({ status }) => status === 'fulfilled');
  using db = new DatabaseSync(path);
  const rows = Number(db.prepare('SELECT count(*) AS n FROM tuple').get()?.['n']);
  expect(rows + onDisk(path).split('\n').length - 1).toBe(kept.length);
});

test('a file that can not be removed does not keep it from closing', async () => {
  const path = newPath();
  const store = open(path);
  rmSync(`${path}-attempts0`);
  mkdirSync(`${path}-attempts0`);
  await store[Symbol.asyncDispose]();
  await expect(store.count()).rejects.toThrow('the store is closed');
  expect(existsSync(`${path}-wal`)).toBe(false);
});

test('damaged lines alone take no room', async () => {
  const path = newPath();
  for (const end of FILES.slice(2)) writeFileSync(path + end, '\0'.repeat(2000) + '\n');
  await using opened = openAttempts(1000, path);
  expect(onDisk(path)).toBe('');
  await opened.attempts.record(attempt, T);
});

test.for([1, 200])('%i of them are moved also when somebody removed the files', async (count) => {
  const path = newPath();
  await using store = open(path);
  await rememberAll(store, many(count));
  for (const end of FILES.slice(2)) rmSync(path + end);
  expect(await store.count()).toEqual({ pending: count, valid: 0 });
});

test.for([1, 200])('of %i in a file that somebody emptied none is left, and the next ones are moved', async (count) => {
  const path = newPath();
  await using store = open(path);
  await rememberAll(store, many(count));
  truncateSync(`${path}-attempts1`);
  expect(await store.count()).toEqual({ pending: 0, valid: 0 });
  await rememberAll(store, many(count));
  expect(await store.count()).toEqual({ pending: count, valid: 0 });
});

test('a file that can not be opened is named', () => {
  const path = newPath();
  mkdirSync(`${path}-attempts1`);
  expect(() => open(path)).toThrow(`cannot open ${path}-attempts1, which belongs to the database: it is a directory`);
});
