// A DNS server for tests, on loopback over real UDP and TCP. It answers from a script, in which names may also be slow,
// silent, refused, truncated, or preceded by datagrams that are no answer.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv6, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeName, encodeName } from '../src/dns/domain-name.ts';
import type { NameServer } from '../src/lib/name-server.ts';
import { parseAddress } from '../src/policy/address.ts';
import { reversedLabels } from '../src/dns/reverse-name.ts';

type StubType = 'A' | 'AAAA' | 'PTR' | 'CNAME' | 'TXT' | 'NS';

/** Name, type, data, and the TTL if it is not 300. Answers keep the order of the script. */
type StubRecord = readonly [name: string, type: StubType, data: string, ttl?: number];

/** A datagram that comes before the answer, or alone when the name is silent. `foreign`: right id, another sender. */
type Noise = 'garbage' | 'wrong id' | 'wrong question' | 'damaged' | 'foreign';

/** How a name is answered, beyond its records. */
interface Trick {
  /** Never answered, or not the first times, as many as this says. */
  readonly silent?: true | number;
  /** Only this many questions are answered, the first ones. */
  readonly answered?: number;
  readonly code?: 'SERVFAIL' | 'REFUSED';
  /** Over UDP the answer is cut off. */
  readonly truncated?: true;
  readonly before?: readonly Noise[];
  /** Milliseconds. */
  readonly delay?: number;
}

export interface StubScript {
  /** Names that have no record here do not exist. */
  readonly records?: readonly StubRecord[];
  /** By name in lower case; `*` is for all names without a trick of their own. */
  readonly tricks?: { readonly [name: string]: Trick };
  /** Of negative answers; `none` leaves the SOA away. 300 if not given. */
  readonly negativeTtl?: number | 'none';
}

export interface StubDnsServer extends AsyncDisposable {
  readonly server: NameServer;
  /** From now on it answers by this script. */
  play(script: StubScript): void;
  /** How often each question came, such as `A mail.example.com`, and over TCP `TCP A mail.example.com`. */
  readonly questions: ReadonlyMap<string, number>;
  /** The ports that questions came from over UDP. */
  readonly ports: ReadonlySet<number>;
}

interface StubQuestion {
  readonly message: Buffer;
  readonly name: string;
  readonly type: number;
  readonly end: number;
  readonly over: 'UDP' | 'TCP';
}

const TYPE_NUMBERS: { readonly [T in StubType]: number } = { A: 1, NS: 2, CNAME: 5, PTR: 12, TXT: 16, AAAA: 28 };
const CODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
const MAX_DATAGRAM = 512;
/** Over TCP answers come in two pieces, so that nobody takes a piece for the whole. */
const BETWEEN_PIECES_MS = 10;
const POINTER_TO_QUESTION = Buffer.from([0xc0, 12]);

/** Starts the server on a free port of a loopback address. */
export async function startStubDnsServer(first: StubScript = {}, host = '127.0.0.1'): Promise<StubDnsServer> {
  let script = first;
  const questions = new Map<string, number>();
  const ports = new Set<number>();
  const closing = new AbortController();
  const { tcp, udp } = await bindBoth(host);
  const { port } = udp.address();
  const other = createSocket(isIPv6(host) ? 'udp6' : 'udp4');

  /** The response, once it is due; undefined if there will be none. */
  const answer = async (question: StubQuestion, noise: (message: Buffer, kind: Noise) => void) => {
    const times = count(questions, question);
    const trick = script.tricks?.[question.name] ?? script.tricks?.['*'] ?? {};
    const response = respond(script, question, trick);
    for (const kind of trick.before ?? []) noise(noiseOf(kind, response), kind);
    if (trick.delay !== undefined) await sleep(trick.delay, undefined, { signal: closing.signal }).catch(() => {});
    const silent = trick.silent === true || times <= (trick.silent ?? 0) || times > (trick.answered ?? times);
    return silent || closing.signal.aborted ? undefined : response;
  };
  const onDatagram = async (message: Buffer, { port: to, address }: RemoteInfo): Promise<void> => {
    ports.add(to);
    const question = parseQuestion(message, 'UDP');
    const response = await answer(question, (noise, kind) =>
      (kind === 'foreign' ? other : udp).send(noise, to, address),
    );
    if (response !== undefined) udp.send(response, to, address);
  };
  udp.on('message', (message, from) => void onDatagram(message, from));
  tcp.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.once('data', (data: Buffer) => {
      void answer(parseQuestion(data.subarray(2), 'TCP'), () => {}).then((response) => {
        if (response === undefined) return;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(response.length);
        socket.write(Buffer.concat([length, response.subarray(0, 10)]));
        setTimeout(() => socket.end(response.subarray(10)), BETWEEN_PIECES_MS);
      });
    });
    closing.signal.addEventListener('abort', () => socket.destroy(), { once: true });
  });

  return {
    server: { address: host, port },
    questions,
    ports,
    play: (next) => {
      script = next;
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      const closed = Promise.all([once(tcp, 'close'), once(udp, 'close'), once(other, 'close')]);
      tcp.close();
      udp.close();
      other.close();
      await closed;
    },
  };
}

