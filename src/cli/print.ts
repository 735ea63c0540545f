// Prints what a command leaves. A long text goes through a pager on a terminal; a reader that has seen enough ends it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorCode } from '../lib/error-cause.ts';
import type { Outcome } from './command.ts';
import { shown } from './shown.ts';

/** The errors of an output that nobody reads any more: in the middle of a write, and between two of them. */
const LEFT: readonly unknown[] = ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'];

/** Lines that a terminal gets without a pager. */
const PAGED_ABOVE = 10_000;

/**
 * Prints the text of an outcome. Resolves when it is written, or nobody reads it any more. `pager`: the program, and its
 * arguments, that shows a long text on a terminal; of no words: none.
 */
export async function print(
  { text, exact = false }: Pick<Outcome, 'text' | 'exact'>,
  stdout: Writable & { readonly isTTY?: boolean },
  pager: readonly string[] = [],
): Promise<void> {
  const isTerminal = stdout.isTTY === true;
  const pieces = piecesOf(text, exact && !isTerminal ? (piece) => piece : shown);
  const begin = isTerminal ? await beginOf(pieces) : [];
  const all = joined(begin, pieces);
  if (begin.reduce((lines, piece) => lines + linesOf(piece), 0) > PAGED_ABOVE && (await page(all, pager))) return;
  await write(all, stdout);
}

async function* piecesOf(text: Outcome['text'], as: (piece: string) => string): AsyncGenerator<string, void> {
  for await (const piece of typeof text === 'string' ? [text] : text) yield as(piece);
}

/** As much of the text as is too long for a terminal, or all of it. */
async function beginOf(pieces: AsyncGenerator<string, void>): Promise<readonly string[]> {
  const begin: string[] = [];
  for (let lines = 0; lines <= PAGED_ABOVE; lines += linesOf(begin.at(-1) ?? '')) {
    const { value } = await pieces.next();
    if (value === undefined) break;
    begin.push(value);
  }
  return begin;
}

function linesOf(piece: string): number {
  let lines = 0;
  for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

async function* joined(begin: readonly string[], rest: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  yield* begin;
  yield* rest;
}

/** Shows the text in a pager; whether there is one. */
async function page(pieces: AsyncIterable<string>, [program, ...words]: readonly string[]): Promise<boolean> {
  if (program === undefined) return false;
  const pager = spawn(program, words, { stdio: ['pipe', 'inherit', 'inherit'] });
  try {
    await once(pager, 'spawn');
  } catch {
    return false;
  }
  const ended = once(pager, 'close');
  try {
    await write(pieces, pager.stdin);
  } finally {
    pager.stdin.end();
    await ended;
  }
  return true;
}

async function write(pieces: Iterable<string> | AsyncIterable<string>, out: Writable): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), out, { end: false });
  } catch (error) {
    // The reader may have seen enough, such as in `ddgrey tuples | head`, or a pager that is left.
    if (!LEFT.includes(errorCode(error))) throw error;
  }
}
