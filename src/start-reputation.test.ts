import { expect, test, vi } from 'vitest';
import { configOf, engineBench } from '../test/engine-bench.ts';
import { type StubDnsServer, startStubDnsServer } from '../test/stub-dns-server.ts';
import { systemClock } from './lib/clock.ts';
import { startReputation } from './start-reputation.ts';

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
