// A file that a command reads; `-` is standard input.
import type { ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { readProblem } from '../lib/read-problem.ts';

export interface Input {
  readonly input: ReadStream | typeof process.stdin;
  /** Bytes; 0: not known. */
  readonly size: number;
}

/** The file, open. Rejects, in words for an administrator, if it can't be. */
export async function openInput(file: string): Promise<Input> {
  if (file === '-') return { input: process.stdin, size: 0 };
  try {
    const handle = await open(file);
    const found = await handle.stat();
    if (!found.isDirectory()) return { input: handle.createReadStream(), size: found.size };
    await handle.close();
    throw new Error('it is a directory');
  } catch (error) {
    throw new Error(`cannot read ${file}: ${readProblem(error)}`, { cause: error });
  }
}
