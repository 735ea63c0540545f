import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { GroupCommit } from './group-commit.ts';

function setUp(path = ':memory:'): {
  readonly db: DatabaseSync;
  readonly commits: GroupCommit;
  readonly add: (n: number) => Promise<number>;
  readonly rows: () => number[];
  /** How often each hook was called. */
  readonly told: { committed: number; rolledBack: number };
} {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER)');
  const told = { committed: 0, rolledBack: 0 };
  const commits = new GroupCommit(db, {
    committed: () => (told.committed += 1),
    rolledBack: () => (told.rolledBack += 1),
  });
  const add = (n: number): Promise<number> =>
    commits.write(() => {
      db.prepare('INSERT INTO t VALUES (?)').run(n);
      return n;
    });
  return {
    db,
    commits,
    add,
    told,
    rows: () =>
      db
        .prepare('SELECT n FROM t')
        .all()
        .map((row) => Number(row['n'])),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is written while writing is held comes afterwards, in order', async () => {
  const { db, commits, add, rows } = setUp();
  const before = add(1);
  const release = Promise.withResolvers<void>();
  const held = commits.hold(async () => {
    expect([db.isTransaction, rows()]).toEqual([false, [1]]);
    await release.promise;
  });
  const waiting = [add(2), add(3)];
  await before;
  await commits.settled();
  expect(rows()).toEqual([1]);
  release.resolve();
  await held;
  expect(await Promise.all(waiting)).toEqual([2, 3]);
  expect(rows()).toEqual([1, 2, 3]);
});

test.for([0, 1, 2, 3, 4, 5, 6, 7])(
  'nor does what comes %i steps after the end of a hold overtake it',
  async (steps) => {
    const { commits, add, rows } = setUp();
    const release = Promise.withResolvers<void>();
    const held = commits.hold(() => release.promise);
    const waiting = [add(1), add(2)];
    await turn();
    release.resolve();
    for (let step = 0; step < steps; step += 1) await Promise.resolve();
    await Promise.all([add(3), ...waiting, held]);
    expect(rows()).toEqual([1, 2, 3]);
  },
);

test('of two that hold writing one waits for the other', async () => {
  const { commits } = setUp();
  const order: string[] = [];
  const holding = (name: string): Promise<void> =>
    commits.hold(async () => {
      order.push(`${name} begins`);
      await turn();
      order.push(`${name} ends`);
    });
  await Promise.all([holding('a'), holding('b')]);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('what is read while writing is held does not keep what waits from being written', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-commit-'));
  const path = join(directory, 'db');
  const { db, commits, add, rows } = setUp(path);
  const worker = new DatabaseSync(path);
  onTestFinished(() => {
    for (const connection of [worker, db]) connection.close();
    rmSync(directory, { recursive: true });
  });
  let waiting: Promise<number> | undefined;
  await commits.hold(async () => {
    commits.reads();
    expect(rows()).toEqual([]);
    waiting = add(2);
    worker.exec('INSERT INTO t VALUES (1)');
  });
  expect(await waiting).toBe(2);
  expect(rows()).toEqual([1, 2]);
});

test('writing goes on when the work that it was held for fails', async () => {
  const { commits, add, rows } = setUp();
  await expect(commits.hold(() => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
  await add(1);
  expect(rows()).toEqual([1]);
});

test('nor does a write that fails keep the work from being done that it is held for', async () => {
  const { commits } = setUp();
  const failed = commits.write(() => JSON.parse('no JSON'));
  let isDone = false;
  await commits.hold(async () => {
    isDone = true;
  });
  await expect(failed).rejects.toThrow('JSON');
  expect(isDone).toBe(true);
});

test('what comes turn after turn shares transactions', async () => {
  const { add, rows, told } = setUp();
  const added: Promise<number>[] = [];
  for (let n = 0; n < 100; n += 1) {
    added.push(add(n));
    await turn();
  }
  await Promise.all(added);
  expect(rows()).toHaveLength(100);
  expect(told.committed).toBeLessThan(100);
});

test('a transaction ends however much there is to do', async () => {
  const { add } = setUp();
  let isCommitted = false;
  const first = add(0).then(() => (isCommitted = true));
  const added: Promise<number>[] = [];
  while (!isCommitted) {
    added.push(add(added.length + 1));
    await turn();
  }
  await first;
  expect(await Promise.all(added)).toEqual(Array.from(added, (_, i) => i + 1));
});

test('what can not be committed is refused, and gone', async () => {
  const { db, commits, add, rows, told } = setUp();
  db.exec(`PRAGMA foreign_keys = ON; CREATE TABLE parent (n INTEGER PRIMARY KEY);
    CREATE TABLE child (n REFERENCES parent DEFERRABLE INITIALLY DEFERRED)`);
  const lost = [add(1), commits.write(() => db.exec('INSERT INTO child VALUES (7)'))];
  expect((await Promise.allSettled(lost)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await add(2);
  expect([rows(), told]).toEqual([[2], { committed: 1, rolledBack: 1 }]);
});

test('where no transaction can begin what is written is refused, and the next one is tried', async () => {
  const { db, commits, add, rows } = setUp();
  db.exec('BEGIN');
  // Nobody waits for this one.
  commits.reads();
  await turn();
  db.exec('BEGIN');
  await expect(add(1)).rejects.toThrow('cannot start a transaction within a transaction');
  await add(2);
  expect(rows()).toEqual([2]);
});

test('reading alone commits nothing and is waited for by nobody', async () => {
  const { db, commits, told } = setUp();
  commits.reads();
  expect([db.isTransaction, commits.settled()]).toEqual([true, undefined]);
  await commits.ended();
  expect(told).toEqual({ committed: 0, rolledBack: 0 });
});

test.for([
  ['a write that throws', "SELECT json('no JSON')"],
  ['a write that SQLite has rolled back', 'INSERT INTO full VALUES (1)'],
] as const)('%s takes all of its round with it, and that is told', async ([, sql]) => {
  const { db, commits, add, rows, told } = setUp();
  db.exec(`CREATE TABLE full (n INTEGER);
    CREATE TRIGGER full BEFORE INSERT ON full BEGIN SELECT raise(ROLLBACK, 'disk full'); END`);
  commits.reads();
  const lost = [add(1), commits.write(() => db.exec(sql)), add(2)];
  expect((await Promise.allSettled(lost)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect([rows(), told]).toEqual([[], { committed: 0, rolledBack: 1 }]);
  await add(3);
  expect([rows(), told.committed]).toEqual([[3], 1]);
});

test('an answer waits for what it may be made from, not for what is written aside', async () => {
  const { db, commits, add } = setUp();
  const aside = commits.writeAside(() => 'aside');
  expect(commits.settled()).toBeUndefined();
  const added = add(1);
  const later = commits.writeAside(() => 'later');
  await commits.settled();
  expect(db.isTransaction).toBe(false);
  expect(await Promise.all([aside, added, later])).toEqual(['aside', 1, 'later']);
});
