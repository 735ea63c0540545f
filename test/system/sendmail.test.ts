// Real Sendmail, asking through conf/sendmail-milter.mc.
import { afterAll, beforeAll } from 'vitest';
import type { TestDaemon } from './daemon.ts';
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
