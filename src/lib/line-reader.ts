// Bytes to lines. A line ends with LF or CRLF; how the network cut the bytes makes no difference.
// Text is taken as UTF-8, since addresses may be (RFC 6531); bytes that are none become U+FFFD instead of an error.

export interface LineReader {
  /** The lines that these bytes complete, in order, without their ends. */
  read(bytes: Buffer): readonly string[];
  /** The last line of an input that did not end with a line end, if there is one. A CR at its end is none of it. */
  end(): string | undefined;
  /** Whether there was a line of more than the longest length. Neither it nor what followed is returned. */
  tooLong(): boolean;
}

const LF = 10;
const CR = 13;
const NOTHING: Buffer = Buffer.alloc(0);

/** A reader of lines of at most `longest` characters (UTF-16 units; never more than a line has bytes). */
export function createLineReader(longest: number): LineReader {
  let rest = NOTHING;
  let overflow = false;

  const keep = (bytes: Buffer): void => {
    // A CR at the end does not count: it may be half of a line end.
    overflow = bytes.length > longest && withoutCr(bytes.toString()).length > longest;
    rest = overflow ? NOTHING : bytes;
  };

  return {
    read: (bytes) => {
      if (overflow) return [];
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      // The usual input is one whole line.
      const last = all[all.length - 1] === LF ? all.length - 1 : all.lastIndexOf(LF);
      keep(last + 1 === all.length ? NOTHING : all.subarray(last + 1));
      if (last < 0) return [];
      // Decoding once and splitting the text costs a third of decoding each line. Mostly there is one.
      const text = all.toString('utf8', 0, last);
      const lines = text.includes('\n') ? text.split('\n') : [text];
      for (let i = 0; i < lines.length; i += 1) {
        const line = withoutCr(lines[i] ?? '');
        if (line.length > longest) {
          overflow = true;
          rest = NOTHING;
          return lines.slice(0, i);
        }
        lines[i] = line;
      }
      return lines;
    },
    end: () => withoutCr(rest.toString()) || undefined,
    tooLong: () => overflow,
  };
}

function withoutCr(line: string): string {
  return line.charCodeAt(line.length - 1) === CR ? line.slice(0, -1) : line;
}
