// A daemon that listens on everything, and what its sockets are called.
import { connect, type Socket } from 'node:net';
import type { TestDaemon } from '../system/daemon.ts';

export const EVERYTHING: readonly string[] = [
  'grey_default 1h',
  'GREY_PENDING_NORMAL 0',
  'listen policy unix:policy.socket',
  'listen greyd unix:greyd.socket',
  'listen milter unix:milter.socket',
];

/** Where mail servers, peers and the command line talk to it. */
export const SOCKETS = ['greylist.socket', 'policy.socket', 'greyd.socket', 'milter.socket', 'ddgrey.socket'] as const;

/** A connection whose end is nobody's trouble. */
export function open(daemon: TestDaemon, socket: string): Socket {
  const client = connect(daemon.file(socket));
  client.on('error', () => {});
  client.resume();
  return client;
}

/** When the connection is made, or is over: how does not matter. */
export function happens(client: Socket, ...events: readonly ('connect' | 'close')[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const event of events) client.once(event, resolve);
  return promise;
}
