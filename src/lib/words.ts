// A line as words, in the configuration file and in the line protocols: separated by white space; '..', ".." or `..`
// around a word keeps white space in it. A quote counts only where a word starts and if its partner ends one, so that
// `it's` and "joe"@example.org are what they look like; a backslash keeps a quote from being the partner, and stays.

export interface WordOptions {
  /** Whether `#` at the start of any word starts a comment; else only as the first character of the line. */
  readonly comments?: boolean;
  /** Told of each word that starts with a quote which has no partner in the line; it stands among the words all the same. */
  readonly onUnclosed?: (word: string) => void;
}

const HASH = 0x23;
const BACKSLASH = 0x5c;

/** The words of a line, without their quotes; none of an empty line or a comment. Only quotes make an empty word. */
export function splitWords(line: string, options?: WordOptions): string[] {
  const words: string[] = [];
  let at = skipWhite(line, 0);
  while (at < line.length) {
    const code = line.charCodeAt(at);
    if (code === HASH && (words.length === 0 || options?.comments === true)) break;
    const close = isQuote(code) ? closingQuote(line, at) : -1;
    const end = close < 0 ? wordEnd(line, at) : close + 1;
    const word = close < 0 ? line.slice(at, end) : line.slice(at + 1, close);
    words.push(word);
    if (isQuote(code) && line.indexOf(line.charAt(at), at + 1) < 0) options?.onUnclosed?.(word);
    at = skipWhite(line, end);
  }
  return words;
}

/** Where the quotes that open at `open` close, or -1 if they are ordinary characters. */
function closingQuote(line: string, open: number): number {
  const quote = line.charCodeAt(open);
  for (let at = open + 1; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === quote) return at + 1 === line.length || isWhite(line.charCodeAt(at + 1)) ? at : -1;
  }
  return -1;
}

function wordEnd(line: string, start: number): number {
  let at = start;
  while (at < line.length && !isWhite(line.charCodeAt(at))) at += 1;
  return at;
}

function skipWhite(line: string, start: number): number {
  let at = start;
  while (at < line.length && isWhite(line.charCodeAt(at))) at += 1;
  return at;
}

/** Space, tab, LF, VT, FF, CR. */
function isWhite(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27 || code === 0x60;
}
