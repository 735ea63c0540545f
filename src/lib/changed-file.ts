// A file that is read again when it has changed.
import type { FileHandle } from 'node:fs/promises';
import type { Clock } from './clock.ts';
import { openToRead, readProblem } from './read-problem.ts';

export interface ChangedFile {
  /** Its text if that may have changed since it was read last. Throws while it can't be read. */
  read(): Promise<string | undefined>;
}

// File systems keep the time of a change with a coarseness of up to two seconds (FAT), so a file changed just now may
// change again without showing it.
const COARSENESS = 2000;

/** A file of at most `limit` bytes that has not been read yet. */
export function changedFile(path: string, clock: Clock, limit: number): ChangedFile {
  /** The state in which it was read last; undefined: it is to be read again in any case. */
  let seen: string | undefined;
  const read = async (): Promise<string | undefined> => {
    await using handle = await openOrExplain(path);
    const { ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = await handle.stat({ bigint: true });
    if (size > limit) throw new Error(`${path} is larger than ${limit} bytes`);
    const state = `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    if (state === seen) return undefined;
    const text = await handle.readFile('utf8');
    const settled = clock.now() - Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs) > COARSENESS;
    seen = settled ? state : undefined;
    return text;
  };
  return { read };
}

async function openOrExplain(path: string): Promise<FileHandle> {
  try {
    return await openToRead(path);
  } catch (error) {
    throw new Error(`cannot read ${path}: ${readProblem(error)}`, { cause: error });
  }
}
