// Prints what a command leaves. A long text goes through a pager on a terminal; a reader that has seen enough ends it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Outcome } from './command.ts';

/** Lines that a terminal gets without a pager. */
const PAGED_ABOVE = 10_000;

/** Prints the text. Resolves when it is written, or nobody reads it any more. */
export async function print(text: Outcome['text'], stdout: Writable & { readonly isTTY?: boolean }): Promise<void> {
  if (stdout.isTTY === true && typeof text === 'string' && isLong(text) && (await page(text))) return;
  await write(typeof text === 'string' ? [text] : text, stdout);
}

function isLong(text: string): boolean {
  let at = -1;
  for (let lines = 0; lines <= PAGED_ABOVE; lines += 1) {
    at = text.indexOf('\n', at + 1);
    if (at < 0) return false;
  }
  return true;
}

/** Whether there is a pager that showed it. */
async function page(text: string): Promise<boolean> {
  const pager = spawn('less', ['-R', '-S'], { stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(pager, 'close');
  try {
    await once(pager, 'spawn');
  } catch {
    return false;
  }
  await write([text], pager.stdin);
  pager.stdin.end();
  await ended;
  return true;
}

async function write(pieces: Iterable<string> | AsyncIterable<string>, out: Writable): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), out, { end: false });
  } catch (error) {
    // `ddgrey tuples | head` has what it wants.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}
