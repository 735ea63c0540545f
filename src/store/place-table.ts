// The statements on places: how far files and peers were read, and other notes of a part to itself for the next start.
// Synchronous, within the caller's transaction.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

export class PlaceTable {
  readonly #get: StatementSync;
  readonly #put: StatementSync;

  constructor(db: DatabaseSync) {
    this.#get = db.prepare('SELECT value FROM place WHERE name = ?');
    this.#put = db.prepare('INSERT OR REPLACE INTO place VALUES (?, ?)');
  }

  get(name: string): string | undefined {
    const row = this.#get.get(name);
    return row === undefined ? undefined : String(row['value']);
  }

  put(name: string, value: string): void {
    this.#put.run(name, value);
  }
}
