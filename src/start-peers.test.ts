// Who may exchange what with whom, over real connections.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { checkOf, configOf, engineBench, T0 } from '../test/engine-bench.ts';
import { startReplica } from '../test/replica.ts';
import type { FakeDns } from './dns/fake-resolver.ts';
import { InForce } from './in-force.ts';
import { startLineServer } from './lib/line-server.ts';
import { wholeList } from './lib/whole-list.ts';
import { fakeParts } from './peers/fake-sync-parts.ts';
import { peerProtocol } from './peers/sync-server.ts';
import type { Verdict } from './policy/verdict.ts';
import { startPeers } from './start-peers.ts';

const SPAM = { reporter: 'test', time: 1_700_000_000, ip: '203.0.113.7', event: 'spam' };

/** A server with this configuration that reads from another one, which has told of spam and then of relaying. */
async function stage(config: (port: number) => string, dns: FakeDns = {}) {
  await using parts = new AsyncDisposableStack();
  const source = parts.use(await startReplica('mx2.example.org'));
  await source.bench.acceptReport(SPAM);
  await source.bench.acceptReport({ ...SPAM, event: 'relay' });
  const bench = await engineBench({ config: 'reputation no', dns });
  const lines = config(source.port);
  const inForce = new InForce(configOf(`reputation no\nname mx1.example.org\n${lines}`), () => false);
  const { reportParts: reports, acceptReport, checks: attempts, dns: resolver } = bench;
  const { peers } = parts.use(startPeers({ reports, acceptReport, attempts, resolver, inForce, directory: '.' }));
  const running = parts.move();
  return { bench, peers, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

test.for<[peer: string, events: string, taken: string[]]>([
  ['peer 127.0.0.1 PORT', '', ['spam', 'relay']],
  ['peer 127.0.0.1 PORT', 'peer_events 192.0.2.0/24 relay', ['spam', 'relay']],
  ['peer 127.0.0.1 PORT', 'peer_events 127.0.0.1 relay', ['relay']],
  ['peer 127.0.0.1 PORT', 'peer_events 127.0.0.0/8 relay', ['relay']],
  ['peer 127.0.0.1 PORT', 'peer_events mx2.example.org relay', ['relay']],
  ['server_read 127.0.0.1 PORT', 'peer_events MX2.example.org relay', ['relay']],
  ['peer LOCALHOST PORT', 'peer_events localhost relay', ['relay']],
  ['peer 127.0.0.1 PORT', 'peer_events mx9.example.org relay', ['spam', 'relay']],
  ['peer localhost PORT', 'peer_events 127.0.0.0/8 relay\npeer_events ::1 relay', ['relay']],
])('%s, %j: %j is taken', async ([peer, events, taken]) => {
  const dns = { a: { 'mx2.example.org': ['127.0.0.1'] }, failing: ['AAAA mx9.example.org'] };
  await using started = await stage((port) => `${peer.replace('PORT', String(port))}\n${events}`, dns);
  const { store, counters } = started.bench;
  await vi.waitFor(() => expect(counters.list()).toContainEqual(['peer reports received', 2]));
  await vi.waitFor(async () => expect((await store.reportsAfter(0, 9)).map(({ event }) => event)).toEqual(taken));
});

test('nothing is read while it can not be told what is to be taken', async () => {
  const dns = { failing: ['A mx9.example.org', 'AAAA mx9.example.org'] };
  await using started = await stage((port) => `peer 127.0.0.1 ${port}\npeer_events mx9.example.org relay`, dns);
  const cause = 'peer_events: the addresses of mx9.example.org are not known yet';
  await vi.waitFor(async () => expect(await started.peers.states()).toMatchObject([{ lastError: cause }]));
  expect(started.bench.counters.list()).toEqual([]);
});

test('a reader that the configuration no longer names goes when that is read again, and not before', async () => {
  const bench = await engineBench({ config: 'reputation no' });
  const { reportParts: reports, acceptReport, checks: attempts, dns: resolver, store, counters } = bench;
  const { log, news } = reports;
  const inForce = new InForce(configOf('accept_reader 127.0.0.1'), () => false);
  await using started = startPeers({ reports, acceptReport, attempts, resolver, inForce, directory: '.' });
  const { access, peers } = started;
  await using server = await startLineServer({
    address: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    protocol: peerProtocol({ ...fakeParts(), reports: store, news, peers }, access),
    log,
    counters,
  });
  const { port } = server.address as { port: number };
  const reader = connect(port, '127.0.0.1');
  let heard = '';
  reader.on('data', (bytes) => (heard += String(bytes)));
  reader.write('helo mx2.example.org\r\nsubscribe\r\n');
  await vi.waitFor(() => expect(heard).toContain('302'));
  await bench.acceptReport(SPAM);
  await vi.waitFor(() => expect(heard).toContain('event:spam'));
  inForce.configure(configOf('accept_reader 192.0.2.1'));
  started.refresh();
  await once(reader, 'close');
  await bench.acceptReport({ ...SPAM, event: 'relay' });
  expect(heard).not.toContain('event:relay');
  expect(bench.logged().filter((line) => line.includes('may no longer'))).toEqual([
    'peer reads no more peer=127.0.0.1 name=mx2.example.org sent=1 cause="may no longer read reports"',
    'access denied via=peer client=127.0.0.1 cause="may no longer read reports"',
  ]);
});

test.for([
  ['port 1722', 'peer 127.0.1.1', 'ourselves'],
  ['port 1722', 'peer localhost', 'ourselves'],
  ['port 1722', 'peer 127.0.1.1 1', 'waiting'],
  ['listen peer 127.0.0.9:1722', 'peer 127.0.0.9 1722', 'ourselves'],
  ['listen peer 127.0.0.9:1', 'peer 127.0.1.1 1', 'waiting'],
])('with %j, %j is told as %s', async ([listens, peer, state]) => {
  await using started = await stage(() => `${listens}\n${peer}`);
  await vi.waitFor(async () =>
    expect(await started.peers.states()).toMatchObject([{ state, since: expect.any(Number) }]),
  );
  await vi.waitFor(async () =>
    expect((await started.peers.states())[0]?.lastError === undefined).toBe(state === 'ourselves'),
  );
});

const FIRST: Verdict = { kind: 'grey', reason: 'first', wait: 290 };
const REPORT = { event: 'check', reporter: 'check', time: T0, ip: '203.0.113.7', recipient: 'b@example.org' };

test.for<[from: string, name: string | undefined, told: object]>([
  ['a@example.com', undefined, { sender: 'a@example.com' }],
  ['', undefined, { sender: '<>' }],
  ['a@example.com', 'mx.example.com', { sender: 'a@example.com', domain: 'example.com' }],
])('peers are told of a first attempt from "%s" by %s: %j', async ([from, name, told]) => {
  const bench = await engineBench();
  const inForce = new InForce(configOf('accept_reader 192.0.2.1'), () => false);
  await using peers = startPeers({
    reports: bench.reportParts,
    acceptReport: bench.acceptReport,
    attempts: bench.checks,
    resolver: bench.dns,
    inForce,
    directory: '.',
  });
  peers.onAnswer(checkOf('203.0.113.7', from, 'b@example.org', name), FIRST);
  await vi.waitFor(async () =>
    expect(await wholeList(bench.store.reports(undefined))).toMatchObject([{ ...REPORT, ...told }]),
  );
});
