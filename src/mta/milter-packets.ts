// The mail filter protocol of Sendmail and Postfix, as bytes (sendmail's include/libmilter/mfdef.h). A packet is a length of
// 32 bits (most significant byte first), a letter and data; the length counts letter and data. Strings end with a NUL.
// Here are the MTA's commands; our replies are in milter-replies.ts.

/** Macros by their names without braces: `i`, `auth_authen`. */
export type Macros = ReadonlyMap<string, string>;

/** Who connected to the MTA. `name` is the verified name, or the address in brackets; `address` may have an `IPv6:` tag. */
export interface ClientInfo {
  readonly name: string;
  readonly family: 'unknown' | 'unix' | 'inet' | 'inet6';
  readonly port: number;
  /** Empty when the family is unknown, a path when it is unix. */
  readonly address: string;
}

/** An address as the client wrote it, in angle brackets, and ESMTP's parameters (`SIZE=1000`). */
interface Envelope {
  readonly address: string;
  readonly parameters: readonly string[];
}

/** What the MTA offers at the start: the highest version it speaks, and bits (milter-negotiation.ts). */
export interface Offer {
  readonly version: number;
  readonly actions: number;
  readonly steps: number;
}

/** What macros can be about, and what each step is called. */
export type Step = 'connect' | 'helo' | 'mail' | 'rcpt' | 'data' | 'header' | 'eoh' | 'body' | 'eom' | 'unknown';

export type Command =
  | ({ readonly kind: 'negotiate' } & Offer)
  /** Precedes the command of its step. */
  | { readonly kind: 'macros'; readonly step: Step; readonly macros: Macros }
  | ({ readonly kind: 'connect' } & ClientInfo)
  | { readonly kind: 'helo'; readonly name: string }
  | ({ readonly kind: 'mail' } & Envelope)
  | ({ readonly kind: 'rcpt' } & Envelope)
  | { readonly kind: 'data' }
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  /** The end of the headers. */
  | { readonly kind: 'eoh' }
  | { readonly kind: 'body'; readonly bytes: Buffer }
  /** The end of the message; it may bring the last piece of the body. */
  | { readonly kind: 'eom'; readonly bytes: Buffer }
  /** An SMTP command that the MTA does not know. */
  | { readonly kind: 'unknown'; readonly line: string }
  | { readonly kind: 'abort' }
  | { readonly kind: 'quit' }
  /** The MTA goes on with another client on this connection. */
  | { readonly kind: 'quit-nc' }
  /** Nothing that follows can be understood. */
  | { readonly kind: 'malformed'; readonly cause: string };

export interface PacketLimits {
  /** Bytes of a header or a piece of the body. Postfix sends headers whole (header_size_limit 102400), Sendmail 65535. */
  readonly packet: number;
  /** Bytes of any other command. */
  readonly command: number;
}

export interface CommandReader {
  /** The commands that these bytes complete, in their order. After a malformed one there are no more. */
  read(bytes: Buffer): readonly Command[];
}

const LENGTH_BYTES = 4;
const NOTHING = Buffer.alloc(0);
const LARGE: ReadonlySet<string> = new Set(['L', 'B', 'E']);

/** A reader for one connection; how the network cut the bytes makes no difference. It holds at most one packet. */
export function createCommandReader(limits: PacketLimits): CommandReader {
  let held = NOTHING;
  let filled = 0;
  let broken = false;

  /** Room doubles, so that a packet that comes byte by byte is not copied for each of them. */
  const hold = (bytes: Buffer): void => {
    if (filled + bytes.length > held.length) {
      const larger = Buffer.allocUnsafe(Math.max(filled + bytes.length, filled * 2));
      held.copy(larger, 0, 0, filled);
      held = larger;
    }
    bytes.copy(held, filled);
    filled += bytes.length;
  };

  return {
    read: (bytes) => {
      if (broken) return [];
      if (filled > 0) hold(bytes);
      const all = filled > 0 ? held.subarray(0, filled) : bytes;
      const { commands, used, bad } = readCommands(all, limits);
      broken = bad;
      if (used > 0 || filled === 0) {
        // What was held may be part of a command now: it is not written to again.
        held = NOTHING;
        filled = 0;
        if (!bad && used < all.length) hold(all.subarray(used));
      }
      return commands;
    },
  };
}

interface Progress {
  readonly commands: readonly Command[];
  readonly used: number;
  readonly bad: boolean;
}

function readCommands(bytes: Buffer, limits: PacketLimits): Progress {
  const commands: Command[] = [];
  let at = 0;
  while (bytes.length - at > LENGTH_BYTES) {
    const length = bytes.readUInt32BE(at);
    const start = at + LENGTH_BYTES;
    const letter = String.fromCharCode(bytes[start] ?? 0);
    const command = refuse(letter, length, limits) ?? readCommand(letter, bytes, start, length);
    if (command === undefined) break;
    commands.push(command);
    at = start + length;
    if (command.kind === 'malformed') return { commands, used: bytes.length, bad: true };
  }
  return { commands, used: at, bad: false };
}

