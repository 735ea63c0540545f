// The SQLite database: its tables, its settings, and how an older one becomes a newer one.
//
// tuple           one row a tuple, in the order of (kind, last_seen): what expires next stands first, so expiry reads no
//                 more than it removes, and new entries go to the end of their kind, which keeps the pages full.
//   kind          see tuple-kind.ts
//   hash          32 bits, keyed with meta 'hash secret', so that nobody can make tuples collide at will. It only leads to
//                 the row: part, sender and recipient are always compared.
//   part          the tuple's client part: text, or the leading bytes of an IPv4 or IPv6 address or site network
//   client        the client's address, without the bytes that part has
//   first_seen    NULL: the same as last_seen
//   sender_local  with it, the sender's text is LOCAL@SENDER
//   sender_text   the sender's text, where it is not made from the above; both NULL: it is the sender part
// pending_client  how many pending entries a client has: the IPv4 address, or the first 8 bytes of the IPv6 address
//
// report          one row a report, in the order of storing; the id is never used again
//   ip            the 4 or 16 bytes of the address
//   domain        NULL: not known; '': the address belongs to nobody but itself
//   owner         of `ok` reports: whom they count for, the domain or else the address (no generated column: an index on
//                 one is not enough to count)
//   The columns sender and recipient stand in report_ip because duplicates are found there. The text of a pair in
//   report_pair, and which events it is of, is repeated in report-counts.ts: SQLite takes the index only for the same words.
// report_begin    no report before `id` was stored at `stored` or later; one for each ten minutes at most. Each insertion into
//                 report sees to it, and the last one must stay.
// standing        reasons: JSON, [{ points, reason }]; answered: when DNS last answered all that was asked; names: JSON;
//                 plain: 1 or 0, isPlain (policy/standing.ts); of before these two were kept: none, and 0
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { causeOf, errorCode } from '../lib/error-cause.ts';

/** `ddgr`; tells our databases from those of other programs. */
const APPLICATION_ID = 0x64646772;

/** Migration n leads from user_version n to n + 1. A released one is never changed. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
   INSERT INTO meta VALUES ('hash secret', lower(hex(randomblob(16)))), ('log restarts', 0);
   CREATE TABLE tuple (
     kind INTEGER NOT NULL,
     last_seen INTEGER NOT NULL,
     seq INTEGER NOT NULL,
     hash INTEGER NOT NULL,
     part ANY NOT NULL,
     client BLOB NOT NULL,
     sender TEXT NOT NULL,
     recipient TEXT NOT NULL,
     first_seen INTEGER,
     sender_local TEXT,
     sender_text TEXT,
     client_name TEXT,
     uses INTEGER NOT NULL DEFAULT 1,
     PRIMARY KEY (kind, last_seen, seq)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX tuple_hash ON tuple (hash);
   CREATE TABLE pending_client (client BLOB PRIMARY KEY, pending INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE pass (
     client TEXT NOT NULL,
     domain TEXT NOT NULL,
     first_seen INTEGER NOT NULL,
     last_seen INTEGER NOT NULL,
     uses INTEGER NOT NULL,
     PRIMARY KEY (client, domain)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX pass_last_seen ON pass (last_seen);
   CREATE TABLE manual_entry (
     subject TEXT PRIMARY KEY,
     kind TEXT NOT NULL,
     author TEXT NOT NULL,
     reason TEXT NOT NULL,
     made INTEGER NOT NULL,
     expires INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX manual_entry_expires ON manual_entry (expires);
   CREATE TABLE report (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     origin TEXT NOT NULL,
     origin_id INTEGER NOT NULL,
     stored INTEGER NOT NULL,
     time INTEGER NOT NULL,
     ip BLOB NOT NULL,
     domain TEXT,
     event TEXT NOT NULL,
     reporter TEXT NOT NULL,
     sender TEXT,
     recipient TEXT,
     mta_id TEXT,
     owner ANY
   ) STRICT;
   CREATE UNIQUE INDEX report_origin ON report (origin, origin_id);
   CREATE INDEX report_ip ON report (ip, event, time, sender, recipient);
   CREATE INDEX report_ok ON report (owner, time) WHERE event = 'ok';
   CREATE INDEX report_mta_id ON report (mta_id) WHERE event = 'ok' AND mta_id IS NOT NULL;
   CREATE INDEX report_bad ON report (stored, event, ip) WHERE event NOT IN ('ok', 'check');
   CREATE INDEX report_time ON report (time) WHERE event <> 'check';
   CREATE INDEX report_check ON report (time) WHERE event = 'check';
   CREATE TABLE standing (
     ip BLOB PRIMARY KEY,
     identity TEXT NOT NULL,
     score REAL NOT NULL,
     class TEXT NOT NULL,
     reasons TEXT NOT NULL,
     computed INTEGER NOT NULL,
     expires INTEGER NOT NULL,
     reveal INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX standing_expires ON standing (expires);
   CREATE TABLE place (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  // By the time of storing alone: what is stored together then changes one page and not one for each client.
  `DROP INDEX report_bad;
   CREATE INDEX report_bad ON report (stored) WHERE event NOT IN ('ok', 'check');`,
  // To count distinct pairs however often each came.
  `CREATE INDEX report_pair ON report (ip, event, ifnull(sender, '') || char(10) || ifnull(recipient, ''), time)
     WHERE event IN ('manual', 'soft_trap', 'unknown', 'spam', 'relay');`,
  // When DNS last answered everything.
  `ALTER TABLE standing ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
   UPDATE standing SET answered = computed;`,
  // A server that has lost its database gives an id again: it is the same report only if it tells of the same.
  `DROP INDEX report_origin;
   CREATE UNIQUE INDEX report_origin ON report (origin, origin_id, time, ip, event);`,
  // Almost always empty.
  `CREATE INDEX report_ok_unassigned ON report (owner, time) WHERE event = 'ok' AND domain IS NULL;`,
  // Mail that was marked as spam was accepted, too.
  `DROP INDEX report_mta_id;
   CREATE INDEX report_mta_id ON report (mta_id) WHERE event IN ('ok', 'spam') AND mta_id IS NOT NULL;`,
  // What was stored since is found by the id, which no clock can put back.
  `DROP INDEX report_bad;`,
  // Who comes back to read goes on from a time; to look through all reports for where that is takes seconds.
  `CREATE TABLE report_begin (stored INTEGER PRIMARY KEY, id INTEGER NOT NULL) STRICT;
   INSERT INTO report_begin SELECT stored, id FROM
     (SELECT stored, id, max(stored) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
      FROM report)
     WHERE before IS NULL OR stored / 600 > before / 600;
   CREATE TRIGGER report_began AFTER INSERT ON report
     WHEN NOT EXISTS (SELECT 1 FROM report_begin WHERE stored > new.stored - 600)
     BEGIN INSERT INTO report_begin VALUES (new.stored, new.id); END;`,
  // The client's verified names.
  `ALTER TABLE standing ADD COLUMN names TEXT NOT NULL DEFAULT '[]';`,
  // Plain ones are kept for a shorter time.
  `ALTER TABLE standing ADD COLUMN plain INTEGER NOT NULL DEFAULT 0;
   DROP INDEX standing_expires;
   CREATE INDEX standing_expires ON standing (plain, expires);`,
];

// A lock held by another process blocks the event loop for at most this long once a turn. Milliseconds.
const LOCK_TIMEOUT = 10;

const SETTINGS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA journal_size_limit = ${64 * 1024 * 1024};
  PRAGMA cache_size = -${32 * 1024};`;

/** What a database of an older version is about to go through. */
export interface Migration {
  readonly from: number;
  readonly to: number;
}

