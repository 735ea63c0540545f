import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { type Migration, openDatabase } from './schema.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-schema-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Standings as they were before they had names, and before plain ones were told from others. */
const WITHOUT_NAMES = `ALTER TABLE standing DROP COLUMN names;
  DROP INDEX standing_expires;
  ALTER TABLE standing DROP COLUMN plain;
  CREATE INDEX standing_expires ON standing (expires);`;

function withDatabase(name: string, sql: string): string {
  const path = join(directory, name);
  using db = new DatabaseSync(path);
  db.exec(sql);
  return path;
}

test('a file that is no database', () => {
  const path = join(directory, 'text');
  writeFileSync(path, 'postmaster: root\n'.repeat(100));
  expect(() => openDatabase(path)).toThrow(`${path} is not a database`);
});

test('a database of another program', () => {
  const path = withDatabase('foreign', 'CREATE TABLE moz_places (url TEXT)');
  expect(() => openDatabase(path)).toThrow(`${path} is a database of another program`);
});

test('a database of a newer version', () => {
  const path = join(directory, 'newer');
  openDatabase(path).close();
  withDatabase('newer', 'PRAGMA user_version = 99');
  expect(() => openDatabase(path)).toThrow(/newer was written by a newer ddgrey \(format 99, this one knows \d+\)/);
});

test('a directory that does not exist', () => {
  expect(() => openDatabase(join(directory, 'missing', 'db'))).toThrow(
    /^cannot open the database .*\/missing\/db: its directory does not exist$/,
  );
});

test('a directory in its place', () => {
  expect(() => openDatabase(directory)).toThrow(`cannot open the database ${directory}: it is a directory`);
});

test('opening again keeps the secret, and is no upgrade', () => {
  const path = join(directory, 'again');
  const secret = (): unknown => {
    using db = openDatabase(path, () => expect.unreachable());
    return db.prepare(`SELECT value FROM meta WHERE name = 'hash secret'`).get()?.['value'];
  };
  const made = secret();
  expect(made).toMatch(/^[0-9a-f]{32}$/);
  expect(secret()).toBe(made);
});

test('a database of the first version is brought up to date and keeps what is in it', () => {
  const path = join(directory, 'first');
  openDatabase(path).close();
  withDatabase(
    'first',
    `ALTER TABLE standing DROP COLUMN answered;
     ${WITHOUT_NAMES}
     INSERT INTO standing VALUES (x'01020304', '1.2.3.4', 0, 'white', '[]', 8, 9, NULL);
     DROP INDEX report_origin;
     CREATE UNIQUE INDEX report_origin ON report (origin, origin_id);
     DROP INDEX report_ok_unassigned;
     DROP INDEX report_pair;
     CREATE INDEX report_bad ON report (stored, event, ip) WHERE event NOT IN ('ok', 'check');
     DROP TRIGGER report_began;
     DROP TABLE report_begin;
     INSERT INTO place VALUES ('here', '7');
     PRAGMA user_version = 1;`,
  );
  const told: Migration[] = [];
  using db = openDatabase(path, (migration) => told.push(migration));
  const to = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  expect(told).toEqual([{ from: 1, to }]);
  expect(db.prepare(`SELECT value FROM place`).get()?.['value']).toBe('7');
  const columns = (index: string) =>
    db
      .prepare(`PRAGMA index_info(${index})`)
      .all()
      .map(({ name }) => name);
  expect(columns('report_bad')).toEqual([]);
  expect(columns('report_origin')).toEqual(['origin', 'origin_id', 'time', 'ip', 'event']);
  expect(columns('report_ok_unassigned')).toEqual(['owner', 'time']);
  expect({ ...db.prepare('SELECT answered, names, plain FROM standing').get() }).toEqual({
    answered: 8,
    names: '[]',
    plain: 0,
  });
});

test('the beginnings of reports are found in a database that did not note them', () => {
  const path = join(directory, 'before');
  openDatabase(path).close();
  withDatabase(
    'before',
    `${WITHOUT_NAMES}
     DROP TRIGGER report_began;
     DROP TABLE report_begin;
     INSERT INTO report (origin, origin_id, time, ip, event, reporter, stored) SELECT 'mx1', value, 1, x'01020304', 'spam', 'test', value
       FROM json_each('[600, 601, 599, 1199, 1200, 300, 1799, 5000, 1800]');
     PRAGMA user_version = 8;`,
  );
  using db = openDatabase(path);
  const begins = db.prepare('SELECT stored, id FROM report_begin').all();
  expect(begins.map(({ stored, id }) => [stored, id])).toEqual([
    [600, 1],
    [1200, 5],
    [5000, 8],
  ]);
});

test('one that can not be brought up to date stays as it was', () => {
  const path = join(directory, 'odd');
  openDatabase(path).close();
  // The first step would take the index away, and the next one can't make its table.
  withDatabase('odd', `CREATE INDEX report_bad ON report (stored); ${WITHOUT_NAMES} PRAGMA user_version = 7`);
  expect(() => openDatabase(path)).toThrow('table report_begin already exists');
  withDatabase('odd', 'DROP TRIGGER report_began; DROP TABLE report_begin; REINDEX report_bad');
  openDatabase(path).close();
});

test('one that is up to date is opened while another process writes', () => {
  const path = join(directory, 'written');
  openDatabase(path).close();
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  expect(() => openDatabase(path).close()).not.toThrow();
});
