// Files that are only read, and why one can't be, for an administrator.
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { causeOf, errorCode } from './error-cause.ts';

/** Without waiting: opening a pipe would wait until somebody writes into it. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

/** What an error of node:fs says, in words where it is one of the usual mistakes. */
export function readProblem(error: unknown): string {
  const code = errorCode(error);
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a directory';
  return causeOf(error);
}

/** Why it is no file that we can read; undefined: it is one. */
export function unreadable(path: string): string | undefined {
  try {
    closeSync(openFile(path));
    return undefined;
  } catch (error) {
    return readProblem(error);
  }
}

/**
 * The text of a file. Throws what readProblem tells in words, also for a pipe, of which there may never be anything to read.
 */
export function readText(path: string): string {
  const file = openFile(path);
  try {
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** The file, to be read bit by bit. Rejects as readText throws. */
export async function openToRead(path: string): Promise<FileHandle> {
  const handle = await open(path, READ);
  const problem = notAFile(await handle.stat());
  if (problem === undefined) return handle;
  await handle.close();
  throw new Error(problem);
}

function openFile(path: string): number {
  const file = openSync(path, READ);
  const problem = notAFile(fstatSync(file));
  if (problem === undefined) return file;
  closeSync(file);
  throw new Error(problem);
}

function notAFile(found: Stats): string | undefined {
  if (found.isFile()) return undefined;
  return found.isDirectory() ? 'it is a directory' : 'it is not a file';
}

/** What is in the place of a file, if it is none; undefined also where there is nothing, or nothing that we may see. */
export function inPlaceOfFile(path: string): string | undefined {
  try {
    return notAFile(statSync(path));
  } catch {
    return undefined;
  }
}

/** Whether there is nothing of that name; not where a directory on the way keeps it secret. */
export function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}
