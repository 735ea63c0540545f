// Three daemons that read from each other over TCP, each with the same lines about peers in its configuration.
import type { PeerState } from '../../src/peers/sync-protocol.ts';
import { MOVABLE_CLOCK, type TestDaemon, testDaemon } from './daemon.ts';
import { freePort } from './mail-server.ts';
import { until } from './processes.ts';

const NAMES = ['a', 'b', 'c'] as const;
const HOSTS = ['127.0.0.11', '127.0.0.12', '127.0.0.13'] as const;
const HOUR = 3600;

/** Three of them, connected; the last one's clock is an hour ahead. */
export async function startThree(...config: readonly string[]): Promise<readonly TestDaemon[]> {
  const port = await freePort();
  const peers = HOSTS.map((host) => `peer ${host}`);
  const daemons = [];
  for (const [i, name] of NAMES.entries()) {
    const own = [`name ${name}.example.org`, `listen peer ${HOSTS[i]}:${port}`, `port ${port}`];
    const daemon = await testDaemon(MOVABLE_CLOCK, ...own, ...peers, 'accept_reader 127.0.0.0/8', ...config);
    if (name === 'c') await daemon.advance(HOUR);
    daemons.push(daemon);
  }
  for (const one of daemons) await until('peers', async () => (await connected(one)) === 2);
  return daemons;
}

/** From how many others it reads. */
async function connected(one: TestDaemon): Promise<number> {
  const states = await one.ask<PeerState>('peers');
  return states.filter(({ direction, state }) => direction === 'from' && state === 'connected').length;
}
