import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { GroupCommit } from './group-commit.ts';

function setUp(): {
  readonly commits: GroupCommit;
  readonly add: (n: number) => Promise<number>;
  readonly rows: () => number[];
} {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE t (n INTEGER)');
  const commits = new GroupCommit(db, { committed: () => {}, rolledBack: () => {} });
  const add = (n: number): Promise<number> =>
    commits.write(() => {
      db.prepare('INSERT INTO t VALUES (?)').run(n);
      return n;
    });
  return {
    commits,
    add,
    rows: () =>
      db
        .prepare('SELECT n FROM t')
        .all()
        .map((row) => Number(row['n'])),
  };
}

test('what is written while writing is held comes afterwards, in order', async () => {
  const { commits, add, rows } = setUp();
  const before = add(1);
  const release = Promise.withResolvers<void>();
  const held = commits.hold(async () => {
    expect(rows()).toEqual([1]);
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

test('writing goes on when the work that it was held for fails', async () => {
  const { commits, add, rows } = setUp();
  await expect(commits.hold(() => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
  await add(1);
  expect(rows()).toEqual([1]);
});
