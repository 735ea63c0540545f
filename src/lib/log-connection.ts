// The begin and the end of a connection in the log, the same for every protocol.
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
