import { expect, test } from 'vitest';
import { type Bench, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import { admit } from './answer-check.ts';
import { dewhite } from './dewhite.ts';

const CONFIG = 'reputation no\nGREY_IP_COMPONENT NET\nGREY_DEWHITE_THRESHOLD 1\n';
const noRest = (): Promise<void> => Promise.resolve();

/** Two clients of a network, each with a valid tuple and a pass. */
async function settled(flags: string): Promise<Bench> {
  const bench = await engineBench({ config: `${CONFIG}GREY_DEWHITE_FLAGS ${flags}` });
  for (const client of ['203.0.113.7', '203.0.113.8']) {
    await admit(bench.checks, checkOf(client, 'a@example.com', `${client}@example.org`));
    await bench.store.addPass({ client, domain: 'example.com', firstSeen: T0, lastSeen: T0, uses: 5 });
  }
  return bench;
}

/** So many reports of 203.0.113.7, now. */
async function report({ acceptReport, clock }: Bench, event: string, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    const pair = { sender: `s${i}@x.org`, recipient: `r${i}@example.org` };
    await acceptReport({ reporter: 'exim4', time: clock.now() / 1000, ip: '203.0.113.7', event, ...pair });
  }
}

async function left({ store }: Bench): Promise<readonly string[]> {
  const found = (await store.tuples({ text: undefined, limit: 9 })).map(({ client }) => `tuple ${client}`);
  for await (const passes of store.exportPasses(0)) found.push(...passes.map(({ client }) => `pass ${client}`));
  return found.toSorted((one, other) => one.localeCompare(other));
}

const ALL = ['pass 203.0.113.7', 'pass 203.0.113.8', 'tuple 203.0.113.7', 'tuple 203.0.113.8'];
const NEIGHBOUR = ['pass 203.0.113.8', 'tuple 203.0.113.8'];

test.for<[flags: string, event: string, times: number, rest: readonly string[]]>([
  ['SpamTrap', 'soft_trap', 5, ALL],
  ['SpamTrap', 'soft_trap', 6, NEIGHBOUR],
  ['SpamTrap', 'hard_trap', 6, NEIGHBOUR],
  ['BadRCPT', 'unknown', 3, ALL],
  ['BadRCPT', 'unknown', 4, NEIGHBOUR],
  ['BadMX', 'relay', 4, NEIGHBOUR],
  ['BadClient', 'spam', 1, ALL],
  ['BadClient', 'spam', 2, NEIGHBOUR],
  ['Spammer', 'manual', 2, NEIGHBOUR],
  ['SpamTrap', 'unknown', 9, ALL],
  ['BadRCPT', 'soft_trap', 9, ALL],
  ['DomainMatch,BadResolve', 'spam', 9, ALL],
  ['none', 'hard_trap', 9, ALL],
])('GREY_DEWHITE_FLAGS %s, %s reported %i times', async ([flags, event, times, rest]) => {
  const bench = await settled(flags);
  await report(bench, event, times);
  await bench.maintain();
  expect(await left(bench)).toEqual(rest);
  expect(bench.counters.list()).toContainEqual(['dewhited', ALL.length - rest.length]);
});

test('what several flags look at adds up', async () => {
  const bench = await settled('SpamTrap,BadRCPT');
  await report(bench, 'soft_trap', 4);
  await report(bench, 'unknown', 1);
  await bench.maintain();
  expect(await left(bench)).toEqual(NEIGHBOUR);
});

test('pending entries stay', async () => {
  const bench = await settled('SpamTrap');
  await bench.answerCheck(checkOf('203.0.113.7', 'a@other.com', 'b@example.org'));
  await report(bench, 'hard_trap', 9);
  await bench.maintain();
  expect(await bench.store.count()).toEqual({ pending: 1, valid: 1 });
});

test('only clients that did something since the last round are looked at again', async () => {
  const bench = await settled('SpamTrap');
  await report(bench, 'hard_trap', 9);
  await bench.maintain();
  bench.clock.advance(600);
  await bench.maintain();
  bench.clock.advance(600);
  await admit(bench.checks, checkOf('203.0.113.7', 'a@example.com', 'b@example.org'));
  expect(await dewhite(bench.upkeep, noRest)).toBe(0);
  await report(bench, 'hard_trap', 1);
  bench.clock.advance(600);
  expect(await dewhite(bench.upkeep, noRest)).toBe(1);
});

test('a bad host takes the passes of its domain with it; the tuples of the other hosts stay', async () => {
  const bench = await engineBench({ config: 'reputation no\nGREY_DEWHITE_FLAGS SpamTrap' });
  for (const [last, user] of ['a', 'b'].entries())
    await admit(bench.checks, checkOf(`203.0.113.${7 + last}`, 's@news.org', `${user}@x.org`, `mx${last}.example.com`));
  for (const client of ['example.com', 'example.net'])
    await bench.store.addPass({ client, domain: 'news.org', firstSeen: T0, lastSeen: T0, uses: 5 });
  await report(bench, 'hard_trap', 6);
  await bench.maintain();
  expect(await left(bench)).toEqual(['pass example.net', 'tuple 203.0.113.8']);
});

test('also when the domain is known from its standing only', async () => {
  const bench = await settled('SpamTrap');
  await bench.store.addPass({ client: 'example.com', domain: 'news.org', firstSeen: T0, lastSeen: T0, uses: 5 });
  await report(bench, 'hard_trap', 6);
  const standing = {
    ip: '203.0.113.7',
    identity: 'example.com',
    score: 0,
    class: 'grey_default',
    reasons: [],
  } as const;
  await bench.store.saveStanding({ ...standing, computed: T0, answered: T0, expires: T0 + 86_400, reveal: undefined });
  await bench.maintain();
  expect(await left(bench)).toEqual(NEIGHBOUR);
});

test('what a bad client did earns no pass', async () => {
  const bench = await engineBench({ config: 'reputation no\nGREY_DEWHITE_FLAGS SpamTrap' });
  for (const user of 'abcde')
    await admit(bench.checks, checkOf('203.0.113.7', 's@example.com', `${user}@x.org`, 'mx.example.com'));
  bench.clock.advance(4 * 86_400);
  await report(bench, 'hard_trap', 6);
  await bench.maintain();
  expect(await left(bench)).toEqual([]);
});
