import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '../lib/log.ts';
import { wholeList } from '../lib/whole-list.ts';
import { asked, attempt, LIFETIMES, numbered, pass, spam, stored, T } from './contract-samples.ts';
import { GroupCommit } from './group-commit.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Remembrance } from './store.ts';
import { storeContract } from './store-contract.ts';
import { TupleSketch } from './tuple-sketch.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-store-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
const newPath = (): string => join(directory, `${(files += 1)}.db`);
const open = (path = newPath()): SqliteStore => new SqliteStore(path, silentLog);

storeContract('SQLite store', {
  open: async () => open(),
  reopen: async (store) => {
    await store[Symbol.asyncDispose]();
    return open(join(directory, `${files}.db`));
  },
});

const other: Remembrance = { ...attempt, tuple: { ...attempt.tuple, recipient: 'other@example.org' } };
/** As attempt and other, but written to the database at once. */
const admitted: Remembrance = { ...attempt, change: 'admit' };
const otherAdmitted: Remembrance = { ...other, change: 'admit' };

test('the writes of one turn are committed together, and answers made from them wait for that', async () => {
  const path = newPath();
  await using store = open(path);
  using witness = new DatabaseSync(path, { readOnly: true });
  const seen = (): number => Number(witness.prepare('SELECT count(*) AS n FROM tuple').get()?.['n']);
  const order: string[] = [];
  const remembered = async (name: string, one: Remembrance): Promise<void> => {
    await store.remember(one, T);
    order.push(`${name} ${seen()}`);
  };
  const first = remembered('first', admitted);
  const second = remembered('second', otherAdmitted);
  const unchanged = remembered('unchanged', { ...attempt, change: 'none' });
  expect((await store.recall(asked(attempt))).entry?.firstSeen).toBe(T);
  expect([order, seen()]).toEqual([[], 0]);
  await Promise.all([first, second, unchanged]);
  expect(order.toSorted()).toEqual(['first 2', 'second 2', 'unchanged 2']);
});

test('a first attempt is answered when what was changed before is committed, too', async () => {
  const path = newPath();
  await using store = open(path);
  using witness = new DatabaseSync(path, { readOnly: true });
  await store.remember(admitted, T);
  const forgotten = store.remember({ ...attempt, change: 'forget' }, T);
  await store.remember(other, T);
  expect(witness.prepare('SELECT 1 FROM tuple').all()).toEqual([]);
  await forgotten;
});

test('while another process holds the lock first attempts are kept, all else is refused, and afterwards all is well again', async () => {
  const path = newPath();
  await using store = open(path);
  await store.remember(attempt, T);
  await store.count();
  using holder = new DatabaseSync(path);
  holder.exec('BEGIN IMMEDIATE');
  const refused = await Promise.allSettled([
    store.remember({ ...attempt, change: 'forget' }, T),
    store.remember({ ...attempt, change: 'none' }, T),
    store.remember(other, T + 1),
  ]);
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect((await store.recall(asked(attempt))).entry?.firstSeen).toBe(T);
  expect(await store.count()).toEqual({ pending: 1, valid: 0 });
  await expect(store.remember({ ...other, change: 'validate' }, T + 9)).rejects.toThrow('locked');
  expect((await store.recall(asked(other))).entry?.firstSeen).toBe(T + 1);
  holder.exec('ROLLBACK');
  await store.remember({ ...other, change: 'validate' }, T + 9);
  expect(await store.count()).toEqual({ pending: 1, valid: 1 });
  expect((await store.recall(asked(other))).pendingOfClient).toBe(1);
});

test('a statement that fails takes the whole turn with it, and the next turn works', async () => {
  const path = newPath();
  await using store = open(path);
  using saboteur = new DatabaseSync(path);
  saboteur.exec(`CREATE TRIGGER full BEFORE INSERT ON tuple WHEN new.recipient = 'other@example.org'
                 BEGIN SELECT raise(ABORT, 'disk full'); END`);
  const turn = await Promise.allSettled([
    store.remember(admitted, T),
    store.remember(otherAdmitted, T),
    store.remember(admitted, T),
  ]);
  expect(turn.map((one) => one.status === 'rejected' && String(one.reason))).toEqual(Array(3).fill('Error: disk full'));
  expect(await store.recall(asked(attempt))).toMatchObject({ entry: undefined, pendingOfClient: 0 });
  await store.remember(admitted, T);
  expect((await store.recall(asked(attempt))).entry?.state).toBe('valid');
});

