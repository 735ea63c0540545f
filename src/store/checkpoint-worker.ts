// The worker that moves what is in the write-ahead log into the database, so that no check waits for the disk.
import { fdatasyncSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { serveCalls } from './worker-calls.ts';

/** `restart` is only for when nobody writes: it copies the rest and makes the log start again from its beginning. */
export type CheckpointJob = 'copy' | 'restart';

export interface CheckpointTarget {
  readonly path: string;
  /** A descriptor of the database file that the daemon's thread opened and closes: see SqliteStore. */
  readonly file: number;
}

/** Pages in the log, and how many of them the database has. */
export interface CheckpointResult {
  readonly pages: number;
  readonly copied: number;
}

// A commit here must outlast the daemon's own short locks, not more: writes wait for a restart.
const { path, file } = workerData as CheckpointTarget;
const db = new DatabaseSync(path, { timeout: 100 });
db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -256');
const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)', { returnArrays: true });
const restarted = db.prepare(`UPDATE meta SET value = value + 1 WHERE name = 'log restarts'`);

serveCalls((job: CheckpointJob): CheckpointResult => {
  const [, pages, copied] = checkpoint.get() as unknown as [busy: number, pages: number, copied: number];
  // SQLite itself syncs the database only when it has copied everything, which is while writes wait. With a sync before
  // that, most of the database is on the disk by then.
  if (job === 'copy') fdatasyncSync(file);
  // The first commit after a complete copy starts the log again and syncs its new header. Doing it here keeps that sync
  // off the daemon's thread.
  if (job === 'restart' && pages > 0 && copied === pages) restarted.run();
  return { pages, copied };
});
