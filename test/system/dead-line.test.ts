// Two daemons on two hosts whose line dies without a word: no end of the connection, no error, only silence.
import { expect, test } from 'vitest';
import type { PeerState } from '../../src/peers/sync-protocol.ts';
import { REAL_CLOCK, type TestDaemon, testDaemon } from './daemon.ts';
import { askAll } from './greylist-client.ts';
import { type Hosts, namespacesLack, startHosts } from './namespaces.ts';
import { reportsOf, settle } from './peer-reports.ts';
import { until } from './processes.ts';

const PORT = 1722;
/** First attempts at a time. */
const ATTEMPTS = 50;
/** Seconds after which both sides must know: the reader asks after 30, and asks ten times. */
const NOTICED = 50;
/** As ss shows a connection on which the system will ask, within a minute, whether the other end is still there. */
const ASKS = /timer:\(keepalive,(?:1min|[\d.]+sec|\d+ms),/;

async function startBoth({ hosts }: Hosts, parts: AsyncDisposableStack): Promise<readonly TestDaemon[]> {
  const daemons = [];
  for (const [at, host] of hosts.entries()) {
    const own = [`name mx${at + 1}.example.org`, `listen peer ${host.address}:${PORT}`, `port ${PORT}`];
    const peers = hosts.map(({ address }) => `peer ${address}`);
    daemons.push(parts.use(await testDaemon(host.on(REAL_CLOCK), ...own, ...peers, 'GREY_PENDING_NORMAL 0')));
  }
  return daemons;
}

/** The states of what it reads, and of who reads from it, and the last errors. */
async function states(daemon: TestDaemon): Promise<readonly string[]> {
  const rows = await daemon.ask<PeerState>('peers');
  return rows
    .filter(({ state }) => state !== 'ourselves')
    .map(({ direction, state, lastError }) => `${direction} ${state} ${lastError ?? ''}`.trimEnd())
    .toSorted();
}

/** Waits until each reads from the other. */
async function connected(daemons: readonly TestDaemon[]): Promise<void> {
  for (const daemon of daemons)
    await until('both directions', async () => {
      const now = await states(daemon);
      return now.length === 2 && now.every((state) => state.includes('connected'));
    });
}

/** Asks about new tuples, each of which makes a report. */
async function firstAttempts(daemon: TestDaemon, domain: string): Promise<void> {
  const questions = Array.from({ length: ATTEMPTS }, (_, i) => `203.0.113.7 s@d${i}.${domain} r@example.org`);
  await askAll(daemon.file('greylist.socket'), questions);
}

test('both sides notice that the line is dead, and lose nothing', async ({ skip }) => {
  const lack = namespacesLack();
  if (lack !== undefined) skip(lack);
  await using parts = new AsyncDisposableStack();
  const line = parts.use(await startHosts(2));
  const daemons = await startBoth(line, parts);
  await connected(daemons);
  const [first, second] = daemons as [TestDaemon, TestDaemon];
  await firstAttempts(first, 'before.example');
  expect(await settle(daemons, ATTEMPTS)).toBe(ATTEMPTS);

  // TCP alone does not tell the side that sends nothing: the system has to ask, after a minute of silence at the latest.
  for (const host of line.hosts) {
    const sockets = await host.run('ss', '-H', '-t', '-n', '-o', 'state', 'established');
    expect(sockets.trimEnd().split('\n')).toEqual(Array.from({ length: 2 }, () => expect.stringMatching(ASKS)));
  }

  await line.cut(0);
  await firstAttempts(first, 'one.example');
  await firstAttempts(second, 'other.example');
  for (const daemon of daemons)
    await until(
      'it to notice',
      async () => (await states(daemon)).every((state) => !state.includes('connected')),
      NOTICED,
    );
  expect(daemons.map((daemon) => reportsOf(daemon).length)).toEqual([2 * ATTEMPTS, 2 * ATTEMPTS]);

  await line.heal();
  await connected(daemons);
  expect(await settle(daemons, 3 * ATTEMPTS)).toBe(3 * ATTEMPTS);
});
