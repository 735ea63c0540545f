import { expect, test, vi } from 'vitest';
import { addressOf, configOf, engineBench } from '../test/engine-bench.ts';
import { type StubDnsServer, startStubDnsServer } from '../test/stub-dns-server.ts';
import type { Config } from './config/options.ts';
import { systemClock } from './lib/clock.ts';
import { startReputation } from './start-reputation.ts';

const MX = '203.0.113.7';

test('lists are tested as soon as reputation is switched on, and not before', async () => {
  await using dns = await startStubDnsServer();
  const { address, port } = dns.server;
  const lines = `resolver ${address}:${port}\nrbls none\ndnswl no\nrbl_zone own bl.example`;
  let config = configOf(`${lines}\nreputation no`);
  const { store, counters, reportParts } = await engineBench();
  const { log } = reportParts;
  await using reputation = await startReputation({ store, clock: systemClock, log, counters, config: () => config });
  await using _lookups = reputation.lookups;
  reputation.refresh();
  config = configOf(lines);
  reputation.refresh();
  reputation.refresh();
  const tests = ['A 1.0.0.127.bl.example', 'A 2.0.0.127.bl.example'];
  await vi.waitFor(() => expect([...dns.questions.keys()].toSorted()).toEqual(tests));
  expect([...dns.questions.values()]).toEqual([1, 1]);
});

test('lists are tested as soon as they are asked through another name server', async () => {
  await using refused = await startStubDnsServer({ tricks: { '*': { code: 'REFUSED' } } });
  await using own = await startStubDnsServer();
  const linesFor = ({ server }: StubDnsServer): string =>
    `resolver ${server.address}:${server.port}\nrbls none\ndnswl no\nrbl_zone own bl.example`;
  let config = configOf(linesFor(refused));
  const { store, counters, reportParts } = await engineBench();
  const { log } = reportParts;
  await using reputation = await startReputation({ store, clock: systemClock, log, counters, config: () => config });
  await using _lookups = reputation.lookups;
  await vi.waitFor(() => expect(refused.questions.size).toBe(2));
  const question = { type: 'A', name: 'mail.example.com' } as const;
  await reputation.resolver.lookUp(question);
  config = configOf(linesFor(own));
  reputation.refresh();
  await vi.waitFor(() => expect(own.questions.size).toBe(2));
  // What the other one said is not remembered.
  expect(await reputation.resolver.lookUp(question)).toMatchObject({ kind: 'absent' });
});

test('a test through another name server counts after one that is under way', async () => {
  const listed = (answer: string) => ({ records: [['2.0.0.127.bl.example', 'A', answer] as const] });
  await using refused = await startStubDnsServer({ ...listed('127.255.255.254'), tricks: { '*': { delay: 100 } } });
  await using own = await startStubDnsServer(listed('127.0.0.2'));
  const linesFor = ({ server }: StubDnsServer): string =>
    `resolver ${server.address}:${server.port}\nrbls none\ndnswl no\nrbl_zone own bl.example`;
  let config = configOf(linesFor(refused));
  const { store, counters, reportParts, logged } = await engineBench();
  const { log } = reportParts;
  await using reputation = await startReputation({ store, clock: systemClock, log, counters, config: () => config });
  await using _lookups = reputation.lookups;
  await vi.waitFor(() => expect(refused.questions.size).toBe(2));
  config = configOf(linesFor(own));
  reputation.refresh();
  await vi.waitFor(() => expect(logged()).toContainEqual(expect.stringContaining('list switched off')));
  await vi.waitFor(() => expect(logged().at(-1)).toContain('list switched on again'));
});

test('what a list said that listed everything does not count after a restart either, though it is asked no more', async () => {
  const records = [1, 2].map((at) => [`${at}.0.0.127.bl.example`, 'A', '127.0.0.2'] as const);
  await using dns = await startStubDnsServer({ records });
  const { address, port } = dns.server;
  const lines = `resolver ${address}:${port}\nrbls none\ndnswl no`;
  const { store, counters, reportParts } = await engineBench();
  const { log } = reportParts;
  const now = Math.floor(systemClock.now() / 1000);
  const times = { computed: now, answered: now, expires: now + 3600, reveal: undefined };
  const misled = { ip: MX, identity: MX, names: [], score: -50, reasons: [{ points: -50, reason: 'own' }] };
  await store.saveStanding({ ...misled, class: 'grey_max', ...times });
  const unknownBy = async (config: Config): Promise<void> => {
    await using reputation = await startReputation({ store, clock: systemClock, log, counters, config: () => config });
    await using _lookups = reputation.lookups;
    await vi.waitFor(async () => expect(await reputation.standings.known(addressOf(MX))).toBeUndefined());
  };
  for (const list of ['rbl_zone own bl.example', '']) await unknownBy(configOf(`${lines}\n${list}`));
});

test('the end waits until what was reported counts', async () => {
  const { store, counters, reportParts } = await engineBench();
  const { log } = reportParts;
  const config = configOf('rbls none\ndnswl no\nresolver 127.0.0.1:9');
  const reputation = await startReputation({ store, clock: systemClock, log, counters, config: () => config });
  const now = Math.floor(systemClock.now() / 1000);
  const times = { computed: now, answered: now, expires: now + 3600, reveal: undefined };
  await store.saveStanding({ ip: MX, identity: MX, names: [], score: 0, reasons: [], class: 'grey_default', ...times });
  const done: string[] = [];
  const save = store.saveStanding.bind(store);
  store.saveStanding = async (standing) => {
    await new Promise(setImmediate);
    await save(standing);
    done.push('saved');
  };
  const reported = reputation.standings
    .reported({ ip: MX, event: 'relay', time: now })
    .then(() => done.push('counted'));
  await reputation[Symbol.asyncDispose]();
  done.push('ended');
  await reported;
  expect(done.slice(-2)).toEqual(['counted', 'ended']);
});

test('the end waits for reports that are being taken in, since nobody else does', async () => {
  const { store, counters, reportParts } = await engineBench();
  const { log } = reportParts;
  const config = configOf('rbls none\ndnswl no\nresolver 127.0.0.1:9');
  const reputation = await startReputation({ store, clock: systemClock, log, counters, config: () => config });
  const add = store.addReport.bind(store);
  store.addReport = async (report) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return add(report);
  };
  const time = Math.floor(systemClock.now() / 1000);
  void reputation.acceptReport({ reporter: 'traps', time, ip: MX, event: 'hard_trap' });
  await reputation[Symbol.asyncDispose]();
  expect(await store.reportsAfter(0, 9)).toMatchObject([{ event: 'hard_trap' }]);
});
