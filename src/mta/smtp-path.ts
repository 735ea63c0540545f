// Envelope addresses as an SMTP client wrote them (RFC 5321 section 4.1.2), which is how a milter is told of them. One mailbox
// can be written in several ways; here it has the form in which Postfix tells its policy servers of it.
import { type Mailbox, parseMailbox } from '../policy/check.ts';

/** What stands in the brackets. What a broken client wrote behind them (`<joe@example.com>SIZE=100`) is no part of it. */
const PATH = /^<((?:[^"<>]|"(?:[^"\\]|\\[^])*")*)>/;
/** `@relay.example,@other.example:` means nothing (RFC 5321 appendix C). */
const SOURCE_ROUTE = /^@[^:"]*:/;
const QUOTED_LOCAL_PART = /^"((?:[^"\\]|\\[^])*)"(?=@|$)/;

/** The mailbox without brackets, source route and quotes. */
export function parsePath(text: string): Mailbox {
  const path = PATH.exec(text)?.[1]?.trim() ?? text;
  const unquoted = (_: string, quoted: string): string => quoted.replace(/\\([^])/g, '$1');
  return parseMailbox(path.replace(SOURCE_ROUTE, '').replace(QUOTED_LOCAL_PART, unquoted));
}
