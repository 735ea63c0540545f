// Serves a protocol of lines on a unix socket or a TCP port, and holds each client to its limits.
import { createServer, type Socket } from 'node:net';
import { causeOf } from './error-cause.ts';
import { LineConnection, type ConnectionParts } from './line-connection.ts';
import { addressOf, DEFAULT_LIMITS, type LineLimits, type LineProtocol, type Peer } from './line-protocol.ts';
import { logConnection } from './log-connection.ts';
import { secureServer } from './mutual-tls.ts';
import { type RunningServer, runServer, type ServerOptions } from './run-server.ts';
import type { SocketAddress } from './socket-address.ts';
import { createTrouble } from './trouble.ts';

export interface LineServerOptions extends ServerOptions {
  readonly protocol: LineProtocol;
  readonly limits?: Partial<LineLimits>;
}

/** Seconds between two looks at the connections: one timer for all, since a timer a request would cost too much. */
const SWEEP_INTERVAL = 5;
/** Milliseconds of silence after which the system asks whether the other end is still there. */
const KEEP_ALIVE = 60_000;

/** Serves until it is closed, as runServer says. */
export async function startLineServer(options: LineServerOptions): Promise<RunningServer> {
  const { protocol, log, counters } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const interval = Math.min(SWEEP_INTERVAL, limits.idle / 4);
  const connections = new Set<LineConnection>();
  const trouble = createTrouble({ name: protocol.name, log, counters, interval });
  const parts: ConnectionParts = {
    protocol,
    limits,
    log,
    idleSweeps: Math.ceil(limits.idle / interval),
    onTrouble: (what, cause, client) => trouble.report(what, cause, client),
    onClose: (connection) => connections.delete(connection),
    // The connection stays in the set during the handshake, so that it is cut off if that takes too long.
    onSecure: (connection, socket, peer, identity) => {
      secureServer(socket, identity).then(
        (secure) => {
          connections.delete(connection);
          accept(secure, securedPeer(peer));
        },
        (error: unknown) => trouble.report('tls refused', causeOf(error), addressOf(peer)),
      );
    },
  };
  const accept = (socket: Socket, peer: Peer): void => {
    connections.add(new LineConnection(socket, peer, parts));
    logConnection(socket, protocol.name, log);
  };

  const server = createServer({
    allowHalfOpen: true,
    noDelay: true,
    highWaterMark: limits.unread,
    // A client that waits for reports, of which none may come for days, would not be missed otherwise when its line is dead.
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE,
  });
  server.on('connection', (socket) => {
    if (connections.size < limits.connections) return accept(socket, peerOf(socket, options.address));
    trouble.report('connection refused', `more than ${limits.connections} connections`);
    refuse(socket, protocol.busy);
  });
  const sweep = (): void => {
    for (const connection of connections) connection.sweep();
  };
  return runServer(server, options, { name: protocol.name, connections, trouble, sweep, interval });
}

function securedPeer(peer: Peer): Peer {
  return peer.kind === 'unix' ? peer : { ...peer, secure: true };
}

/** A client that is gone already has no address, and must not be taken for somebody of this machine. */
function peerOf(socket: Socket, { kind }: SocketAddress): Peer {
  return kind === 'unix' ? { kind } : { kind, address: socket.remoteAddress ?? '' };
}

function refuse(socket: Socket, text = ''): void {
  socket.on('error', () => {});
  if (text !== '') socket.write(text);
  socket.destroySoon();
}
