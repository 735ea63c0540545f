// The begin and the end of a connection in the log, and its lines, the same for every protocol.
import type { Socket } from 'node:net';
import type { Log } from './log.ts';

/** Logs at level 1 that the socket is connected, and later that it is closed. */
export function logConnection(socket: Socket, via: string, log: Log): void {
  if (!log.on(1)) return;
  // A client on a unix socket has no address.
  const fields = { via, client: socket.remoteAddress };
  log.event(1, 'connected', fields);
  socket.once('close', () => log.event(1, 'disconnected', fields));
}

/** Characters of what is sent that level 3 logs: whole listings say no more. */
const MOST_LOGGED = 1000;

/** Logs at level 3 a line that came. `server`: where from, if it was us who connected. */
export function logLine(log: Log, via: string, line: string, server?: string): void {
  if (log.on(3)) log.event(3, 'line', { via, server, line });
}

/** Logs at level 3 what was sent; `server` likewise. */
export function logSent(log: Log, via: string, text: string, server?: string): void {
  if (log.on(3)) log.event(3, 'sent', { via, server, text: text.slice(0, MOST_LOGGED).trimEnd() });
}
