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
  if (path === ':memory:') return new MemoryStore(firstOwnId);
  try {
    return new SqliteStore(path, log, firstOwnId);
  } catch (error) {
    throw withPath(error, path);
  }
}

/**
 * What to do, by SQLite's code: SQLITE_BUSY, SQLITE_CORRUPT, SQLITE_CANTOPEN, and SQLITE_IOERR_SHMSIZE, which it only calls
 * a disk I/O error.
 */
const CURES: ReadonlyMap<number, string> = new Map([
  [5, 'another process holds it, which fuser -v names'],
  [11, 'put the last backup in its place, or take it away (Backup in docs/administration.md)'],
  [14, 'it and the files beside it must belong to the user that ddgreyd runs as'],
  [4874, 'its disk is full: make room for the files beside it'],
]);

/** What SQLite says names no file. */
function withPath(error: unknown, path: string): unknown {
  if (!(error instanceof Error && 'errcode' in error)) return error;
  const code = Number(error.errcode);
  const cure = CURES.get(code) ?? CURES.get(code % 256);
  return new Error(`cannot use the database ${path}: ${error.message}${cure === undefined ? '' : `; ${cure}`}`, {
    cause: error,
  });
}
