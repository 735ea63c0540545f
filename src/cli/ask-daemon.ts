// Puts one command to the running daemon over its local socket.
import { connect, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { readableConfig } from '../config/load-config.ts';
import type { Location } from '../config/locate-config.ts';
import { socketsOf } from '../config/listeners.ts';
import { causeOf, errorCode } from '../lib/error-cause.ts';
import { quoteWord } from '../lib/quote-word.ts';
import { formatSocketAddress, type SocketAddress } from '../lib/socket-address.ts';
import { type Answer, END, formatLines, MOST_LISTED, parseAnswer, withoutDot } from '../peers/sync-protocol.ts';

/** Milliseconds of silence after which the daemon counts as hung. */
const PATIENCE = 30_000;

/** No daemon could be asked. */
export class Unreachable extends Error {
  /** Its socket is there, but not for this user. */
  readonly denied: boolean;

  constructor(cause: unknown, address: SocketAddress) {
    super(explain(cause, address), { cause });
    this.denied = errorCode(cause) === 'EACCES';
  }
}

/** The daemon's no to a command. */
export class Refusal extends Error {
  constructor(text: string, command: string) {
    super(text === UNKNOWN_COMMAND ? `ddgreyd does not know ${command.replace(/ .*$/s, '')}: ${OTHER_VERSION}` : text);
  }
}

/** What every version says to a command of later ones. */
const UNKNOWN_COMMAND = 'unknown command';
const OTHER_VERSION = 'it is of another version than this program, perhaps not started anew since an upgrade';

/**
 * The daemon's answer to a command line, and to the lines that follow it. Throws, in words for an administrator, if no answer
 * comes, and a Refusal if the answer is one.
 */
export async function askDaemon(location: Location, command: string, lines?: readonly string[]): Promise<Answer> {
  const body = lines === undefined ? '' : `${formatLines(lines)}${END}`;
  const address = syncAddress(location);
  const answer = await exchange(open(address), `${command}\r\n${body}`).catch((error: unknown) => {
    throw new Unreachable(error, address);
  });
  if (answer.code >= 400) throw new Refusal(answer.text, command);
  return answer;
}

/** A listing of the daemon, which may end early. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** What to say if there may be more items. */
  readonly note: string | undefined;
}

/** The items of the listing that answers a command. Throws as askDaemon. */
export async function askForList<T>(location: Location, command: string): Promise<Listed<T>> {
  const items = itemsOf<T>(await askDaemon(location, command));
  const note =
    items.length < MOST_LISTED
      ? undefined
      : `only ${MOST_LISTED} are shown; name an address, network or domain to see others`;
  return { items, note };
}

/**
 * The lines of the document that answers a command, many at a time, however many there are. Throws as askDaemon.
 * `patience`: milliseconds that the daemon may be silent while more is asked of it.
 */
export async function* askForLines(
  location: Location,
  command: string,
  patience: number = PATIENCE,
): AsyncGenerator<readonly string[]> {
  const address = syncAddress(location);
  try {
    yield* documentLines(open(address, patience), command, patience);
  } catch (error) {
    throw error instanceof Refusal ? error : new Unreachable(error, address);
  }
}

/** The items of the listing that answers a command, many at a time, however many there are. Throws as askDaemon. */
export async function* askForItems<T>(location: Location, command: string): AsyncGenerator<readonly T[]> {
  for await (const lines of askForLines(location, command)) yield lines.map((line) => JSON.parse(line) as T);
}

/** An argument as one word of a command line. Throws, in words for an administrator, if it can't be one. */
export function quoteArgument(text: string): string {
  const word = quoteWord(text);
  if (word === undefined) throw new Error(`line ends and every kind of quotes at once can't be sent: ${text}`);
  return word;
}

/** The one item of a document, in JSON. It is not checked: the daemon is of our own version. */
export function itemOf<T>({ document }: Answer): T {
  return JSON.parse(document.join('\n')) as T;
}

/** The items of a document that has one on each line. */
export function itemsOf<T>({ document }: Answer): readonly T[] {
  return document.map((line) => JSON.parse(line) as T);
}

/** The daemon's local socket, by what can be read of the configuration: a mistake elsewhere in it is no reason not to ask. */
function syncAddress({ directory, configFile }: Location): SocketAddress {
  const { config } = readableConfig(configFile);
  const listener = socketsOf(config, directory).find(({ protocol }) => protocol === 'sync');
  if (listener !== undefined) return listener.address;
  return { kind: 'unix', path: resolve(directory, 'ddgrey.socket') };
}

function open(address: SocketAddress, patience = PATIENCE): Socket {
  const socket = connect(address);
  return socket.setEncoding('utf8').setTimeout(patience, () => socket.destroy(new Error('no answer')));
}

async function exchange(socket: Socket, wire: string): Promise<Answer> {
  socket.write(wire);
  let received = '';
  try {
    for await (const chunk of socket) {
      received += chunk;
      // A long document comes in hundreds of chunks, of which the last one alone is sure to end a line.
      const answer = String(chunk).endsWith('\n') ? finalAnswer(received) : undefined;
      if (answer !== undefined) return answer;
    }
  } finally {
    socket.destroy();
  }
  throw new Error('the connection ended in the middle of the answer');
}

/** The last answer: where lines follow a command, the one to the lines. */
function finalAnswer(received: string): Answer | undefined {
  const answer = parseAnswer(received);
  return answer?.code === 301 ? parseAnswer(received.slice(received.indexOf('\n') + 1)) : answer;
}

async function* documentLines(socket: Socket, command: string, patience: number): AsyncGenerator<readonly string[]> {
  socket.write(`${command}\r\n`);
  let rest = '';
  let begun = false;
  try {
    for await (const chunk of socket) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      if (lines.length === 0) continue;
      if (!begun) {
        const { code, text } = parseAnswer(`${lines.shift()}\n.\n`) ?? { code: 500, text: '' };
        if (code !== 300) throw new Refusal(text, command);
        begun = true;
      }
      const whole = lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
      const end = whole.indexOf('.');
      // Nothing is read while somebody works on these lines: that silence is not the daemon's.
      socket.setTimeout(0);
      yield whole.slice(0, end < 0 ? whole.length : end).map(withoutDot);
      socket.setTimeout(patience);
      if (end >= 0) return;
    }
  } finally {
    socket.destroy();
  }
  throw new Error('the connection ended in the middle of the answer');
}

function explain(error: unknown, address: SocketAddress): string {
  const where = formatSocketAddress(address);
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return `no ddgreyd answers on ${where}; is it running?`;
  if (code === 'EACCES') return `no permission to talk to ddgreyd on ${where}; try as root or as its user`;
  return `ddgreyd on ${where}: ${causeOf(error)}`;
}
