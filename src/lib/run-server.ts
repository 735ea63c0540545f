// What servers of lines and of packets have in common: where they listen, and how they end.
import { once } from 'node:events';
import type { Server } from 'node:net';
import type { Counters } from './counters.ts';
import { listen, type SocketAccess } from './listen.ts';
import type { Log } from './log.ts';
import { formatSocketAddress, type SocketAddress } from './socket-address.ts';
import type { Trouble } from './trouble.ts';

export interface ServerOptions extends SocketAccess {
  readonly address: SocketAddress;
  readonly log: Log;
  readonly counters: Counters;
  /** Seconds that answers in hand get when the server is closed; asked for then. */
  readonly closeWithin?: () => number;
}

export interface RunningServer extends AsyncDisposable {
  /** Where it listens; with the real port if 0 was asked for. */
  readonly address: SocketAddress;
}

/** A connection of the server. */
export interface Closable {
  /** Answers what it has in hand, and closes. */
  finish(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface ServedConnections {
  /** The protocol's name, for the log. */
  readonly name: string;
  readonly connections: Iterable<Closable>;
  readonly trouble: Trouble;
  /** Called at each interval. */
  readonly sweep?: () => void;
  /** Seconds between two sweeps; trouble is swept at the same time. */
  readonly interval: number;
}

/**
 * Listens until it is closed. Closing lets the checks in hand be answered first. Throws an error with a message for an
 * administrator if it can't listen.
 */
export async function runServer(
  server: Server,
  options: ServerOptions,
  { name, connections, trouble, sweep, interval }: ServedConnections,
): Promise<RunningServer> {
  const { log, closeWithin = () => 5 } = options;
  const address = await listen(server, options.address, options);
  // A client that could not be accepted: the next one may have more luck. (Of descriptors see watch-descriptors.ts.)
  server.on('error', (error) => trouble.report('connection refused', error.message));
  const sweeping = setInterval(() => {
    trouble.sweep();
    sweep?.();
  }, interval * 1000).unref();
  log.event(0, 'listening', { via: name, address: formatSocketAddress(address) });
  return {
    address,
    [Symbol.asyncDispose]: async () => {
      await close(server, connections, closeWithin());
      clearInterval(sweeping);
    },
  };
}

/** Stops listening, which removes a unix socket's file, and cuts off who is left after `within` seconds. */
async function close(server: Server, connections: Iterable<Closable>, within: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const connection of connections) connection.finish();
  const deadline = setTimeout(() => {
    for (const connection of connections) connection.destroy();
  }, within * 1000);
  await closed;
  clearTimeout(deadline);
}
