import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { WorkerDatabase } from './worker-database.ts';

test.for([
  ['goes on in its transaction', 'ABORT'],
  ['has ended it already', 'ROLLBACK'],
] as const)('work that fails where SQLite %s leaves nothing, and the next one works', ([, raised]) => {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-worker-database-'));
  const path = join(directory, 'db');
  using made = new DatabaseSync(path);
  made.exec(`CREATE TABLE t (n INTEGER);
    CREATE TRIGGER full BEFORE INSERT ON t WHEN new.n = 2 BEGIN SELECT raise(${raised}, 'disk full'); END`);
  const database = new WorkerDatabase(path);
  onTestFinished(() => {
    database.db.close();
    rmSync(directory, { recursive: true });
  });
  const add = (...numbers: number[]): void => {
    for (const n of numbers) database.db.prepare('INSERT INTO t VALUES (?)').run(n);
  };
  expect(() => database.write(() => add(1, 2))).toThrow(/^disk full$/);
  database.write(() => add(3));
  expect(made.prepare('SELECT n FROM t').all()).toEqual([{ n: 3 }]);
});
