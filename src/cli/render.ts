// How the command line shows things to people.
import type { Seconds } from '../policy/check.ts';
import { columnsOf, padded } from './columns.ts';

/** Rows under their headings, in columns as wide as their widest cell; the last column is not padded. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    rows.reduce((width, row) => Math.max(width, columnsOf(row[column] ?? '')), columnsOf(heading)),
  );
  const line = (cells: readonly string[]): string =>
    `${cells
      .map((cell, column) => padded(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd()}\n`;
  return line(headings) + line(widths.map((width) => '-'.repeat(width))) + rows.map(line).join('');
}

/** Local time without a zone: `2026-11-22 14:03:20`. */
export function formatTime(time: Seconds): string {
  const date = new Date(time * 1000);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** A list as JSON, an item a line. */
export function formatJson(items: readonly unknown[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(',\n')}]\n`;
}

/** The same for a long list, piece by piece as it comes. */
export async function* jsonPieces(pieces: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let before = '[';
  for await (const items of pieces) {
    if (items.length === 0) continue;
    yield before + items.map((item) => JSON.stringify(item)).join(',\n');
    before = ',\n';
  }
  yield before === '[' ? '[]\n' : ']\n';
}
