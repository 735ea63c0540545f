// One line of Exim's main log, as far as it tells something of a client. Exim specification, chapter "Log files":
//
//   DATE TIME[.MILLISECONDS] [ZONE] [\[PID\]] [MESSAGE-ID] TEXT
//
// HELO names, senders and recipients are the client's own words. So an address is only taken from where the client's words
// cannot have put it, and a line that could be read in two ways tells nothing. Every step is linear in the line's length.
import { type Address, parseAddress } from '../policy/address.ts';
import { NULL_SENDER, type Seconds } from '../policy/check.ts';
import type { Event } from '../policy/report.ts';
import { parseStamp } from './exim-stamp.ts';

/** What a line tells. A sender or recipient is as the log has it, without angle brackets; the null sender is `<>`. */
export type Seen =
  | { readonly kind: 'event'; readonly event: Event; readonly client: Address; readonly about: About }
  | {
      readonly kind: 'unknown';
      readonly mode: 'verify' | 'delivery';
      readonly client: Address;
      readonly about: About;
      /** Exim only knows that a callout about the recipient was refused before, not why. */
      readonly cached?: true;
    }
  /** A callout about the recipient was refused for another reason than that there is no such recipient. */
  | { readonly kind: 'refused'; readonly recipient: string }
  /** `<=`; no client: a mail from this machine, or from a user who proved who he is. */
  | { readonly kind: 'arrived'; readonly id: string; readonly client: Address | undefined; readonly sender: string }
  | { readonly kind: 'delivered'; readonly id: string; readonly recipient: string }
  | { readonly kind: 'completed'; readonly id: string };

export interface About {
  readonly sender?: string;
  readonly recipient?: string;
  readonly mtaId?: string;
}

export interface LogLine {
  readonly time: Seconds;
  /** Undefined: nothing that concerns us. */
  readonly seen: Seen | undefined;
}

