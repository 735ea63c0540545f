// The statements on passes. Synchronous; the caller has a transaction open where something is written.
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Seconds } from '../policy/check.ts';
import { REFRESH_AFTER } from '../policy/greylist.ts';
import type { Pass, PassKey } from '../policy/pass.ts';
import { ClientSketch } from './client-sketch.ts';
import type { Lifetimes, Recall } from './store.ts';

export class PassTable {
  /** Most clients have no pass: their checks are spared the lookup. */
  readonly #clients = new ClientSketch();
  readonly #find: StatementSync;
  readonly #put: StatementSync;
  readonly #import: StatementSync;
  readonly #refresh: StatementSync;
  readonly #remove: StatementSync;
  readonly #expire: StatementSync;

  constructor(db: DatabaseSync) {
    const put = 'INSERT INTO pass VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE';
    const all = 'first_seen = excluded.first_seen, last_seen = excluded.last_seen, uses = excluded.uses';
    this.#find = db.prepare('SELECT * FROM pass WHERE client = ? AND domain = ?');
    this.#put = db.prepare(`${put} SET ${all}`);
    this.#import = db.prepare(`${put} SET ${all} WHERE excluded.last_seen > last_seen`);
    this.#refresh = db.prepare(
      'UPDATE pass SET last_seen = ?, uses = uses + 1 WHERE client = ? AND domain = ? AND last_seen < ?',
    );
    this.#remove = db.prepare('DELETE FROM pass WHERE client = ? AND domain = ?');
    this.#expire = db.prepare(
      `DELETE FROM pass WHERE (client, domain) IN
         (SELECT client, domain FROM pass WHERE last_seen < ? ORDER BY last_seen LIMIT ?)`,
    );
    for (const { client } of db.prepare('SELECT DISTINCT client FROM pass').iterate()) {
      this.#clients.add(String(client));
    }
  }

  /** As Store.recall, for passes. */
  find({ passes, passesSince }: Pick<Recall, 'passes' | 'passesSince'>): Pass | undefined {
    let expired: Pass | undefined;
    for (const { client, domain } of passes) {
      const row = this.#clients.mayHave(client) ? this.#find.get(client, domain) : undefined;
      if (row === undefined) continue;
      const pass = passOf(row);
      if (pass.lastSeen >= passesSince) return pass;
      expired ??= pass;
    }
    return expired;
  }

  /** Creates or replaces it. */
  put(pass: Pass): void {
    this.#clients.add(pass.client);
    this.#put.run(...columns(pass));
  }

  /** Creates it, or replaces an older one; returns whether it did. */
  import(pass: Pass): boolean {
    this.#clients.add(pass.client);
    return this.#import.run(...columns(pass)).changes === 1;
  }

  /** As Store.refreshPass. */
  refresh({ client, domain }: PassKey, now: Seconds): void {
    this.#refresh.run(now, client, domain, now - REFRESH_AFTER);
  }

  /** Whether it was there. */
  remove({ client, domain }: PassKey): boolean {
    return this.#remove.run(client, domain).changes === 1;
  }

  /** As Store.expire, for passes. */
  expire(lifetimes: Lifetimes, now: Seconds, most: number): number {
    return Number(this.#expire.run(now - lifetimes.pass, most).changes);
  }
}

/** A row of the table as the pass it stands for. */
export function passOf(row: Record<string, SQLOutputValue>): Pass {
  return {
    client: String(row['client']),
    domain: String(row['domain']),
    firstSeen: Number(row['first_seen']),
    lastSeen: Number(row['last_seen']),
    uses: Number(row['uses']),
  };
}

function columns({ client, domain, firstSeen, lastSeen, uses }: Pass): [string, string, number, number, number] {
  return [client, domain, firstSeen, lastSeen, uses];
}
