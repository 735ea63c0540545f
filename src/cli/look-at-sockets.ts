// What `ddgrey doctor` looks at in the network: the daemon's sockets, and other servers.
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { isUsual } from '../config/listeners.ts';
import type { Location } from '../config/locate-config.ts';
import type { Config } from '../config/options.ts';
import { causeOf, errorCode } from '../lib/error-cause.ts';
import { isOwnAddress } from '../lib/own-address.ts';
import { absoluteAddress, formatSocketAddress, type SocketAddress } from '../lib/socket-address.ts';
import type { CentralFacts } from './central-findings.ts';
import type { OwnSocket } from './listens-there.ts';
import { stepsIfThere } from './look-at-machine.ts';
import type { SocketFacts } from './socket-findings.ts';

/** The sockets on which others than the command line ask. Port 0 is another one each time, and can't be looked for. */
export function lookAtSockets(own: readonly OwnSocket[], { directory }: Location): Promise<readonly SocketFacts[]> {
  const sockets = own.filter(
    ({ protocol, address }) => protocol !== 'sync' && (address.kind === 'unix' || address.port !== 0),
  );
  return Promise.all(
    sockets.map(async ({ protocol, address }) => ({
      protocol,
      address,
      listening: (protocol === 'peer' ? isPortOpen(address) : undefined) ?? (await isListening(address)),
      steps: address.kind === 'unix' ? stepsIfThere(address.path) : [],
      usual: isUsual({ protocol, address }, directory),
    })),
  );
}

/** Milliseconds after which a connection on this machine is given up. */
const PATIENCE = 3000;
const LONGEST_GREETING = 200;

/** Whether somebody takes a connection there. */
function isListening(address: SocketAddress): Promise<SocketFacts['listening']> {
  const { promise, resolve } = Promise.withResolvers<SocketFacts['listening']>();
  const socket = connect(reachedAt(address));
  socket.setTimeout(PATIENCE, () => resolve('no'));
  socket.on('connect', () => resolve('yes'));
  socket.on('error', (error) => resolve(errorCode(error) === 'EACCES' ? 'denied' : 'no'));
  return promise.finally(() => socket.destroy());
}

/**
 * Where a socket is reached from this machine. One on all addresses of IPv6 is so by IPv4, too, also where IPv6 is
 * switched off, as in most containers: there a connection to [::] fails.
 */
function reachedAt(address: SocketAddress): SocketAddress {
  return address.kind === 'tcp' && address.host === '::' ? { ...address, host: '127.0.0.1' } : address;
}

/**
 * Whether somebody listens on the port, by Linux's /proc; undefined: that can't be told. It is not tried: this machine
 * has no right to the port of other servers, so a connection would leave a line of trouble in the daemon's log.
 */
function isPortOpen(address: SocketAddress): SocketFacts['listening'] | undefined {
  if (address.kind === 'unix') return undefined;
  const port = address.port.toString(16).toUpperCase().padStart(4, '0');
  // A socket's local and remote address, and 0A: LISTEN (proc(5)).
  const listens = new RegExp(`^ *\\d+: [\\dA-F]+:${port} [\\dA-F]+:0000 0A `, 'm');
  try {
    return ['tcp', 'tcp6'].some((table) => listens.test(readFileSync(`/proc/net/${table}`, 'utf8'))) ? 'yes' : 'no';
  } catch {
    return undefined;
  }
}

/** The server of client mode, asked from here: the daemon finds out only when something is new to it. */
export async function centralServers(
  { GREY_MODE: mode, GREY_SOCKET: socket }: Config,
  { directory }: Location,
): Promise<readonly CentralFacts[]> {
  if (mode !== 'CLIENT') return [];
  const address = absoluteAddress(socket, directory);
  return [{ address: formatSocketAddress(address), greeting: await greetingAt(address) }];
}

/** What the server at the address says first to whoever connects. */
async function greetingAt(address: SocketAddress): Promise<CentralFacts['greeting']> {
  const socket = connect(address).setEncoding('utf8');
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error('no word')));
  let said = '';
  try {
    for await (const chunk of socket) {
      said += chunk;
      if (said.includes('\n') || said.length > LONGEST_GREETING) break;
    }
  } catch (error) {
    return { problem: causeOf(error) };
  } finally {
    socket.destroy();
  }
  return said === '' ? { problem: 'closed without a word' } : { line: said.replace(/\r?\n.*/s, '') };
}

/** Whether the name or address is one of this machine. */
export async function isThisMachine(host: string): Promise<boolean> {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.some(({ address }) => isOwnAddress(address) === true);
}
