// A place in a log file that outlives restarts and rotations: it is found again by the bytes before it, whatever the file is
// called by then.
import { createHash } from 'node:crypto';
import { type FileHandle, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../lib/error-cause.ts';
import { openToRead } from '../lib/read-problem.ts';

export interface Place {
  /** The file's inode number; it decides between files that begin alike. */
  readonly inode: string;
  /** Bytes before the place: all of them belong to lines that are done with. */
  readonly offset: number;
  /** Digest of the last bytes before the place. */
  readonly fingerprint: string;
  /** What the reader of the lines must know again to go on from here. */
  readonly context: string;
}

export interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly inode: string;
  /** Of the next byte to read. */
  readonly offset: number;
}

const FINGERPRINTED = 1024;
// `mainlog.1` of logrotate, `mainlog.01` of exicyclog, `mainlog-20240131` of logrotate's dateext; no packed files.
const ROTATED_SUFFIX = /^[.-]\d[\d.-]*$/;

/** The file, to be read from its start; undefined when there is none. */
export async function openAtStart(path: string): Promise<OpenFile | undefined> {
  const handle = await openToRead(path).catch(ignoreMissing);
  if (handle === undefined) return undefined;
  return { path, handle, inode: String((await handle.stat({ bigint: true })).ino), offset: 0 };
}

/** Digest of the bytes before the offset; undefined when the file is shorter. */
export async function fingerprint(handle: FileHandle, offset: number): Promise<string | undefined> {
  const length = Math.min(offset, FINGERPRINTED);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset - length);
  return bytesRead < length ? undefined : createHash('sha256').update(buffer).digest('base64');
}

/** The file that holds the place, to be read from there: the log itself, or what became of it. Undefined if none does. */
export async function findPlace(log: string, place: Place): Promise<OpenFile | undefined> {
  const files = [log, ...(await rotatedFiles(log)).map(({ path }) => path)];
  let found: OpenFile | undefined;
  for (const path of files) {
    const file = await openAtStart(path);
    if (file === undefined) continue;
    // The log under its own name is found first, since it may still grow. A link may be the same file once more.
    const better = found === undefined || (file.inode === place.inode && file.inode !== found.inode);
    const fits = better && (await fingerprint(file.handle, place.offset)) === place.fingerprint;
    await (fits ? found : file)?.handle.close();
    if (fits) found = { ...file, offset: place.offset };
  }
  return found;
}

/** The file that was written after this one, to be read from its start: a rotated one, or else the log itself. */
export async function openNext(log: string, finished: OpenFile): Promise<OpenFile | undefined> {
  const { mtimeNs } = await finished.handle.stat({ bigint: true });
  const current = await stat(log, { bigint: true }).catch(ignoreMissing);
  const others = (await rotatedFiles(log)).filter(
    ({ inode }) => ![finished.inode, String(current?.ino)].includes(inode),
  );
  const next = others.find(({ written }) => written > mtimeNs);
  if (next !== undefined) return openAtStart(next.path);
  return openAtStart(log);
}

/** Where to go on when the place is lost: the newest rotated file, to be read from its start. Undefined if there is none. */
export async function openNewestRotated(log: string): Promise<OpenFile | undefined> {
  const current = await stat(log, { bigint: true }).catch(ignoreMissing);
  const newest = (await rotatedFiles(log)).findLast(({ inode }) => inode !== String(current?.ino));
  return newest === undefined ? undefined : openAtStart(newest.path);
}

interface RotatedFile {
  readonly path: string;
  readonly written: bigint;
  readonly inode: string;
}

// Oldest first.
async function rotatedFiles(log: string): Promise<RotatedFile[]> {
  const name = basename(log);
  const names = (await readdir(dirname(log)).catch(ignoreMissing)) ?? [];
  const files: RotatedFile[] = [];
  for (const candidate of names) {
    if (!candidate.startsWith(name) || !ROTATED_SUFFIX.test(candidate.slice(name.length))) continue;
    const path = join(dirname(log), candidate);
    const found = await stat(path, { bigint: true }).catch(ignoreMissing);
    if (found?.isFile() === true) files.push({ path, written: found.mtimeNs, inode: String(found.ino) });
  }
  return files.toSorted((a, b) => (a.written < b.written ? -1 : 1));
}

/** For `catch`: a file that is not there is undefined, every other error stays one. */
export function ignoreMissing(error: unknown): undefined {
  if (errorCode(error) === 'ENOENT') return undefined;
  throw error;
}