/** The port of the UDP socket may be taken for TCP by someone else; then another one is tried. */
async function bindBoth(host: string): Promise<{ tcp: Server; udp: Socket }> {
  for (;;) {
    const tcp = createServer().listen(0, host);
    await once(tcp, 'listening');
    const udp = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: 1 << 20 });
    udp.bind((tcp.address() as AddressInfo).port, host);
    const bound = await once(udp, 'listening').catch(() => undefined);
    if (bound !== undefined) return { tcp, udp };
    tcp.close();
    udp.close();
  }
}

function parseQuestion(message: Buffer, over: 'UDP' | 'TCP'): StubQuestion {
  const read = decodeName(message, 12);
  if (read === undefined) throw new Error('the question has no name');
  return { message, name: read.name, type: message.readUInt16BE(read.end), end: read.end + 4, over };
}

function count(questions: Map<string, number>, { name, type, over }: StubQuestion): number {
  const typeName = Object.entries(TYPE_NUMBERS).find(([, number]) => number === type)?.[0] ?? String(type);
  const key = `${over === 'TCP' ? 'TCP ' : ''}${typeName} ${name}`;
  const times = (questions.get(key) ?? 0) + 1;
  questions.set(key, times);
  return times;
}

function respond(script: StubScript, question: StubQuestion, trick: Trick): Buffer {
  if (trick.code !== undefined) return message(question, { code: CODES[trick.code] });
  const answers = answersTo(script.records ?? [], question);
  const exists = answers.length > 0 || script.records?.some(([name]) => name.toLowerCase() === question.name);
  const complete = answers.some(([, type]) => TYPE_NUMBERS[type] === question.type);
  const authority = complete ? [] : soaOf(script.negativeTtl ?? 300);
  const records = answers.map((record) => encodeRecord(record, question));
  const whole = message(question, { code: exists ? CODES.NOERROR : CODES.NXDOMAIN, records, authority });
  const cut = question.over === 'UDP' && (trick.truncated || whole.length > MAX_DATAGRAM);
  return cut ? message(question, { truncated: true }) : whole;
}

/** The records of the name and of what its aliases lead to, in the order of the script. */
function answersTo(records: readonly StubRecord[], { name, type }: StubQuestion): readonly StubRecord[] {
  const names = new Set([name]);
  for (const known of names) {
    for (const [owner, kind, data] of records) if (kind === 'CNAME' && owner.toLowerCase() === known) names.add(data);
  }
  const wanted = (kind: StubType): boolean => TYPE_NUMBERS[kind] === type || kind === 'CNAME' || kind === 'TXT';
  return records.filter(([owner, kind]) => names.has(owner.toLowerCase()) && wanted(kind));
}

interface Parts {
  readonly code?: number;
  readonly truncated?: boolean;
  readonly records?: readonly Buffer[];
  readonly authority?: readonly Buffer[];
}

function message(question: StubQuestion, { code = 0, truncated = false, records = [], authority = [] }: Parts): Buffer {
  const header = Buffer.alloc(12);
  question.message.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | code | (truncated ? 0x0200 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt16BE(authority.length, 8);
  return Buffer.concat([header, question.message.subarray(12, question.end), ...records, ...authority]);
}

function encodeRecord([name, type, data, ttl = 300]: StubRecord, question: StubQuestion): Buffer {
  const owner = name.toLowerCase() === question.name ? POINTER_TO_QUESTION : wireName(name);
  return Buffer.concat([owner, fixedFields(TYPE_NUMBERS[type], ttl, dataOf(type, data))]);
}

function fixedFields(type: number, ttl: number, data: Buffer): Buffer {
  const fields = Buffer.alloc(10);
  fields.writeUInt16BE(type, 0);
  fields.writeUInt16BE(1, 2);
  fields.writeUInt32BE(ttl, 4);
  fields.writeUInt16BE(data.length, 8);
  return Buffer.concat([fields, data]);
}

function dataOf(type: StubType, data: string): Buffer {
  switch (type) {
    case 'A':
      return Buffer.from(data.split('.').map(Number));
    case 'AAAA': {
      const address = parseAddress(data);
      if (address === undefined) throw new Error(`${data} is no address`);
      return Buffer.from(reversedLabels(address).split('.').toReversed().join(''), 'hex');
    }
    case 'TXT':
      return Buffer.concat([Buffer.from([data.length]), Buffer.from(data)]);
    case 'PTR':
    case 'CNAME':
    case 'NS':
      return wireName(data);
  }
}

function soaOf(ttl: number | 'none'): readonly Buffer[] {
  if (ttl === 'none') return [];
  const numbers = Buffer.alloc(20);
  numbers.writeUInt32BE(ttl, 16);
  const data = Buffer.concat([wireName('ns.stub.example'), wireName('root.stub.example'), numbers]);
  return [Buffer.concat([wireName('example'), fixedFields(6, 3600, data)])];
}

function noiseOf(kind: Noise, response: Buffer): Buffer {
  const noise = Buffer.from(response);
  switch (kind) {
    case 'garbage':
      return Buffer.from('this is no DNS message');
    case 'wrong id':
      noise.writeUInt16BE(noise.readUInt16BE(0) ^ 1, 0);
      return noise;
    case 'wrong question':
      noise[13] = 'x'.charCodeAt(0);
      return noise;
    case 'damaged':
      return noise.subarray(0, noise.length - 1);
    case 'foreign':
      noise[noise.length - 1] = (noise.at(-1) ?? 0) ^ 1;
      return noise;
  }
}

function wireName(name: string): Buffer {
  const bytes = encodeName(name);
  if (bytes === undefined) throw new Error(`${name} is no name`);
  return bytes;
}