test('what a failed transaction made valid is pending still, also for who has read it meanwhile', async () => {
  const path = newPath();
  await using store = open(path);
  await store.remember(attempt, T);
  await store.count();
  using saboteur = new DatabaseSync(path);
  saboteur.exec(`CREATE TRIGGER full BEFORE INSERT ON tuple BEGIN SELECT raise(ABORT, 'disk full'); END`);
  const validated = store.remember({ ...attempt, change: 'validate' }, T + 600);
  const meanwhile = await store.recall(asked(attempt));
  const failed = store.remember(otherAdmitted, T + 600);
  expect(meanwhile.entry?.state).toBe('valid');
  expect((await Promise.allSettled([validated, failed])).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await store.recall(asked(attempt))).entry).toEqual({ state: 'pending', firstSeen: T, lastSeen: T });
});

test.for<[what: string, change: (store: SqliteStore) => Promise<unknown>, entry: unknown]>([
  ['forgotten', (store) => store.forget({ tuples: [attempt.tuple] }), undefined],
  ['expired', (store) => store.expire(LIFETIMES, T + LIFETIMES.valid + 1, 9), undefined],
  [
    'imported',
    (store) => store.importTuples([stored(attempt, T + 9, 'valid')]),
    { state: 'valid', firstSeen: T + 9, lastSeen: T + 9 },
  ],
])('what is kept in memory of a valid tuple is not there any more when that is %s', async ([, change, entry]) => {
  await using store = open();
  await store.remember(admitted, T);
  expect((await store.recall(asked(attempt))).entry?.lastSeen).toBe(T);
  await change(store);
  expect((await store.recall(asked(attempt))).entry).toEqual(entry);
});

test('a standing that is saved while writing is held is removed by who comes after it', async () => {
  const write = vi.spyOn(GroupCommit.prototype, 'write');
  onTestFinished(() => write.mockRestore());
  await using store = open();
  await store.addPass(pass);
  const commits = write.mock.contexts[0] as GroupCommit;
  const release = Promise.withResolvers<void>();
  const held = commits.hold(() => release.promise);
  const times = { computed: T, answered: T, expires: T + 9, reveal: undefined };
  const ip = '203.0.113.7';
  const saved = store.saveStanding({ ip, identity: ip, names: [], score: 1, class: 'white', reasons: [], ...times });
  const removed = store.removeStandings(ip);
  // Were it not for what waits, it would have looked by then.
  for (let n = 0; n < 2; n += 1) await wholeList(store.reports(undefined));
  release.resolve();
  await Promise.all([held, saved]);
  expect([await removed, await store.standing(ip)]).toEqual([1, undefined]);
});

test('of a client that has no pending entry any more nothing is kept', async () => {
  const path = newPath();
  await using store = open(path);
  using witness = new DatabaseSync(path, { readOnly: true });
  const counted = (): number => Number(witness.prepare('SELECT count(*) AS n FROM pending_client').get()?.['n']);
  for (const one of [attempt, other]) await store.remember(one, T);
  await store.remember({ ...attempt, change: 'validate' }, T + 9);
  expect(counted()).toBe(1);
  await store.remember({ ...other, change: 'forget' }, T + 9);
  expect(counted()).toBe(0);
});

test('only its owner may read the files, and closing leaves nothing beside the database, nor any timer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const path = newPath();
  const store = open(path);
  await store.remember(attempt, T);
  expect(
    ['', '-wal', '-shm', '-attempts0', '-attempts1'].map((end) => (statSync(path + end).mode & 0o777).toString(8)),
  ).toEqual(Array(5).fill('600'));
  await store.count();
  await store[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  expect(readdirSync(directory).filter((name) => join(directory, name).startsWith(`${path}-`))).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
  await expect(store.remember(attempt, T)).rejects.toThrow('closed');
});

test('closing ends every thread', async () => {
  const asked = vi.spyOn(Worker.prototype, 'postMessage');
  onTestFinished(() => asked.mockRestore());
  const store = open();
  // More than are written without a thread.
  const attempts = Array.from({ length: 200 }, (_, i) => numbered(i, '192.0.2.1'));
  await Promise.all(attempts.map(async (one) => store.remember(one, T)));
  expect(await store.count()).toEqual({ pending: 200, valid: 0 });
  await Promise.all(Array.from({ length: 600 }, (_, i) => store.addReport({ ...spam, originId: i + 1, time: T + i })));
  await store[Symbol.asyncDispose]();
  const threads = [...new Set(asked.mock.contexts as Worker[])];
  expect(threads.length).toBeGreaterThanOrEqual(3);
  expect(threads.filter(({ threadId }) => threadId !== -1)).toEqual([]);
});

test.for<[what: string, come: (store: SqliteStore) => unknown]>([
  ['checks', (store) => store.recall(asked(otherAdmitted))],
  ['attempts', (store) => store.remember(other, T)],
  ['changes', (store) => store.remember(otherAdmitted, T)],
  ['reports', (store) => store.addReport(spam)],
  ['passes', (store) => store.addPass(pass)],
  ['places', (store) => store.savePlace('mainlog', '4711')],
])('%s that come while it is closed are refused, at whatever moment', async ([, come]) => {
  const store = open(newPath());
  await store.remember(admitted, T);
  let isClosed = false;
  const closing = store[Symbol.asyncDispose]().then(() => {
    isClosed = true;
  });
  const refusals = new Set<unknown>();
  while (!isClosed) {
    const late = Promise.resolve().then(() => come(store));
    refusals.add(await late.catch((error: unknown) => (error as Error).message));
    await new Promise(setImmediate);
  }
  await closing;
  expect([...refusals]).toEqual(['the store is closed']);
});

