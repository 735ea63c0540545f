// What is left after a crash.
import { DatabaseSync } from 'node:sqlite';

/** `ok`, or what SQLite finds wrong with the database. */
export function integrityOf(path: string): unknown {
  using database = new DatabaseSync(path, { readOnly: true });
  return database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
}
