// One daemon a directory, and a database. The lock is the kernel's, on a file, so it ends with the process however that dies;
// Node has no call for file locks of its own, SQLite does.
import { accessSync, constants, existsSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { causeOf, errorCode } from './error-cause.ts';
import { withFileMode } from './file-mode.ts';

/** SQLITE_BUSY: another connection has the lock. */
const BUSY = 5;

/** The program that runs once. */
const NAME = 'ddgreyd';

/**
 * Locks the directory and the database, whose relative path starts in the directory. Throws, in words for an administrator, if
 * that can't be done.
 */
export function lockFor(directory: string, database: string): Disposable {
  using locks = new DisposableStack();
  locks.use(lockDirectory(directory));
  locks.use(lockDatabase(resolve(directory, database)));
  return locks.move();
}

/** Whether somebody holds the directory; also where there is a lock that we may not look at. */
export function isHeld(directory: string): boolean {
  const file = lockIn(directory);
  try {
    using lock = new DatabaseSync(file, { timeout: 0, readOnly: true });
    // Read only, it cannot be locked; but neither can it be read while somebody holds it.
    lock.prepare('SELECT name FROM sqlite_schema').get();
    return false;
  } catch {
    return existsSync(file);
  }
}

function lockIn(directory: string): string {
  return join(directory, `${NAME}.lock`);
}

/** Holds DIR/ddgreyd.lock and writes DIR/ddgreyd.pid. */
function lockDirectory(directory: string): Disposable {
  const pidFile = join(directory, `${NAME}.pid`);
  const held = `another ${NAME} is running on ${directory}`;
  const lock = lockFile(lockIn(directory), held, () => writeFileSync(pidFile, `${process.pid}\n`));
  return {
    [Symbol.dispose]: () => {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

/** Holds FILE.lock, beside the database itself, to which the file may be a link. */
function lockDatabase(file: string): Disposable {
  const database = existsSync(file) ? realpathSync(file) : file;
  const lock = lockFile(`${database}.lock`, `another ${NAME} uses ${file}; each needs a database of its own`);
  return { [Symbol.dispose]: () => lock.close() };
}

/** `held`: what to say if another process has the lock. `use`: done with the lock; if it fails, the lock is given back. */
function lockFile(file: string, held: string, use: () => void = () => {}): DatabaseSync {
  const lock = new DatabaseSync(file, { timeout: 0, open: false });
  try {
    // Whoever may read the file could lock it as well, and no daemon would start.
    withFileMode(0o600, () => lock.open());
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    use();
    return lock;
  } catch (error) {
    if (lock.isOpen) lock.close();
    throw new Error(explain(error, dirname(file), held), { cause: error });
  }
}

function explain(error: unknown, directory: string, held: string): string {
  if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return held;
  if (!existsSync(directory)) return `the directory ${directory} does not exist; create it`;
  const cause = causeOf(error);
  if (errorCode(error) === 'ENOSPC') return `cannot lock ${directory}: ${cause}`;
  if (isReadOnly(directory))
    return `cannot lock ${directory}: it is on a read-only file system, or under systemd missing in ReadWritePaths= of the unit`;
  return `cannot lock ${directory} (${cause}); it and what is in it must belong to the user that ${NAME} runs as (option user, where root starts it)`;
}

/** SQLite does not say so. */
function isReadOnly(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return false;
  } catch (error) {
    return errorCode(error) === 'EROFS';
  }
}
