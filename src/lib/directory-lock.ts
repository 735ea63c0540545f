// One daemon a directory. The lock is the kernel's, on a file, so it ends with the process however that dies; Node has no
// call for file locks of its own, SQLite does.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { causeOf } from './error-cause.ts';

/** SQLITE_BUSY: another connection has the lock. */
const BUSY = 5;

/** Holds DIR/NAME.lock and writes DIR/NAME.pid. Throws, in words for an administrator, if that can't be done. */
export function lockDirectory(directory: string, name: string): Disposable {
  const lockFile = join(directory, `${name}.lock`);
  const pidFile = join(directory, `${name}.pid`);
  const lock = new DatabaseSync(lockFile, { timeout: 0, open: false });
  try {
    lock.open();
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    writeFileSync(pidFile, `${process.pid}\n`);
  } catch (error) {
    if (lock.isOpen) lock.close();
    throw new Error(explain(error, directory, name), { cause: error });
  }
  return {
    [Symbol.dispose]: () => {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

function explain(error: unknown, directory: string, name: string): string {
  if (error instanceof Error && 'errcode' in error && error.errcode === BUSY)
    return `another ${name} is running on ${directory}`;
  if (!existsSync(directory)) return `the directory ${directory} does not exist; create it`;
  const cause = causeOf(error);
  return `cannot lock ${directory} (${cause}); it and what is in it must belong to the user that ${name} runs as`;
}
