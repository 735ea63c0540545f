// Which backend keeps the memory: the only place that names them.
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { MemoryStore } from './memory-store.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

export interface StoreSettings {
  /** The database file; `:memory:`: nothing is kept. */
  readonly path: string;
  readonly log: Log;
  /** With it, the ids of own reports begin with the milliseconds of now; without, they count from 1. */
  readonly clock?: Clock;
}

/** Opens the store. Rejects with an error for the administrator when the file is none of ours or can't be used. */
export async function openStore({ path, log, clock }: StoreSettings): Promise<Store> {
  // What was sent before the database was lost, or an older copy of it put back, has names that peers know. Milliseconds,
  // since nobody makes more than a thousand reports a second for long.
  const firstOwnId = clock?.now();
  return path === ':memory:' ? new MemoryStore(firstOwnId) : new SqliteStore(path, log, firstOwnId);
}
