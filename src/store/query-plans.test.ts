// The statements of the SQLite store find what they need by an index, whatever there is in the tables (k07: the original had
// none for its expiry, and read whole tables each minute).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '../lib/log.ts';
import { asked, attempt, COUNTED, LIFETIMES, pass, spam, T } from './contract-samples.ts';
import { SqliteStore } from './sqlite-store.ts';

/** What is read whole: once, when the daemon starts. */
const WHOLE = ['SCAN manual_entry', 'SCAN pass'];

test('no table is read as a whole, but for two at the start', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-plans-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'db');
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
  onTestFinished(() => prepare.mockRestore());
  {
    await using store = new SqliteStore(path, silentLog);
    await store.remember({ ...attempt, change: 'admit' }, T);
    await store.recall(asked(attempt));
    await store.addPass(pass);
    for (const event of ['spam', 'ok']) await store.addReport({ ...spam, event });
    await store.countReports(COUNTED);
    await store.reportsAfter(await store.reportIdBefore(T), 9);
    await store.standing(spam.ip);
    await store.expire(LIFETIMES, T, 10);
  }
  const statements = new Set(
    prepare.mock.calls.map(([sql]) => sql).filter((sql) => /^\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE)/.test(sql)),
  );
  expect(statements.size).toBeGreaterThan(40);
  using db = new DatabaseSync(path);
  const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND type = 'table'`).all();
  // A number follows the name where several rows are asked for at once.
  const scan = new RegExp(`^SCAN (?:${tables.map(({ name }) => String(name)).join('|')})\\d*\\b`);
  const steps = [...statements].flatMap((sql) =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail)),
  );
  expect(steps.filter((step) => scan.test(step)).toSorted()).toEqual(WHOLE);
});