/**
 * The database at `path`, created (readable by its owner only) or brought up to date. Throws an error that an
 * administrator understands when the file is no database of ours or belongs to a newer version. `onOlder` is called before
 * an older one is changed, which takes seconds for each million reports.
 */
export function openDatabase(path: string, onOlder: (migration: Migration) => void = () => {}): DatabaseSync {
  // SQLite gives the files beside it (-wal, -shm) the mode of the database.
  createFile(path);
  const db = new DatabaseSync(path, { timeout: LOCK_TIMEOUT });
  try {
    migrate(db, path, onOlder);
    db.exec(SETTINGS);
    return db;
  } catch (error) {
    db.close();
    if (isNoDatabase(error)) throw new Error(`${path} is not a database`, { cause: error });
    throw error;
  }
}

/** Creates the file if there is none, readable by its owner only. */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw new Error(`cannot open the database ${path}: ${openError(error)}`, { cause: error });
  }
}

/** Why a file could not be opened, for the administrator. */
export function openError(error: unknown): string {
  switch (errorCode(error)) {
    case 'ENOENT':
      return 'its directory does not exist';
    case 'EISDIR':
      return 'it is a directory';
    case 'EACCES':
      return 'permission denied';
    default:
      return causeOf(error);
  }
}

function migrate(db: DatabaseSync, path: string, onOlder: (migration: Migration) => void): void {
  const version = pragma(db, 'user_version');
  const foreign = pragma(db, 'application_id') !== APPLICATION_ID && pragma(db, 'schema_version') !== 0;
  if (foreign) throw new Error(`${path} is a database of another program`);
  if (version > MIGRATIONS.length) {
    throw new Error(`${path} was written by a newer ddgrey (format ${version}, this one knows ${MIGRATIONS.length})`);
  }
  if (version === MIGRATIONS.length) return;
  if (version > 0) onOlder({ from: version, to: MIGRATIONS.length });
  // What fails is undone when the database is closed.
  db.exec('BEGIN IMMEDIATE');
  for (const step of MIGRATIONS.slice(version)) db.exec(step);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function isNoDatabase(error: unknown): boolean {
  const SQLITE_NOTADB = 26;
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_NOTADB;
}
