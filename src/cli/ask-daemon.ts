// Puts one command to the running daemon over its local socket.
import { connect, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { loadConfig } from '../config/load-config.ts';
import type { Location } from '../config/locate-config.ts';
import { listenersOf } from '../config/listeners.ts';
import { quoteWord } from '../lib/quote-word.ts';
import { formatSocketAddress, type SocketAddress } from '../lib/socket-address.ts';
import { type Answer, parseAnswer } from '../peers/sync-protocol.ts';

/** Milliseconds of silence after which the daemon counts as hung. */
const PATIENCE = 30_000;

/** The daemon's answer to a command line. Throws, in words for an administrator, if none comes or it is a refusal. */
export async function askDaemon(location: Location, command: string): Promise<Answer> {
  const address = syncAddress(location);
  const answer = await exchange(open(address), command).catch((error: unknown) => {
    throw new Error(explain(error, address), { cause: error });
  });
  if (answer.code >= 400) throw new Error(answer.text);
  return answer;
}

/** An argument as one word of a command line. Throws, in words for an administrator, if it can't be one. */
export function quoteArgument(text: string): string {
  const word = quoteWord(text);
  if (word === undefined) throw new Error(`line ends and every kind of quotes at once can't be sent: ${text}`);
  return word;
}

function syncAddress({ directory, configFile }: Location): SocketAddress {
  const listener = listenersOf(loadConfig(configFile).config, directory).find(({ protocol }) => protocol === 'sync');
  if (listener !== undefined) return listener.address;
  return { kind: 'unix', path: resolve(directory, 'ddgrey.socket') };
}

function open(address: SocketAddress): Socket {
  return address.kind === 'unix' ? connect(address.path) : connect(address.port, address.host);
}

async function exchange(socket: Socket, command: string): Promise<Answer> {
  socket.setEncoding('utf8').setTimeout(PATIENCE, () => socket.destroy(new Error('no answer')));
  socket.write(`${command}\r\n`);
  let received = '';
  try {
    for await (const chunk of socket) {
      received += chunk;
      // A long document comes in hundreds of chunks, of which the last one alone is sure to end a line.
      const answer = String(chunk).endsWith('\n') ? parseAnswer(received) : undefined;
      if (answer !== undefined) return answer;
    }
  } finally {
    socket.destroy();
  }
  throw new Error('the connection ended in the middle of the answer');
}

function explain(error: unknown, address: SocketAddress): string {
  const where = formatSocketAddress(address);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return `no ddgreyd answers on ${where}; is it running?`;
  if (code === 'EACCES') return `no permission to talk to ddgreyd on ${where}; try as root or as its user`;
  return `ddgreyd on ${where}: ${error instanceof Error ? error.message : String(error)}`;
}
