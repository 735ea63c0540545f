// The statements on entries made by hand. Synchronous; the caller has a transaction open where something is written.
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Seconds } from '../policy/check.ts';
import type { ManualEntry } from '../policy/manual-entry.ts';

export class ManualEntryTable {
  readonly #all: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #expire: StatementSync;

  constructor(db: DatabaseSync) {
    this.#all = db.prepare('SELECT * FROM manual_entry ORDER BY subject');
    this.#put = db.prepare('INSERT OR REPLACE INTO manual_entry VALUES (?, ?, ?, ?, ?, ?)');
    this.#remove = db.prepare('DELETE FROM manual_entry WHERE subject = ?');
    this.#expire = db.prepare(
      `DELETE FROM manual_entry WHERE subject IN
         (SELECT subject FROM manual_entry WHERE expires < ? ORDER BY expires LIMIT ?)`,
    );
  }

  /** All of them, by subject. */
  all(): readonly ManualEntry[] {
    return this.#all.all().map(entryOf);
  }

  put({ subject, kind, author, reason, made, expires }: ManualEntry): void {
    this.#put.run(subject, kind, author, reason, made, expires);
  }

  /** Whether there was one. */
  remove(subject: string): boolean {
    return this.#remove.run(subject).changes === 1;
  }

  /** Removes at most `most` that have expired; returns how many. */
  expire(now: Seconds, most: number): number {
    return Number(this.#expire.run(now, most).changes);
  }
}

function entryOf(row: Record<string, SQLOutputValue>): ManualEntry {
  return {
    subject: String(row['subject']),
    kind: row['kind'] === 'white' ? 'white' : 'black',
    author: String(row['author']),
    reason: String(row['reason']),
    made: Number(row['made']),
    expires: Number(row['expires']),
  };
}
