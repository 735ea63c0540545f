// Serves a mail filter on a unix socket or a TCP port, and holds each MTA to its limits.
import { createServer, type Socket } from 'node:net';
import { closeServer } from '../lib/close-server.ts';
import type { Counters } from '../lib/counters.ts';
import { listen, type SocketAccess } from '../lib/listen.ts';
import type { Log } from '../lib/log.ts';
import { logConnection } from '../lib/log-connection.ts';
import { formatSocketAddress, type SocketAddress } from '../lib/socket-address.ts';
import { createTrouble, type Trouble } from '../lib/trouble.ts';
import { MilterConnection } from './milter-connection.ts';
import type { PacketLimits } from './milter-packets.ts';
import { createMilterSession, type MessageLimits, type MilterFilter } from './milter-session.ts';

/** What one MTA may take of us. */
export interface MilterLimits extends PacketLimits, MessageLimits {
  /** Connections at a time; more are closed at once. */
  readonly connections: number;
  /** Seconds without a whole packet from the MTA. */
  readonly idle: number;
}

/** An SMTP client may be silent for an hour (Sendmail's Timeout.command); libmilter waits 7210 s for the MTA. */
const DEFAULT_MILTER_LIMITS: MilterLimits = {
  packet: 262_144,
  command: 16_384,
  recipients: 10_000,
  recipientCharacters: 1_048_576,
  headers: 10_000,
  // Header lines of 4 bytes would make a message of 400 MB.
  commands: 100_000_000,
  connections: 1000,
  idle: 7210,
};

export interface MilterServerOptions extends SocketAccess {
  readonly address: SocketAddress;
  readonly filter: MilterFilter;
  readonly log: Log;
  readonly counters: Counters;
  readonly limits?: Partial<MilterLimits>;
  /** Seconds that an answer in hand gets when the server is closed; asked for then. */
  readonly closeWithin?: () => number;
}

export interface MilterServer extends AsyncDisposable {
  /** Where it listens; with the real port if 0 was asked for. */
  readonly address: SocketAddress;
}

/** Seconds for which a trouble that was logged is not logged again. */
const QUIET = 60;

/**
 * Listens and serves until it is closed. Closing lets the checks in hand be answered first. Throws an error with a
 * message for an administrator if it can't listen.
 */
export async function startMilterServer(options: MilterServerOptions): Promise<MilterServer> {
  const { log, closeWithin = () => 5 } = options;
  const limits = { ...DEFAULT_MILTER_LIMITS, ...options.limits };
  const connections = new Set<MilterConnection>();
  const trouble = createTrouble({ ...options, name: 'milter', quietSweeps: 1 });
  const server = createServer({ noDelay: true });
  server.maxConnections = limits.connections;
  server.on('connection', (socket) => accept(socket, connections, { ...options, limits, trouble }));
  server.on('drop', () => trouble.report('connection refused', `more than ${limits.connections} connections`));
  const address = await listen(server, options.address, options);
  // Such as no file descriptor left: the next connection may have more luck.
  server.on('error', (error) => trouble.report('connection refused', error.message));
  const sweeping = setInterval(() => trouble.sweep(), QUIET * 1000).unref();
  log.event(0, 'listening', { via: 'milter', address: formatSocketAddress(address) });
  return {
    address,
    [Symbol.asyncDispose]: async () => {
      await closeServer(server, connections, closeWithin());
      clearInterval(sweeping);
    },
  };
}

interface Service {
  readonly filter: MilterFilter;
  readonly limits: MilterLimits;
  readonly log: Log;
  readonly trouble: Trouble;
}

function accept(socket: Socket, connections: Set<MilterConnection>, { filter, limits, log, trouble }: Service): void {
  const connection = new MilterConnection(socket, {
    session: createMilterSession(filter, limits),
    limits,
    log,
    onCutOff: (cause) => trouble.report('mail server cut off', cause),
  });
  connections.add(connection);
  logConnection(socket, 'milter', log);
  socket.once('close', () => connections.delete(connection));
}