test('the log begins again while it is written to without a pause', { timeout: 60_000 }, async () => {
  const path = newPath();
  await using store = open(path);
  using witness = new DatabaseSync(path, { readOnly: true });
  const restarts = witness.prepare(`SELECT value FROM meta WHERE name = 'log restarts'`);
  const begunAgain = (): boolean => Number(restarts.get()?.['value']) >= 2;
  let written = 0;
  while (!begunAgain() && written < 1_000_000) {
    const turn = Array.from({ length: 100 }, (_, i) => numbered(written + i, '192.0.2.1'));
    await Promise.all(turn.map(async (one) => store.remember({ ...one, change: 'admit' }, T)));
    written += turn.length;
  }
  expect(begunAgain()).toBe(true);
});

test('a tuple is found, whether it came before, while or after the sketch was made', async () => {
  const path = newPath();
  await using store = open(path);
  const found = async (one: Remembrance): Promise<boolean> => (await store.recall(asked(one))).entry !== undefined;
  const came: Remembrance[] = [];
  const come = async (count: number): Promise<void> => {
    const turn = Array.from(
      { length: count },
      (_, i): Remembrance => ({
        ...numbered(came.length + i, '192.0.2.1'),
        change: i % 2 === 0 ? 'record' : 'admit',
      }),
    );
    came.push(...turn);
    await Promise.all(turn.map(async (one) => store.remember(one, T)));
  };
  const mayHave = vi.spyOn(TupleSketch.prototype, 'mayHave');
  onTestFinished(() => mayHave.mockRestore());
  const isMade = (): boolean => mayHave.mock.results.some(({ value }) => value === false);
  for (let asks = 0; !isMade(); ) {
    await come(20);
    for (let i = 0; i < 100; i += 1) expect(await found(numbered((asks -= 1), '192.0.2.1'))).toBe(false);
  }
  // As many as these are moved by a worker instead of this thread.
  await come(400);
  await store.count();
  for (const one of came) expect([one.tuple, await found(one)]).toEqual([one.tuple, true]);
});

test('reports are told whole, those of one second too, though they are read page by page', async () => {
  const path = newPath();
  await using store = open(path);
  const count = 10_500;
  using writer = new DatabaseSync(path);
  writer.exec(`WITH RECURSIVE numbers (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM numbers LIMIT ${count})
    INSERT INTO report (origin, origin_id, stored, time, ip, domain, event, reporter, mta_id)
    SELECT 'mx', value, ${T}, ${T} + value / 3000, x'cb007107', 'example.com', iif(value % 2, 'spam', 'check'), 'exim4', value
    FROM numbers`);
  const newestFirst = Array.from({ length: count }, (_, at) => count - at).join(' ');
  for (const text of [undefined, '203.0.113.7', '203.0.113.0/24', '0.0.0.0/0', 'example.com']) {
    const shown = (await wholeList(store.reports(text))).map(({ mtaId }) => mtaId);
    expect([text, shown.join(' ')]).toEqual([text, newestFirst]);
    const back = (await wholeList(store.reports(text, 'oldest first'))).map(({ mtaId }) => mtaId);
    expect([text, back.toReversed().join(' ')]).toEqual([text, newestFirst]);
  }
});

test('where reports begin that were stored since a time is found without a look at older ones', async () => {
  const path = newPath();
  await using store = open(path);
  for (const stored of [T, T + 700, T + 1300, T + 1900]) await store.addReport({ ...spam, stored, time: stored });
  // Were the first one looked at, it would be the answer.
  using outside = new DatabaseSync(path);
  outside.exec('UPDATE report SET stored = 9999999999 WHERE id = 1');
  expect(await store.reportIdBefore(T + 1400)).toBe(3);
});

test('of where reports begin no more is kept than there are reports of', async () => {
  const path = newPath();
  await using store = open(path);
  for (let n = 0; n < 9; n += 1) await store.addReport({ ...spam, stored: T + 1000 * n, time: T + n });
  using witness = new DatabaseSync(path, { readOnly: true });
  const kept = (): readonly unknown[] =>
    witness
      .prepare('SELECT id FROM report_begin')
      .all()
      .map(({ id }) => id);
  for (const [ended, left] of [
    [0, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [6, [7, 8, 9]],
    [9, [7, 8, 9]],
  ] as const) {
    await store.expire(LIFETIMES, T + LIFETIMES.report + ended, 99);
    expect(kept()).toEqual(left);
  }
});
