// Entries of the memory as lines of text, as DOWNLOAD shows them, UPLOAD takes them and ze-filter printed them:
//   ip;from;to init;update;ip;hostname;from;FLAGS;count;NULL       a pending or valid tuple
//   ip;domain init;update;ip;hostname;domain;FLAGS;count;NULL      a pass (its white table)
// Times are seconds since 1970; FLAGS and NULL are constant words. In the key an IPv4 network is `10.1.2`, an IPv6 one
// `2001:db8:1:2:0:0:0:0/64`; a null sender is `nullsender`, an unknown host name `-`. Control characters, blanks, `;`,
// `#` and `%` in a field are written `%XX`, so that no address can shift the fields behind it. What is read in can be
// written again in a line of LONGEST_RECORD characters (lib/line-protocol.ts), so that it can be read in elsewhere.
import { type Address, clientKey, ipv6Groups, parseAddress, siteNetwork } from '../policy/address.ts';
import { NULL_SENDER, type Seconds } from '../policy/check.ts';
import type { StoredTuple, TupleState } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import { NULL_SENDER_WORD } from './greyd-address.ts';

/** What a line says, or what is wrong with it. */
export type Parsed<T> =
  | { readonly kind: 'entry'; readonly entry: T }
  | { readonly kind: 'wrong'; readonly problem: string };

interface RecordFields {
  readonly firstSeen: Seconds;
  readonly lastSeen: Seconds;
  /** This and the next two are as they are written. */
  readonly ip: string;
  readonly hostname: string;
  readonly from: string;
  readonly uses: number;
}

/**
 * Characters of a field before they are escaped: no protocol brings more (the milter's commands have 16,384 bytes). The
 * five that may have so many, with each character written as three, fit a line.
 */
