// One daemon a directory, and a database. The lock is the kernel's, on a file, so it ends with the process however that dies;
// Node has no call for file locks of its own, SQLite does.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { causeOf } from './error-cause.ts';
import { withFileMode } from './file-mode.ts';

/** SQLITE_BUSY: another connection has the lock. */
const BUSY = 5;

/**
 * Holds both for the program of that name; a relative path of the database starts in the directory. Throws, in words for an
 * administrator, if that can't be done.
 */
export function lockFor(name: string, directory: string, database: string): Disposable {
  using locks = new DisposableStack();
  locks.use(lockDirectory(directory, name));
  locks.use(lockDatabase(resolve(directory, database), name));
  return locks.move();
}

/** Holds DIR/NAME.lock and writes DIR/NAME.pid. */
function lockDirectory(directory: string, name: string): Disposable {
  const pidFile = join(directory, `${name}.pid`);
  const held = `another ${name} is running on ${directory}`;
  const lock = lockFile(join(directory, `${name}.lock`), { name, held }, () =>
    writeFileSync(pidFile, `${process.pid}\n`),
  );
  return {
    [Symbol.dispose]: () => {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

/** Holds FILE.lock. */
function lockDatabase(file: string, name: string): Disposable {
  const lock = lockFile(`${file}.lock`, {
    name,
    held: `another ${name} uses ${file}; each needs a database of its own`,
  });
  return { [Symbol.dispose]: () => lock.close() };
}

interface Holder {
  readonly name: string;
  /** What to say when it is another one. */
  readonly held: string;
}

/** `use`: what is done first of all with the lock; when it fails there is none. */
function lockFile(file: string, holder: Holder, use: () => void = () => {}): DatabaseSync {
  const lock = new DatabaseSync(file, { timeout: 0, open: false });
  try {
    // Whoever may read it could lock it as well, and no daemon would start.
    withFileMode(0o600, () => lock.open());
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    use();
    return lock;
  } catch (error) {
    if (lock.isOpen) lock.close();
    throw new Error(explain(error, dirname(file), holder), { cause: error });
  }
}

function explain(error: unknown, directory: string, { name, held }: Holder): string {
  if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return held;
  if (!existsSync(directory)) return `the directory ${directory} does not exist; create it`;
  const cause = causeOf(error);
  return `cannot lock ${directory} (${cause}); it and what is in it must belong to the user that ${name} runs as (option user, where root starts it)`;
}
