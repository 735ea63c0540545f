// Envelope addresses as an SMTP client wrote them (RFC 5321 section 4.1.2), which is how a milter is told of them. One mailbox
// can be written in many ways, more than that RFC has: mail servers take those of mail headers (RFC 5322 section 3.4), too. Here
// it has the form in which Postfix tells its policy servers of it.
import { type Mailbox, parseMailbox } from '../policy/check.ts';

/** Nearly all are so: only what stands in the brackets, and nothing of it means anything else. */
const PLAIN_PATH = /^<([^\s"\\()<>:]*)>$/;
const QUOTED_STRING = /"((?:[^"\\]|\\[^])*)"/y;

/** Characters; `quoted` ones stand for themselves, whatever they are. */
interface Piece {
  readonly text: string;
  readonly quoted: boolean;
}

/** The mailbox without brackets, source route, quotes, comments and blanks. */
export function parsePath(text: string): Mailbox {
  const [, plain] = PLAIN_PATH.exec(text) ?? [];
  if (plain !== undefined) return parseMailbox(plain);
  const path = withoutRoute(inBrackets(splitPath(text)));
  return parseMailbox(path.map((piece) => piece.text).join(''));
}

/** The text without what says nothing: comments, and blanks outside of quotes. */
function splitPath(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    const quoted = char === '"' ? quotedString(text, at) : undefined;
    if (quoted !== undefined) {
      pieces.push({ text: quoted.replace(/\\([^])/g, '$1'), quoted: true });
      at += quoted.length + 2;
    } else if (char === '\\') {
      pieces.push({ text: text.charAt(at + 1), quoted: true });
      at += 2;
    } else if (char === '(') {
      at = behindComment(text, at);
    } else {
      if (!/\s/.test(char)) pieces.push({ text: char, quoted: false });
      at += 1;
    }
  }
  return pieces;
}

/** What stands between the quotes that begin there; undefined if they do not end. */
function quotedString(text: string, start: number): string | undefined {
  QUOTED_STRING.lastIndex = start;
  return QUOTED_STRING.exec(text)?.[1];
}

/** Comments may hold others; one that does not end takes all that is left. */
function behindComment(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** A name before the brackets is no part of it, nor what a broken client wrote behind them (`<joe@example.com>SIZE=100`). */
function inBrackets(pieces: readonly Piece[]): readonly Piece[] {
  const end = pieces.findIndex((piece) => isSign(piece, '>'));
  const inside = end < 0 ? pieces : pieces.slice(0, end);
  return inside.slice(inside.findLastIndex((piece) => isSign(piece, '<')) + 1);
}

/** `@relay.example,@other.example:` means nothing (RFC 5321 appendix C). */
function withoutRoute(pieces: readonly Piece[]): readonly Piece[] {
  const [first] = pieces;
  if (first === undefined || !isSign(first, '@')) return pieces;
  return pieces.slice(pieces.findIndex((piece) => isSign(piece, ':')) + 1);
}

function isSign({ text, quoted }: Piece, sign: string): boolean {
  return text === sign && !quoted;
}