export const LONGEST_FIELD = 16_384;
const NO_NAME = '-';
/** A host name that the mail server did not know: `[10.1.2.3]` is how filters write it. */
const NO_NAMES = /^(?:-|unknown|\[.*)$/;
const DOMAIN = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

/** The line of a tuple, without a line end. */
export function formatTuple({ tuple, client, clientName, senderText, ...stored }: StoredTuple): string {
  const sender = tuple.sender === NULL_SENDER ? NULL_SENDER_WORD : escapeWord(tuple.sender, NULL_SENDER_WORD);
  const from = stored.nullSender ? NULL_SENDER_WORD : escapeWord(senderText, NULL_SENDER_WORD);
  const record = formatRecord({ ...stored, ip: client, hostname: formatName(clientName), from });
  return `${formatClientPart(tuple.client)};${sender};${escapeField(tuple.recipient)} ${record}`;
}

/** The tuple that a line tells of; whether it is pending or valid depends on the table that it came from. Never throws. */
export function parseTuple(line: string, state: TupleState): Parsed<StoredTuple> {
  const { key, record, problem } = splitLine(line);
  if (problem !== undefined) return wrong(problem);
  const [part, sender, recipient] = key;
  if (part === undefined || sender === undefined || recipient === undefined || key.length > 3) {
    return wrong('key is not ip;from;to');
  }
  const address = parseRecordAddress(record.ip);
  if (address === undefined) return wrong('ip is no address');
  const client = parseClientPart(part, address);
  if (client === undefined) return wrong('ip of the key is no address, network or domain');
  if (record.from === '') return wrong('no sender');
  const nullSender = record.from === NULL_SENDER_WORD;
  const tuple = {
    client,
    sender: sender === NULL_SENDER_WORD ? NULL_SENDER : unescapeField(sender),
    recipient: unescapeField(recipient),
  };
  const { firstSeen, lastSeen, uses } = record;
  const clientName = NO_NAMES.test(record.hostname) ? undefined : unescapeField(record.hostname);
  const senderText = nullSender ? '' : unescapeField(record.from);
  if (anyTooLong([tuple.client, tuple.sender, tuple.recipient, clientName ?? '', senderText])) return FIELD_TOO_LONG;
  const seen = { state, firstSeen, lastSeen, uses };
  return { kind: 'entry', entry: { tuple, client: address.text, clientName, senderText, nullSender, ...seen } };
}

/** The line of a pass, without a line end. */
export function formatPass({ client, domain, firstSeen, lastSeen, uses }: Pass): string {
  const [ip, from] = [formatClientPart(client), escapeField(domain)];
  return `${ip};${from} ${formatRecord({ firstSeen, lastSeen, ip, hostname: NO_NAME, from, uses })}`;
}

/** The pass that a line tells of. Never throws. */
export function parsePass(line: string): Parsed<Pass> {
  const { key, record, problem } = splitLine(line);
  if (problem !== undefined) return wrong(problem);
  const [ip, domain] = key;
  if (ip === undefined || domain === undefined || key.length > 2) return wrong('key is not ip;domain');
  if (domain === '') return wrong('no domain');
  const address = parseRecordAddress(ip);
  const client = address === undefined ? parseDomain(ip) : clientKey(address);
  if (client === undefined) return wrong('ip of the key is no address or domain');
  const { firstSeen, lastSeen, uses } = record;
  const pass = { client, domain: unescapeField(domain), firstSeen, lastSeen, uses };
  return anyTooLong([pass.client, pass.domain]) ? FIELD_TOO_LONG : { kind: 'entry', entry: pass };
}

type SplitLine =
  | { readonly key: readonly string[]; readonly record: RecordFields; readonly problem?: undefined }
  | { readonly key?: undefined; readonly record?: undefined; readonly problem: string };

function splitLine(line: string): SplitLine {
  const words = line.split(' ');
  const [key, record] = words;
  if (key === undefined || record === undefined || words.length > 2)
    return { problem: 'needs a key and a record with one blank between them' };
  const fields = record.split(';');
  if (fields.length !== 8) return { problem: `record has ${fields.length} fields, not 8` };
  const [init = '', update = '', ip = '', hostname = '', from = '', flags, count = '', end] = fields;
  const [firstSeen, lastSeen, uses] = [parseNumber(init), parseNumber(update), parseNumber(count)];
  if (firstSeen === undefined || lastSeen === undefined) return { problem: 'time is not seconds since 1970' };
  if (flags !== 'FLAGS' || end !== 'NULL') return { problem: 'FLAGS or NULL is missing' };
  if (uses === undefined || uses === 0) return { problem: 'count is no number above 0' };
  // As checks have it, and as ze-filter compares keys.
  return { key: key.toLowerCase().split(';'), record: { firstSeen, lastSeen, ip, hostname, from, uses } };
}

function formatRecord({ firstSeen, lastSeen, ip, hostname, from, uses }: RecordFields): string {
  return `${firstSeen};${lastSeen};${ip};${hostname};${from};FLAGS;${uses};NULL`;
}

function formatName(name: string | undefined): string {
  if (name === undefined) return NO_NAME;
  return NO_NAMES.test(name) ? escapeFirst(name) : escapeField(name);
}

function formatClientPart(part: string): string {
  if (part.includes(':')) return expandIpv6(part);
  return escapeField(part.endsWith('.0/24') ? part.slice(0, -'.0/24'.length) : part);
}

/** All eight groups; a prefix length stays. */
function expandIpv6(text: string): string {
  const [address = '', bits] = text.split('/');
  return ipv6Groups(address).join(':') + (bits === undefined ? '' : `/${bits}`);
}

function parseClientPart(text: string, client: Address): string | undefined {
  if (text === '') return '';
  if (/^\d+\.\d+\.\d+$/.test(text)) return networkOf(`${text}.0`);
  if (text.endsWith('/64')) return networkOf(text.slice(0, -'/64'.length));
  // ze-filter's networks are wider than ours: all its entries of one are told apart by their own address.
  if (text.endsWith('/56')) return siteNetwork(client);
  return parseAddress(text)?.text ?? parseDomain(text);
}

function networkOf(text: string): string | undefined {
  const address = parseAddress(text);
  return address && siteNetwork(address);
}

/** ze-filter writes an IPv6 address as its /64. */
function parseRecordAddress(text: string): Address | undefined {
  return parseAddress(text.endsWith('/64') ? text.slice(0, -'/64'.length) : text);
}

function parseDomain(text: string): string | undefined {
  return DOMAIN.test(text) && !/^[\d.]+$/.test(text) ? text : undefined;
}

/** A number of up to 11 digits: as a time, until the year 5138. */
function parseNumber(text: string): number | undefined {
  return /^\d{1,11}$/.test(text) ? Number(text) : undefined;
}

/** The text as a field that does not read as `word`, which has a meaning of its own there. */
function escapeWord(text: string, word: string): string {
  return text === word ? escapeFirst(text) : escapeField(text);
}

function escapeFirst(text: string): string {
  return escapeCharacter(text.slice(0, 1)) + escapeField(text.slice(1));
}

function escapeField(text: string): string {
  // oxlint-disable-next-line no-control-regex -- with one in it the line could not be read back
  return /[\0-\x20\x7f;%#]/.test(text) ? text.replace(/[\0-\x20\x7f;%#]/g, escapeCharacter) : text;
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** The text of a field. Only what we escape is read so: in a line of ze-filter's, `user%40host` is what it says. */
function unescapeField(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([01][\dA-F]|2[035D]|3B|5B|6E|75|7F)/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function anyTooLong(fields: readonly string[]): boolean {
  return fields.some(({ length }) => length > LONGEST_FIELD);
}

function wrong(problem: string): { readonly kind: 'wrong'; readonly problem: string } {
  return { kind: 'wrong', problem };
}

const FIELD_TOO_LONG = wrong(`field has more than ${LONGEST_FIELD} characters`);
