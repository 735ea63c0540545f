// Which backend keeps the memory: the only place that names them.
import type { Log } from '../lib/log.ts';
import { MemoryStore } from './memory-store.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

export interface StoreSettings {
  /** The database file; `:memory:`: nothing is kept. */
  readonly path: string;
  readonly log: Log;
}

/** Opens the store. Rejects with an error for the administrator when the file is none of ours or can't be used. */
export async function openStore({ path, log }: StoreSettings): Promise<Store> {
  return path === ':memory:' ? new MemoryStore() : new SqliteStore(path, log);
}
