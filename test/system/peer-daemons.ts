// Three daemons on hosts of their own that read from each other, each with the same lines about peers in its configuration.
import type { PeerState } from '../../src/peers/sync-protocol.ts';
import { MOVABLE_CLOCK, type TestDaemon, testDaemon } from './daemon.ts';
import { type Hosts, namespacesLack, startHosts } from './namespaces.ts';
import { until } from './processes.ts';

const NAMES = ['a', 'b', 'c'] as const;
const PORT = 1722;
const HOUR = 3600;

export interface ThreeDaemons extends AsyncDisposable {
  readonly daemons: readonly TestDaemon[];
  readonly lines: Hosts;
}

/** Three of them, connected; the last one's clock is an hour ahead. Throws if this machine can't have such hosts. */
export async function startThree(...config: readonly string[]): Promise<ThreeDaemons> {
  const lack = namespacesLack();
  if (lack !== undefined) throw new Error(lack);
  await using parts = new AsyncDisposableStack();
  const lines = parts.use(await startHosts(NAMES.length));
  const peers = lines.hosts.map(({ address }) => `peer ${address}`);
  const daemons = [];
  for (const [i, host] of lines.hosts.entries()) {
    const own = [`name ${NAMES[i]}.example.org`, `listen peer ${host.address}:${PORT}`, `port ${PORT}`];
    const daemon = parts.use(await testDaemon(host.on(MOVABLE_CLOCK), ...own, ...peers, ...config));
    if (NAMES[i] === 'c') await daemon.advance(HOUR);
    daemons.push(daemon);
  }
  for (const one of daemons) await connected(one);
  const made = parts.move();
  return { daemons, lines, [Symbol.asyncDispose]: () => made.disposeAsync() };
}

/** Waits until it reads from both others. */
export async function connected(one: TestDaemon): Promise<void> {
  await until('peers', async () => {
    const states = await one.ask<PeerState>('peers');
    return states.filter(({ direction, state }) => direction === 'from' && state === 'connected').length === 2;
  });
}
