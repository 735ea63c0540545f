// Real Postfix, asking through conf/postfix-milter.cf.
import { afterAll, beforeAll } from 'vitest';
import type { TestDaemon } from './daemon.ts';
import { freePort } from './mail-server.ts';
import { milterDaemon } from './milter-daemon.ts';
import { holdsUnderLoad } from './milter-load.ts';
import { decidesAsMilter, type MilterClients, type MilterServer, type MilterWorld } from './milter-mail.ts';
import { startMilterPostfix } from './milter-postfix.ts';

let daemon: TestDaemon;
let server: MilterServer;
const parts = new AsyncDisposableStack();
beforeAll(async () => {
  const port = await freePort();
  daemon = parts.use(await milterDaemon(`inet:${port}@127.0.0.1`));
  server = parts.use(await startMilterPostfix(`inet:127.0.0.1:${port}`));
});
afterAll(() => parts.disposeAsync());

const world = (): MilterWorld => ({ server, daemon });
const clients: MilterClients = {
  client: (number) => `203.0.113.${number}`,
  ipv6: '2001:db8::7',
  tellsOfRelaying: true,
};

decidesAsMilter(world, clients);
holdsUnderLoad(world, clients);
