// What the tests need of a mail server, whichever it is.
import { createServer } from 'node:net';
import type { Attempt, Outcome } from './smtp.ts';

export interface MailServer extends AsyncDisposable {
  /** A client tries to hand over a mail. */
  attempt(attempt: Attempt): Promise<Outcome>;
  /** Waits until the recipient has the sender's mail. */
  delivered(attempt: Attempt): Promise<void>;
  /** What it logged. */
  log(): string;
}

/** The mail domain of every test server; it knows these recipients and no others. */
export const DOMAIN = 'example.test';
export const RECIPIENTS: readonly string[] = ['anna', 'bela'];

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  server.close();
  return address !== null && typeof address === 'object' ? address.port : 0;
}
