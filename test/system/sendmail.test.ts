// Real Sendmail, asking through conf/sendmail-milter.mc.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestDaemon } from './daemon.ts';
import { DOMAIN } from './mail-server.ts';
import { milterDaemon } from './milter-daemon.ts';
import { holdsUnderLoad } from './milter-load.ts';
import { decidesAsMilter, type MilterClients, type MilterServer, type MilterWorld } from './milter-mail.ts';
import { sendmailRoot } from './sendmail.ts';

let daemon: TestDaemon;
let server: MilterServer;
const parts = new AsyncDisposableStack();
beforeAll(async () => {
  const root = parts.use(await sendmailRoot());
  daemon = parts.use(await milterDaemon(`unix:${root.socket} mode=0600`));
  server = parts.use(await root.start());
});
afterAll(() => parts.disposeAsync());

const world = (): MilterWorld => ({ server, daemon });
const clients: MilterClients = { client: (number) => `127.0.0.${number + 1}`, ipv6: '::1', tellsOfRelaying: false };

decidesAsMilter(world, clients);
holdsUnderLoad(world, clients);

test('a client with many recipients is not slowed down', async () => {
  const recipients = Array.from({ length: 24 }, () => `anna@${DOMAIN}`);
  await using session = await server.connect(clients.client(50));
  const start = performance.now();
  for (const reply of await session.envelope('list@many.example', ...recipients))
    expect(reply).toMatch(/^450 4\.7\.1 /);
  // As Debian has it, a second each after the third.
  expect(performance.now() - start).toBeLessThan(10_000);
});
