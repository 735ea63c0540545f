// Lines out of a file that is read in blocks. A line counts when its end has been seen; longer ones than LINE_LIMIT do not.

/** Bytes that are read at once. */
export const BLOCK_SIZE = 131_072;
/** Bytes of the longest line; Exim itself cuts a line at 8 KiB. */
export const LINE_LIMIT = 65_536;

export interface Lines {
  readonly lines: readonly string[];
  /** Bytes that are done with; what is left is the beginning of a line. */
  readonly used: number;
  /** The next block begins within a line that is too long. */
  readonly skipping: boolean;
}

/** The whole lines of a block, as UTF-8. `skipping`: the block begins within a line that is too long. */
export function linesOf(block: Buffer, skipping: boolean): Lines {
  const start = skipping ? block.indexOf(0x0a) + 1 : 0;
  if (skipping && start === 0) return { lines: [], used: block.length, skipping: true };
  const end = block.lastIndexOf(0x0a) + 1;
  if (end > start) return { lines: split(block.subarray(start, end - 1)), used: end, skipping: false };
  const endless = block.length - start > LINE_LIMIT;
  return { lines: [], used: endless ? block.length : start, skipping: endless };
}

function split(lines: Buffer): string[] {
  const texts = lines.toString('utf8').split('\n');
  return lines.length > LINE_LIMIT ? texts.filter((text) => Buffer.byteLength(text) <= LINE_LIMIT) : texts;
}
