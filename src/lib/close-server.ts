// How a server ends: those it is answering get their answers.
import { once } from 'node:events';
import type { Server } from 'node:net';

export interface Closable {
  /** Answers what it has in hand, and closes. */
  finish(): void;
  /** Closes at once. */
  destroy(): void;
}

/**
 * Stops listening (which removes a unix socket's file), lets answers in hand go out, and cuts off who is left after
 * `within` seconds.
 */
export async function closeServer(server: Server, connections: Iterable<Closable>, within: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const connection of connections) connection.finish();
  const deadline = setTimeout(() => {
    for (const connection of connections) connection.destroy();
  }, within * 1000);
  await closed;
  clearTimeout(deadline);
}
