// A file that a command reads; `-` is standard input.
import type { ReadStream, Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { readProblem } from '../lib/read-problem.ts';
import { shellWord } from '../lib/shell-word.ts';

export interface Input {
  readonly input: ReadStream | typeof process.stdin;
  /** Bytes; 0: not known. */
  readonly size: number;
}

/** How a gzip file begins (RFC 1952 section 2.3.1). */
const GZIP = Buffer.from([0x1f, 0x8b]);

/** The file, open. Rejects, in words for an administrator, if it can't be. */
export async function openInput(file: string): Promise<Input> {
  if (file === '-') return { input: process.stdin, size: 0 };
  try {
    const handle = await open(file);
    const found = await handle.stat();
    const problem = found.isDirectory() ? 'it is a directory' : await compression(handle, found, file);
    if (problem === undefined) return { input: handle.createReadStream(), size: found.size };
    await handle.close();
    throw new Error(problem);
  } catch (error) {
    throw new Error(`cannot read ${file}: ${readProblem(error)}`, { cause: error });
  }
}

/** What to do about a compressed file, such as a rotated log or an export; undefined if it is none. */
async function compression(handle: FileHandle, found: Stats, file: string): Promise<string | undefined> {
  // What is read from a pipe would be gone.
  if (!found.isFile()) return undefined;
  const { buffer } = await handle.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0);
  return buffer.equals(GZIP)
    ? `it is compressed; unpack it on the way: zcat ${shellWord(file)} | ddgrey ... -`
    : undefined;
}
