// The statements on how many pending entries each client has. Synchronous, within the caller's transaction.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

export class PendingCounts {
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #removeAll: StatementSync;
  readonly #remove: StatementSync;

  constructor(db: DatabaseSync) {
    this.#find = db.prepare('SELECT pending FROM pending_client WHERE client = ?');
    this.#add = db.prepare('INSERT INTO pending_client VALUES (?, 1) ON CONFLICT DO UPDATE SET pending = pending + 1');
    this.#removeAll = db.prepare('DELETE FROM pending_client WHERE client = ? AND pending <= ?');
    this.#remove = db.prepare('UPDATE pending_client SET pending = pending - ?2 WHERE client = ?1');
  }

  /** How many the client with this address has. */
  of(client: Uint8Array): number {
    return Number(this.#find.get(countKey(client))?.['pending'] ?? 0);
  }

  /** One more for the client with this address. */
  add(client: Uint8Array): void {
    this.#add.run(countKey(client));
  }

  /** One less for each of these addresses. */
  remove(clients: readonly Uint8Array[]): void {
    const counts = new Map<string, { readonly key: Uint8Array; count: number }>();
    for (const client of clients) {
      const key = countKey(client);
      const known = counts.get(key.join());
      if (known === undefined) counts.set(key.join(), { key, count: 1 });
      else known.count += 1;
    }
    for (const { key, count } of counts.values()) {
      if (this.#removeAll.run(key, count).changes === 0) this.#remove.run(key, count);
    }
  }
}

/** clientKey(address) as bytes: the IPv4 address, or the IPv6 /64. */
export function countKey(address: Uint8Array): Uint8Array {
  return address.length === 4 ? address : address.slice(0, 8);
}
