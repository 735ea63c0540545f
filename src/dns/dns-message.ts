// DNS messages (RFC 1035 section 4): questions as bytes, and bytes as responses. Only what our questions need is read.
import { parseAddress } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { decodeName, encodeName } from './domain-name.ts';
import type { Question, RecordType } from './resolver.ts';

/** A resource record. SOA, NS and all other types have no value; the TTL of an SOA is that of a negative answer. */
export interface DnsRecord {
  readonly name: string;
  readonly type: RecordType | 'CNAME' | 'SOA' | 'NS' | 'other';
  readonly ttl: Seconds;
  readonly value: string;
}

export interface Response {
  readonly id: number;
  /** The answer did not fit; it carries no records here. */
  readonly truncated: boolean;
  /** RCODE: 0 no error, 2 server failure, 3 no such name, 5 refused. */
  readonly code: number;
  readonly question: Question;
  /** The first ones, if there are very many; then there is no authority. */
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
}

const HEADER = 12;
const RESPONSE = 0x8000;
const OPCODE = 0x7800;
const TRUNCATED = 0x0200;
const RECURSION_DESIRED = 0x0100;
const INTERNET = 1;
/** A TTL with the highest bit set counts as 0 (RFC 2181 section 8). */
const MAX_TTL = 0x7fff_ffff;
/** A client's owner decides how many records its names have, each under a name that takes a microsecond; no more are read. */
const MAX_RECORDS = 256;
const TYPE_NUMBERS = { A: 1, PTR: 12, AAAA: 28 } as const;
const TYPES: ReadonlyMap<number, DnsRecord['type']> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [28, 'AAAA'],
]);

/** The question as a message without an id (two zero octets in its place), or undefined if no such name can exist. */
export function encodeQuery({ type, name }: Question): Buffer | undefined {
  const encoded = encodeName(name);
  if (encoded === undefined) return undefined;
  const message = Buffer.alloc(HEADER + encoded.length + 4);
  message.writeUInt16BE(RECURSION_DESIRED, 2);
  message.writeUInt16BE(1, 4);
  encoded.copy(message, HEADER);
  message.writeUInt16BE(TYPE_NUMBERS[type], message.length - 4);
  message.writeUInt16BE(INTERNET, message.length - 2);
  return message;
}

/** The response in the bytes, or undefined if they are anything else or damaged. */
export function decodeResponse(data: Buffer): Response | undefined {
  if (data.length < HEADER) return undefined;
  const flags = data.readUInt16BE(2);
  if ((flags & RESPONSE) === 0 || (flags & OPCODE) !== 0 || data.readUInt16BE(4) !== 1) return undefined;
  const asked = readQuestion(data);
  if (asked === undefined) return undefined;
  const head = { id: data.readUInt16BE(0), code: flags & 0xf, question: asked.question };
  if ((flags & TRUNCATED) !== 0) return { ...head, truncated: true, answers: [], authority: [] };
  const answers = readRecords(data, asked.end, data.readUInt16BE(6));
  if (answers === undefined) return undefined;
  // The authority is for responses without answers; where it begins is not known if not all of them were read.
  const isMore = answers.records.length === MAX_RECORDS;
  const authority = isMore ? { records: [] } : readRecords(data, answers.end, data.readUInt16BE(8));
  if (authority === undefined) return undefined;
  return { ...head, truncated: false, answers: answers.records, authority: authority.records };
}

/** Whether the response is to that question (RFC 5452 section 9.1). The id is the caller's to compare. */
export function isResponseTo({ question }: Response, { type, name }: Question): boolean {
  const asked = (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
  return question.type === type && question.name === asked;
}

function readQuestion(data: Buffer): { readonly question: Question; readonly end: number } | undefined {
  const read = decodeName(data, HEADER);
  if (read === undefined || read.end + 4 > data.length) return undefined;
  const type = TYPES.get(data.readUInt16BE(read.end));
  if (type !== 'A' && type !== 'AAAA' && type !== 'PTR') return undefined;
  if (data.readUInt16BE(read.end + 2) !== INTERNET) return undefined;
  return { question: { type, name: read.name }, end: read.end + 4 };
}

/** `count` records, at most the first MAX_RECORDS of them. */
function readRecords(data: Buffer, start: number, count: number): { records: DnsRecord[]; end: number } | undefined {
  const records: DnsRecord[] = [];
  let end = start;
  for (let i = 0; i < Math.min(count, MAX_RECORDS); i += 1) {
    const name = decodeName(data, end);
    if (name === undefined || name.end + 10 > data.length) return undefined;
    const from = name.end + 10;
    end = from + data.readUInt16BE(name.end + 8);
    const record = end > data.length ? undefined : readRecord(data, name, end);
    if (record === undefined) return undefined;
    records.push(record);
  }
  return { records, end };
}

function readRecord(data: Buffer, owner: { name: string; end: number }, end: number): DnsRecord | undefined {
  const internet = data.readUInt16BE(owner.end + 2) === INTERNET;
  const type = (internet && TYPES.get(data.readUInt16BE(owner.end))) || 'other';
  const ttl = readTtl(data, owner.end + 4);
  const from = owner.end + 10;
  const head = { name: owner.name, type, ttl };
  switch (type) {
    case 'A':
    case 'AAAA': {
      const value = readAddress(data.subarray(from, end), type);
      return value === undefined ? undefined : { ...head, value };
    }
    case 'PTR':
    case 'CNAME': {
      const target = decodeName(data, from);
      return target?.end === end ? { ...head, value: target.name } : undefined;
    }
    // RFC 2308 section 5: a negative answer holds for the smaller of the SOA's TTL and its MINIMUM, the last field.
    case 'SOA':
      return end - from < 22 ? undefined : { ...head, ttl: Math.min(ttl, readTtl(data, end - 4)), value: '' };
    case 'NS':
    case 'other':
      return { ...head, value: '' };
  }
}

function readTtl(data: Buffer, at: number): Seconds {
  const ttl = data.readUInt32BE(at);
  return ttl > MAX_TTL ? 0 : ttl;
}

function readAddress(bytes: Buffer, type: 'A' | 'AAAA'): string | undefined {
  if (type === 'A') return bytes.length === 4 ? bytes.join('.') : undefined;
  if (bytes.length !== 16) return undefined;
  return parseAddress(bytes.toString('hex').replace(/(.{4})(?!$)/g, '$1:'))?.text;
}