/** Told from the first five bytes, before anything is kept. */
function refuse(letter: string, length: number, limits: PacketLimits): Command | undefined {
  if (length === 0) return malformed('empty packet');
  if (!DECODERS.has(letter)) return malformed(`unknown command ${JSON.stringify(letter)}`);
  const longest = LARGE.has(letter) ? limits.packet : limits.command;
  return length > longest ? malformed(`packet ${letter} of ${length} bytes, more than ${longest}`) : undefined;
}

function readCommand(letter: string, bytes: Buffer, start: number, length: number): Command | undefined {
  if (bytes.length < start + length) return undefined;
  const data = bytes.subarray(start + 1, start + length);
  return DECODERS.get(letter)?.(data) ?? malformed(`malformed packet ${letter}`);
}

function malformed(cause: string): Command {
  return { kind: 'malformed', cause };
}

/** Returns undefined if the data is not what the command demands. */
type Decoder = (data: Buffer) => Command | undefined;

const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['O', decodeOffer],
  ['D', decodeMacros],
  ['C', decodeClient],
  ['H', (data) => decodeOne(data, (name) => ({ kind: 'helo', name }))],
  ['M', (data) => decodeEnvelope('mail', data)],
  ['R', (data) => decodeEnvelope('rcpt', data)],
  ['T', () => ({ kind: 'data' })],
  ['L', decodeHeader],
  ['N', () => ({ kind: 'eoh' })],
  ['B', (bytes) => ({ kind: 'body', bytes })],
  ['E', (bytes) => ({ kind: 'eom', bytes })],
  ['U', (data) => decodeOne(data, (line) => ({ kind: 'unknown', line }))],
  ['A', () => ({ kind: 'abort' })],
  ['Q', () => ({ kind: 'quit' })],
  ['K', () => ({ kind: 'quit-nc' })],
]);

const STEPS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ['C', 'connect'],
  ['H', 'helo'],
  ['M', 'mail'],
  ['R', 'rcpt'],
  ['T', 'data'],
  ['L', 'header'],
  ['N', 'eoh'],
  ['B', 'body'],
  ['E', 'eom'],
  ['U', 'unknown'],
]);

const FAMILIES: ReadonlyMap<string, ClientInfo['family']> = new Map<string, ClientInfo['family']>([
  ['U', 'unknown'],
  ['L', 'unix'],
  ['4', 'inet'],
  ['6', 'inet6'],
]);

function decodeOffer(data: Buffer): Command | undefined {
  if (data.length < 12) return undefined;
  const [version, actions, steps] = [data.readUInt32BE(0), data.readUInt32BE(4), data.readUInt32BE(8)];
  return { kind: 'negotiate', version, actions, steps };
}

function decodeMacros(data: Buffer): Command | undefined {
  const step = STEPS.get(String.fromCharCode(data[0] ?? 0));
  const words = strings(data.subarray(1));
  if (step === undefined || words === undefined || words.length % 2 !== 0) return undefined;
  const macros = new Map<string, string>();
  for (let i = 0; i < words.length; i += 2)
    macros.set((words[i] ?? '').replace(/^\{(.*)\}$/, '$1'), words[i + 1] ?? '');
  return { kind: 'macros', step, macros };
}

function decodeClient(data: Buffer): Command | undefined {
  const end = data.indexOf(0);
  const family = FAMILIES.get(String.fromCharCode(data[end + 1] ?? 0));
  if (end < 0 || family === undefined) return undefined;
  const name = data.toString('utf8', 0, end);
  if (family === 'unknown') return { kind: 'connect', name, family, port: 0, address: '' };
  const rest = data.subarray(end + 2);
  const [address] = (rest.length > 2 && strings(rest.subarray(2))) || [];
  return address === undefined ? undefined : { kind: 'connect', name, family, port: rest.readUInt16BE(0), address };
}

function decodeOne(data: Buffer, build: (text: string) => Command): Command | undefined {
  const [text] = strings(data) ?? [];
  return text === undefined ? undefined : build(text);
}

function decodeEnvelope(kind: 'mail' | 'rcpt', data: Buffer): Command | undefined {
  const [address, ...parameters] = strings(data) ?? [];
  return address === undefined ? undefined : { kind, address, parameters };
}

function decodeHeader(data: Buffer): Command | undefined {
  const [name, value, ...more] = strings(data) ?? [];
  return name === undefined || value === undefined || more.length > 0 ? undefined : { kind: 'header', name, value };
}

/** Strings that each end with a NUL; undefined if the last one does not. Bytes that are no UTF-8 become U+FFFD. */
function strings(data: Buffer): readonly string[] | undefined {
  if (data.length > 0 && data[data.length - 1] !== 0) return undefined;
  return data.toString().split('\0').slice(0, -1);
}
