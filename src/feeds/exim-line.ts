// One line of Exim's main log, as far as it tells something of a client. Exim specification, chapter "Log files":
//
//   DATE TIME[.MILLISECONDS] [ZONE] [\[PID\]] [MESSAGE-ID] TEXT
//
// HELO names, senders and recipients are the client's own words. So an address is only taken from where the client's words
// cannot have put it, and a line that could be read in two ways tells nothing. Every step is linear in the line's length.
import type { Seconds } from '../policy/check.ts';
import type { Event } from '../policy/report.ts';
import { type Host, hostField, isAuthenticated, MAIL_ADDRESS, parseHost } from './exim-host.ts';
import { refusedAfterData, refusedByLocalScan, rejectedRecipient, unknownRecipient } from './exim-refusal.ts';
import type { Seen } from './exim-seen.ts';
import { parseStamp } from './exim-stamp.ts';

export interface LogLine {
  readonly time: Seconds;
  /** Undefined: nothing that concerns us. */
  readonly seen: Seen | undefined;
}

// Until 4.96 three groups of 6, 6 and 2 characters; since 4.97 6, 11 and 4.
const MESSAGE_ID = /^([0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})) /;
// What may come first behind the addresses of a delivery.
const DELIVERY_FIELDS = / (?:F=<|Q=|SRS=<|P=<|R=|T=)/;
// A pipe or file comes first and may have anything in it; the address that it is for then stands behind it.
const FIELDS_BEHIND_PIPE = /(?<=>) (?:F=<|Q=|SRS=<|P=<|R=|T=)/;
// Not a file, a pipe, or a word such as `:blackhole:`.
const LOCAL_PART = /^[^\s@|/:<>]+$/;
const FAST_OPEN = /^TFO\*? /;

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
  // A local part alone is a whole name only in front of fields; what else has no domain are Exim's own words, such as for
  // mail that an ACL discarded.
  const isAddress = recipient?.includes('@') === true || (end >= 0 && LOCAL_PART.test(names));
  return recipient !== undefined && isAddress ? { kind: 'delivered', id, recipient } : undefined;
}
