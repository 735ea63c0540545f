// Serves a protocol of lines on a unix socket or a TCP port, and holds each client to its limits.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Counters } from './counters.ts';
import { LineConnection, type ConnectionParts } from './line-connection.ts';
import { DEFAULT_LIMITS, type LineLimits, type LineProtocol } from './line-protocol.ts';
import { listen, type SocketAccess } from './listen.ts';
import type { Log } from './log.ts';
import { formatSocketAddress, type SocketAddress } from './socket-address.ts';

export interface LineServerOptions extends SocketAccess {
  readonly address: SocketAddress;
  readonly protocol: LineProtocol;
  readonly log: Log;
  readonly counters: Counters;
  readonly limits?: Partial<LineLimits>;
  /** Seconds that answers in hand get when the server is closed. */
  readonly closeWithin?: number;
}

export interface LineServer extends AsyncDisposable {
  /** Where it listens; with the real port if 0 was asked for. */
  readonly address: SocketAddress;
}

/** Seconds between two looks at the connections: one timer for all, since a timer a request would cost too much. */
const SWEEP_INTERVAL = 5;
/** Seconds for which a trouble that was logged is not logged again. */
const QUIET = 60;

/**
 * Listens and serves until it is closed. Closing lets the checks in hand be answered first. Throws an error with a
 * message for an administrator if it can't listen.
 */
export async function startLineServer(options: LineServerOptions): Promise<LineServer> {
  const { protocol, log, closeWithin = 5 } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const interval = Math.min(SWEEP_INTERVAL, limits.idle / 4);
  const connections = new Set<LineConnection>();
  const trouble = createTrouble(options, Math.ceil(QUIET / interval));
  const parts: ConnectionParts = {
    protocol,
    limits,
    log,
    idleSweeps: Math.ceil(limits.idle / interval),
    onTrouble: (what, cause) => trouble.report(what, cause),
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: limits.unread });
  server.maxConnections = limits.connections;
  server.on('connection', (socket) => accept(socket, connections, parts));
  server.on('drop', () => trouble.report('connection refused', `more than ${limits.connections} connections`));
  const address = await listen(server, options.address, options);
  // Such as no file descriptor left: the next client may have more luck.
  server.on('error', (error) => trouble.report('connection refused', error.message));
  const sweeping = setInterval(() => {
    trouble.sweep();
    for (const connection of connections) connection.sweep();
  }, interval * 1000).unref();
  log.event(0, 'listening', { via: protocol.name, address: formatSocketAddress(address) });

  return {
    address,
    [Symbol.asyncDispose]: async () => {
      await close(server, connections, closeWithin);
      clearInterval(sweeping);
    },
  };
}

function accept(socket: Socket, connections: Set<LineConnection>, parts: ConnectionParts): void {
  const connection = new LineConnection(socket, parts);
  connections.add(connection);
  socket.once('close', () => connections.delete(connection));
  if (parts.log.on(1)) logConnection(socket, parts);
}

function logConnection(socket: Socket, { log, protocol }: ConnectionParts): void {
  // Of a unix socket there is no address.
  const fields = { via: protocol.name, client: socket.remoteAddress };
  log.event(1, 'connected', fields);
  socket.once('close', () => log.event(1, 'disconnected', fields));
}

/** Stops listening (which removes a unix socket's file), lets answers in hand go out, then cuts off who is left. */
async function close(server: Server, connections: Set<LineConnection>, within: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const connection of connections) connection.finish();
  const deadline = setTimeout(() => {
    for (const connection of connections) connection.destroy();
  }, within * 1000);
  await closed;
  clearTimeout(deadline);
}

/** Trouble that may come a thousand times a second: each is counted, and each kind logged once in a while. */
interface Trouble {
  report(what: string, cause: string): void;
  sweep(): void;
}

function createTrouble({ protocol, log, counters }: LineServerOptions, quietSweeps: number): Trouble {
  const quiet = new Map<string, number>();
  return {
    report: (what, cause) => {
      counters.add(`${protocol.name} ${what}`);
      if (quiet.has(what)) return;
      quiet.set(what, quietSweeps);
      log.event(0, what, { via: protocol.name, cause });
    },
    sweep: () => {
      for (const [what, sweeps] of quiet) {
        if (sweeps <= 1) quiet.delete(what);
        else quiet.set(what, sweeps - 1);
      }
    },
  };
}
