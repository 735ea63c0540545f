// Serves a mail filter on a unix socket or a TCP port, and holds each MTA to its limits.
import { createServer, type Socket } from 'node:net';
import type { Log } from '../lib/log.ts';
import { logConnection } from '../lib/log-connection.ts';
import { type RunningServer, runServer, type ServerOptions } from '../lib/run-server.ts';
import { createTrouble, type Trouble } from '../lib/trouble.ts';
import { MilterConnection } from './milter-connection.ts';
import type { PacketLimits } from './milter-packets.ts';
import { type MessageLimits, type MilterFilter, MilterSession } from './milter-session.ts';

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

export interface MilterServerOptions extends ServerOptions {
  readonly filter: MilterFilter;
  readonly limits?: Partial<MilterLimits>;
}

/** Seconds between two sweeps of what is logged once in a while. */
const SWEEP_INTERVAL = 60;

/** Serves until it is closed, as runServer says. */
export async function startMilterServer(options: MilterServerOptions): Promise<RunningServer> {
  const limits = { ...DEFAULT_MILTER_LIMITS, ...options.limits };
  const serving = { name: 'milter', interval: SWEEP_INTERVAL, connections: new Set<MilterConnection>() };
  const trouble = createTrouble({ ...options, ...serving });
  const server = createServer({ noDelay: true });
  server.maxConnections = limits.connections;
  server.on('connection', (socket) => accept(socket, serving.connections, { ...options, limits, trouble }));
  server.on('drop', () => trouble.report('connection refused', `more than ${limits.connections} connections`));
  return runServer(server, options, { ...serving, trouble });
}

interface Service {
  readonly filter: MilterFilter;
  readonly limits: MilterLimits;
  readonly log: Log;
  readonly trouble: Trouble;
}

function accept(socket: Socket, connections: Set<MilterConnection>, { filter, limits, log, trouble }: Service): void {
  const connection = new MilterConnection(socket, {
    session: new MilterSession(filter, limits),
    limits,
    log,
    onCutOff: (cause) => trouble.report('mail server cut off', cause),
  });
  connections.add(connection);
  logConnection(socket, 'milter', log);
  socket.once('close', () => connections.delete(connection));
}
