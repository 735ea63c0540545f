// A Received line (RFC 5321 section 4.4) as Exim, Postfix, Sendmail, Exchange, qmail and Gmail write it:
//
//   Exim       from NAME ([ADDRESS]:PORT helo=HELO) by ...      from [ADDRESS] (helo=HELO) by ...
//   Postfix    from HELO (NAME [ADDRESS]) by ...                [IPv6:...]
//   Sendmail   from HELO (USER@NAME [ADDRESS] (may be forged)) by ...
//   Exchange   from HELO (ADDRESS) by NAME (ADDRESS) with ...   qmail: from NAME (HELO HELO) (ADDRESS) by ...
//
// The HELO is the client's own word, so an address is never taken from there. Steps are linear in the line's length.
import { knownFields } from '../lib/known-fields.ts';
import { type Address, parseAddress } from '../policy/address.ts';
import { NULL_SENDER, type Seconds } from '../policy/check.ts';
import { withoutEnd } from '../policy/without-end.ts';

/** One hop of a mail, as the receiving host wrote it. Absent: it did not say. */
export interface Hop {
  /** There is a `from`; a mail that was handed on within one host has none. */
  readonly namesClient: boolean;
  /** Where the client's part of the line ends can't be told, as when its HELO holds a parenthesis. */
  readonly isGarbled: boolean;
  readonly from?: Address;
  /** `esmtps`, `local`, ... in lower case. */
  readonly protocol?: string;
  /** The client had proved who it is. */
  readonly authenticated: boolean;
  readonly sender?: string;
  readonly recipient?: string;
  readonly id?: string;
  readonly time?: Seconds;
}

const LENGTH_LIMIT = 8192;
/** What Exim says of a client without a name. */
const EXIM_COMMENT = /^\((?:port=\d+ )?(?:helo|ident)=/;
const BRACKETED = /\[([\da-f.:]+)\]|\[ipv6:([\da-f.:]+)\]/gi;
// A year of two digits is obsolete (RFC 5322 section 4.3), and still written.
const DATE =
  /\b(\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) (?:\d\d){1,2} \d\d:\d\d(?::\d\d)?) ([+-]\d{4}|[a-z]{1,5})(?![\w+-])/i;
// The zones of RFC 5322 (section 4.3). Any other is taken for UTC there, too, and no report depends on a few hours.
const ZONE = /^(?:[+-]\d{4}|gmt|ut|utc|[ecmp][sd]t)$/i;

/** The hop that the line's unfolded value tells of. Never throws; a value that says nothing is a hop without an address. */
export function parseReceived(value: string): Hop {
  const line = value.slice(0, LENGTH_LIMIT).replace(/\s+/g, ' ').trim();
  const end = line.lastIndexOf(';');
  const tokens = tokensOf(end < 0 ? line : line.slice(0, end));
  const by = tokens.indexOf('by', 2);
  const isFrom = tokens[0]?.toLowerCase() === 'from';
  const namesClient = isFrom && by > 0;
  const clauses = namesClient ? tokens.slice(by) : tokens;
  const protocol = valueAfter(clauses, 'with')?.toLowerCase();
  return knownFields({
    namesClient,
    isGarbled: isFrom && by < 0,
    // Mail that was fetched names the server of the mailbox there, and no sender.
    from: namesClient && !/^(?:pop|imap)/.test(protocol ?? '') ? clientOf(tokens.slice(1, by)) : undefined,
    protocol,
    authenticated: isAuthenticated(tokens.slice(2), protocol),
    sender: senderOf(clauses),
    recipient: recipientOf(clauses),
    id: valueAfter(clauses, 'id'),
    time: timeOf(line.slice(end + 1)),
  });
}

/** Words, and comments with their parentheses, which may hold further comments. A keyword is in lower case. */
function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const char = text[at] ?? ' ';
    if (char === ')' && depth > 0) depth -= 1;
    if (char === ' ' && depth === 0) {
      if (at > start) tokens.push(keyword(text.slice(start, at)));
      start = at + 1;
    }
    if (char === '(') depth += 1;
  }
  if (start < text.length) tokens.push(text.slice(start));
  return tokens;
}

function keyword(word: string): string {
  return /^(?:by|with|id|for|via)$/i.test(word) ? word.toLowerCase() : word;
}

// `words`: the HELO or name, and the comments behind it.
function clientOf([name = '', ...others]: readonly string[]): Address | undefined {
  const comments = others.filter((token) => token.startsWith('('));
  // Exim writes the address first when the client has no name; any further comment is then part of the HELO (as
  // helo_accept_junk_hosts allows it). With other programs the first word may be a HELO.
  const first = /^\[([^\]]*)\](?::\d+)?$/.exec(name)?.[1];
  if (first !== undefined && (comments[0] === undefined || EXIM_COMMENT.test(comments[0]))) return parseAddress(first);
  for (const comment of comments) {
    const address = addressIn(comment.replace(/^\(|\)$/g, ''));
    if (address !== undefined) return address;
  }
  return undefined;
}

function addressIn(comment: string): Address | undefined {
  // The client's words within the comment: from `helo=` or `ident=` on in Exim's, the whole of qmail's `(HELO x)`.
  const own = comment.split(/(?:^| )(?:helo=|ident=|HELO |EHLO )/i, 1)[0]?.trim() ?? '';
  const last = [...own.matchAll(BRACKETED)].at(-1);
  return parseAddress(last?.[1] ?? last?.[2] ?? own);
}

// RFC 3848: names that end in "a". Exchange takes its own users' mail by MAPI, web mail comes by HTTP.
function isAuthenticated(tokens: readonly string[], protocol = ''): boolean {
  if (/^(?:utf8)?e?smtps?a$|^asmtps?$|^mapi$|^https?$/.test(protocol)) return true;
  return tokens.some((token) => /^\(authenticated\b/i.test(token));
}

function senderOf(tokens: readonly string[]): string | undefined {
  for (const token of tokens) {
    const sender = /^\(envelope-(?:from|sender) (.*)\)$/.exec(token)?.[1];
    if (sender !== undefined) return mailAddress(sender) ?? NULL_SENDER;
  }
  return undefined;
}

// `for ADDRESS` or `for <ADDRESS>`; quotes may hold white space.
function recipientOf(tokens: readonly string[]): string | undefined {
  const at = tokens.indexOf('for');
  const text = at < 0 ? '' : tokens.slice(at + 1).join(' ');
  return mailAddress(/^<?(?:[^\s"<>()]|"(?:[^"\\]|\\.)*")+/.exec(text)?.[0]);
}

function mailAddress(word: string | undefined): string | undefined {
  const address = withoutEnd(word ?? '', '>,').replace(/^</, '');
  return address === '' ? undefined : address;
}

function valueAfter(tokens: readonly string[], name: string): string | undefined {
  const at = tokens.indexOf(name);
  const value = at < 0 ? undefined : tokens[at + 1];
  return value?.startsWith('(') === true ? undefined : value;
}

function timeOf(text: string): Seconds | undefined {
  const [, date = '', zone = ''] = DATE.exec(text) ?? [];
  const time = Date.parse(`${date} ${ZONE.test(zone) ? zone : 'UTC'}`);
  // No mail is older than our times, and no report of such a time would be taken.
  return time >= 0 ? time / 1000 : undefined;
}