// Until 4.96 three groups of 6, 6 and 2 characters; since 4.97 6, 11 and 4.
const MESSAGE_ID = /^([0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})) /;
// `name (helo) [address]:port`: the name, the HELO or both may be absent. A HELO that itself holds brackets may be a
// forged address (helo_accept_junk_hosts); only a whole address literal is let through.
const HOST = /^(?:H=)?(?:[^\s()[\]]+ )?(?:\((?:\[[^\s()[\]]*\]|[^()[\]]*)\) )?\[([\da-fA-F.:]+)\](?::\d+)?(?= |$)/;
// Stands before the host with log_selector +dnssec when DNSSEC vouches for its name, in refusals without a space behind it.
const DNSSEC = /^ ?(?:DS ?)?(?=H=)/;
// An envelope address ends at a space that is not in quotes.
const MAIL_ADDRESS = /^(?:[^\s"]|"(?:[^"\\]|\\.)*")+/;
const REFUSED_SENDER = / F=<((?:[^\s"<>]|"(?:[^"\\]|\\.)*")*)>/;
// Of what the client said behind RCPT, Exim logs 100 bytes: the bracket at the end may be missing.
const REFUSED_RECIPIENT = /^<?((?:[^\s"<>]|"(?:[^"\\]|\\.)*")+)>?: /;
const LOGGED_OF_RECIPIENT = 100;
// Cut within quotes. Of characters that are one byte each, in the log too, or the cut would be elsewhere.
const CUT_RECIPIENT = /^<?((?:[!#-;=?-~]|"(?:[ !#-[\]-~]|\\[ -/:-~])*")*"(?:[ !#-[\]-~]|\\[ -/:-~])*\\?)$/;
// What may come first behind the addresses of a delivery.
const DELIVERY_FIELDS = / (?:F=<|Q=|SRS=<|P=<|R=|T=)/;
// A pipe or file comes first and may have anything in it; the address that it is for then stands behind it.
const FIELDS_BEHIND_PIPE = /(?<=>) (?:F=<|Q=|SRS=<|P=<|R=|T=)/;
const FAST_OPEN = /^TFO\*? /;
const SPAM = /(?<!\b(?:anti|no|not)[- ])\bspam\b/i;
const RELAY = /\b(?:relay not permitted|relaying (?:denied|not permitted|not allowed)|not permitted to relay)\b/i;
const UNKNOWN =
  /^(?:Unrouteable address|(?:unknown|no such) (?:user|recipient|address)\b|(?:user|recipient|address) unknown\b)/i;
const CACHED_CALLOUT = 'Previous (cached) callout verification failure';
// The answer of the server that the mail would go on to. It may refuse for other reasons than that there is no such
// recipient: then it tells of us, or of itself, and nothing of the client.
const CALLOUT = /^response to "RCPT TO:.{0,400}?" from \S+(?: \[[^\s\]]*\])? was: /i;
// RFC 3463: 5.1.x is of addresses; Microsoft 365 says 5.4.1 of unknown ones. Many servers give no such code.
const UNKNOWN_ANSWER = /^55[013](?:[ -](?:5\.1\.(?:[0-6]|10)\b|5\.4\.1\b|(?!\d\.\d))|$)/;

/** What the line tells; undefined when it does not begin with a date. Never throws. */
export function parseLogLine(line: string): LogLine | undefined {
  const stamp = parseStamp(line);
  if (stamp === undefined) return undefined;
  const id = MESSAGE_ID.exec(stamp.text)?.[1];
  const seen = id === undefined ? seenOfClient(stamp.text) : seenOfMessage(id, stamp.text.slice(id.length + 1));
  return { time: stamp.time, seen };
}

// Lines of a connection that begin with a fixed text and then name the host.
const CONNECTION_EVENTS: readonly (readonly [text: string, event: Event])[] = [
  ['unexpected disconnection while reading SMTP command from ', 'disconnect'],
  ['no MAIL in SMTP connection from ', 'smtp_no_mail'],
  ['no MAIL in TFO SMTP connection from ', 'smtp_no_mail'],
  ['no MAIL in TFO* SMTP connection from ', 'smtp_no_mail'],
  // The other synchronization error ("next input sent too soon") quotes the client before it names the host.
  [
    'SMTP protocol synchronization error (input sent without waiting for greeting): rejected connection from ',
    'smtp_no_wait',
  ],
];

function seenOfClient(text: string): Seen | undefined {
  for (const [start, event] of CONNECTION_EVENTS) {
    if (text.startsWith(start)) return connectionEvent(event, text.slice(start.length).replace(FAST_OPEN, ''));
  }
  const host = hostField(text);
  if (host === undefined) return undefined;
  return lostTransaction(host) ?? unknownRecipient(host) ?? rejectedRecipient(host);
}

function seenOfMessage(id: string, text: string): Seen | undefined {
  if (text === 'Completed' || text.startsWith('Completed ')) return { kind: 'completed', id };
  const word = text.slice(0, 3);
  if (word === '<= ') return arrival(id, text.slice(3));
  // `>>` is a delivery while the mail was still being received (cutthrough); `->` goes along with a `=>`.
  if (word === '=> ' || word === '>> ') return delivery(id, text.slice(3));
  return text.startsWith('F=') ? refusedByLocalScan(id, text.slice(2)) : refusedAfterData(id, text);
}

interface Host {
  readonly client: Address;
  /** What follows the host, with its leading space. */
  readonly tail: string;
}

function parseHost(text: string): Host | undefined {
  const match = HOST.exec(text);
  const client = match?.[1] === undefined ? undefined : parseAddress(match[1]);
  return match === null || client === undefined ? undefined : { client, tail: text.slice(match[0].length) };
}

function connectionEvent(event: Event, text: string): Seen | undefined {
  const host = parseHost(text);
  if (host === undefined || (event === 'smtp_no_mail' && !choseNoMail(host.tail))) return undefined;
  return { kind: 'event', event, client: host.client, about: {} };
}

// A user's program may only try whether it can log in. A mail server that fails at STARTTLS comes again, without it or later.
function choseNoMail(tail: string): boolean {
  const failedAtTls = / C=(?:\S*,)?STARTTLS(?: |$)/.test(tail) && !tail.includes(' X=');
  return !failedAtTls && !isAuthenticated(tail);
}

function lostTransaction({ client, tail }: Host): Seen | undefined {
  if (!tail.includes(' incomplete transaction (connection lost)')) return undefined;
  return { kind: 'event', event: 'smtp_connection_lost', client, about: {} };
}

// Written by the ACL of conf/ for Exim: log_message = unknown recipient ADDRESS from SENDER
function unknownRecipient({ client, tail }: Host): Seen | undefined {
  const found = after(tail, ' Warning: unknown recipient ');
  if (found === undefined) return undefined;
  const end = `${found} `.lastIndexOf(' from ');
  if (end <= 0) return undefined;
  const about = { sender: nullOr(bare(found.slice(end + 6).trim())), recipient: bare(found.slice(0, end)) };
  return { kind: 'unknown', mode: 'verify', client, about };
}

function rejectedRecipient({ client, tail }: Host): Seen | undefined {
  const rejected = rejection(tail, ' rejected RCPT ');
  if (rejected === undefined) return undefined;
  const { sender, text } = rejected;
  const { recipient, reason } = refusedRecipient(text) ?? {};
  if (recipient === undefined || reason === undefined) return undefined;
  const about = { sender, recipient };
  const unknown = { kind: 'unknown', mode: 'delivery', client, about } as const;
  const asked = CALLOUT.exec(reason);
  const isRelay = RELAY.test(reason);
  if (asked !== null)
    return UNKNOWN_ANSWER.test(reason.slice(asked[0].length)) && !isRelay ? unknown : { kind: 'refused', recipient };
  if (isRelay) return { kind: 'event', event: 'relay', client, about };
  if (reason.startsWith(CACHED_CALLOUT)) return { ...unknown, cached: true };
  return UNKNOWN.test(reason) ? unknown : undefined;
}

function refusedRecipient(text: string): { recipient: string; reason: string } | undefined {
  const cut = CUT_RECIPIENT.exec(text.slice(0, LOGGED_OF_RECIPIENT))?.[1];
  if (cut !== undefined && text.startsWith(': ', LOGGED_OF_RECIPIENT))
    return { recipient: cut, reason: text.slice(LOGGED_OF_RECIPIENT + 2) };
  const [before = '', recipient] = REFUSED_RECIPIENT.exec(text) ?? [];
  return recipient === undefined ? undefined : { recipient, reason: text.slice(before.length) };
}

// The content was looked at: an ACL after DATA or for a MIME part says spam.
function refusedAfterData(id: string, text: string): Seen | undefined {
  const host = hostField(text);
  if (host === undefined) return undefined;
  const rejected =
    rejection(host.tail, ' rejected after DATA: ') ?? rejection(host.tail, ' rejected during MIME ACL checks: ');
  if (rejected === undefined || !SPAM.test(rejected.text)) return undefined;
  return { kind: 'event', event: 'spam', client: host.client, about: { sender: rejected.sender, mtaId: id } };
}

// `F=SENDER H=HOST P=PROTOCOL ... rejected by local_scan(): TEXT`. SA-Exim's text begins with "Rejected"; a local_scan may
// refuse for other reasons than spam.
function refusedByLocalScan(id: string, text: string): Seen | undefined {
  const sender = MAIL_ADDRESS.exec(text)?.[0];
  const host = sender === undefined ? undefined : hostField(text.slice(sender.length));
  if (sender === undefined || host === undefined) return undefined;
  const mark = ' rejected by local_scan(): ';
  const at = host.tail.indexOf(mark);
  const reason = host.tail.slice(at + mark.length);
  if (at < 0 || host.tail.endsWith(' temporarily', at) || isAuthenticated(host.tail.slice(0, at))) return undefined;
  if (!reason.startsWith('Rejected') && !SPAM.test(reason)) return undefined;
  return { kind: 'event', event: 'spam', client: host.client, about: { sender, mtaId: id } };
}

function arrival(id: string, text: string): Seen | undefined {
  const sender = MAIL_ADDRESS.exec(text)?.[0];
  if (sender === undefined) return undefined;
  const host = hostField(text.slice(sender.length));
  // Before the size there is nothing but what Exim found out itself.
  const fields = host?.tail.split(' S=', 1)[0] ?? '';
  const client = host === undefined || isAuthenticated(fields) ? undefined : host.client;
  return { kind: 'arrived', id, client, sender };
}

// `ADDRESS [(PARENT, ...)] [<ORIGINAL>] [F=<SENDER>] [Q=QUEUE] [P=<RETURN-PATH>] [R=ROUTER] T=TRANSPORT ...`
function delivery(id: string, text: string): Seen | undefined {
  const end = text.search(/^[|/]/.test(text) ? FIELDS_BEHIND_PIPE : DELIVERY_FIELDS);
  const names = end < 0 ? text : text.slice(0, end);
  const original = names.endsWith('>') ? names.slice(names.lastIndexOf(' <') + 2, -1) : undefined;
  const recipient = original ?? MAIL_ADDRESS.exec(names)?.[0];
  // Exim gives every address a domain; the rest are words of its own, such as for mail that an ACL discarded.
  return recipient?.includes('@') === true ? { kind: 'delivered', id, recipient } : undefined;
}

function hostField(text: string): Host | undefined {
  const mark = DNSSEC.exec(text)?.[0];
  return mark === undefined ? undefined : parseHost(text.slice(mark.length));
}

// `... F=<SENDER> [A=AUTHENTICATOR:USER] rejected WHERE: TEXT`; nothing for an own user, or when it was only put off.
function rejection(tail: string, mark: string): { sender: string; text: string } | undefined {
  const from = REFUSED_SENDER.exec(tail);
  const rest = from === null ? '' : tail.slice(from.index + from[0].length);
  const at = rest.indexOf(mark);
  const fields = rest.slice(0, at);
  if (from === null || at < 0 || fields.endsWith(' temporarily')) return undefined;
  if (isAuthenticated(tail.slice(0, from.index)) || isAuthenticated(fields)) return undefined;
  return { sender: nullOr(from[1] ?? ''), text: rest.slice(at + mark.length) };
}

// RFC 3848: a protocol name that ends in "a" was used with AUTH.
function isAuthenticated(fields: string): boolean {
  return / A=\S/.test(fields) || / P=\w*[sl]mtps?a(?: |$)/.test(fields);
}

function after(text: string, mark: string): string | undefined {
  const at = text.indexOf(mark);
  return at < 0 ? undefined : text.slice(at + mark.length);
}

function bare(address: string): string {
  return address.startsWith('<') && address.endsWith('>') ? address.slice(1, -1) : address;
}

function nullOr(sender: string): string {
  return sender === '' ? NULL_SENDER : sender;
}
