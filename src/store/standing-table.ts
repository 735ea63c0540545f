// The statements on standings. Synchronous; the caller has a transaction open where something is written.
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Seconds } from '../policy/check.ts';
import type { Award } from '../policy/points.ts';
import { isPlain, type Standing, type StandingClass } from '../policy/standing.ts';
import { packAddress, unpackAddress } from './packed-address.ts';
import type { Lifetimes } from './store.ts';

export class StandingTable {
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #expire: StatementSync;

  constructor(db: DatabaseSync) {
    this.#get = db.prepare('SELECT * FROM standing WHERE ip = ?');
    this.#put = db.prepare('INSERT OR REPLACE INTO standing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#remove = db.prepare('DELETE FROM standing WHERE ip = ?');
    this.#expire = db.prepare(
      `DELETE FROM standing WHERE ip IN
         (SELECT ip FROM standing WHERE plain = ? AND expires < ? ORDER BY expires LIMIT ?)`,
    );
  }

  get(ip: string): Standing | undefined {
    const row = this.#get.get(packAddress(ip));
    return row === undefined ? undefined : standingOf(row);
  }

  put(standing: Standing): void {
    const { ip, identity, names, score, class: kind, reasons, computed, expires, reveal, answered } = standing;
    const times = [computed, expires, reveal ?? null, answered];
    const added = [JSON.stringify(names), isPlain(standing) ? 1 : 0];
    this.#put.run(packAddress(ip), identity, score, kind, JSON.stringify(reasons), ...times, ...added);
  }

  /** Removes those of these addresses; returns how many there were. */
  remove(ips: readonly string[]): number {
    return ips.filter((ip) => this.#remove.run(packAddress(ip)).changes === 1).length;
  }

  /** As Store.expire, for standings. */
  expire({ plainStanding, report }: Lifetimes, now: Seconds, most: number): number {
    const plain = Number(this.#expire.run(1, now - plainStanding, most).changes);
    return plain + Number(this.#expire.run(0, now - report, most - plain).changes);
  }
}

/** A row of the table as the standing it stands for. */
export function standingOf(row: Record<string, SQLOutputValue>): Standing {
  return {
    ip: unpackAddress(row['ip']),
    identity: String(row['identity']),
    names: JSON.parse(String(row['names'])) as readonly string[],
    score: Number(row['score']),
    class: String(row['class']) as StandingClass,
    reasons: JSON.parse(String(row['reasons'])) as readonly Award[],
    computed: Number(row['computed']),
    answered: Number(row['answered']),
    expires: Number(row['expires']),
    reveal: row['reveal'] === null ? undefined : Number(row['reveal']),
  };
}
