import { expect, test, vi } from 'vitest';
import { type Bench, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { admit } from './admit.ts';
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

/** Hands in `times` reports of an event, all of them now. */
async function report({ acceptReport, clock }: Bench, event: string, times: number, ip = '203.0.113.7'): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    const pair = { sender: `s${i}@x.org`, recipient: `r${i}@example.org` };
    await acceptReport({ reporter: 'exim4', time: clock.now() / 1000, ip, event, ...pair });
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
  ['SpamTrap\nGREY_DEWHITE_THRESHOLD 0.1', 'hard_trap', 1, NEIGHBOUR],
  // As in ze-filter, where that is the default (-1).
  ['All\nGREY_DEWHITE_THRESHOLD 0', 'hard_trap', 9, ALL],
])('GREY_DEWHITE_FLAGS %j, %s reported %i times', async ([flags, event, times, rest]) => {
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

test('pending entries of bad clients stay', async () => {
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

test.for<[before: string, after: string, rest: readonly string[]]>([
  ['GREY_DEWHITE_FLAGS none', 'GREY_DEWHITE_FLAGS SpamTrap', NEIGHBOUR],
  ['GREY_DEWHITE_FLAGS DomainMatch', 'GREY_DEWHITE_FLAGS SpamTrap', NEIGHBOUR],
  ['GREY_DEWHITE_FLAGS BadRCPT', 'GREY_DEWHITE_FLAGS BadRCPT,SpamTrap', NEIGHBOUR],
  ['GREY_DEWHITE_FLAGS All\nGREY_DEWHITE_THRESHOLD 9', 'GREY_DEWHITE_FLAGS All\nGREY_DEWHITE_THRESHOLD 1', NEIGHBOUR],
  ['GREY_DEWHITE_FLAGS All\nGREY_DEWHITE_THRESHOLD 9', 'GREY_DEWHITE_FLAGS All\nGREY_DEWHITE_THRESHOLD 8', ALL],
])('what was reported under %j is looked at again under %j', async ([before, after, rest]) => {
  const bench = await settled('none');
  bench.configure(`${CONFIG}${before}`);
  await report(bench, 'hard_trap', 30);
  for (let round = 0; round < 2; round += 1) {
    bench.clock.advance(600);
    await bench.maintain();
  }
  expect(await left(bench)).toEqual(ALL);
  bench.configure(`${CONFIG}${after}`);
  bench.clock.advance(600);
  await bench.maintain();
  expect(await left(bench)).toEqual(rest);
});

test.for([true, false])(
  'nothing is removed until it is kept whose passes are withheld; there are tuples: %j',
  async (hasTuples) => {
    const bench = await settled('SpamTrap');
    const tuples = (await bench.store.tuples({ text: undefined, limit: 9 })).map(({ tuple }) => tuple);
    if (!hasTuples) await bench.store.forget({ tuples });
    const before = await left(bench);
    await report(bench, 'hard_trap', 9);
    const savePlace = bench.store.savePlace.bind(bench.store);
    bench.store.savePlace = (place, value) =>
      value.includes('203.0.113.7') ? Promise.reject(new Error('disk full')) : savePlace(place, value);
    await expect(dewhite(bench.upkeep, noRest)).rejects.toThrow('disk full');
    expect(await left(bench)).toEqual(before);
  },
);

test('what was on its way into the store in the last round counts', async () => {
  const bench = await settled('SpamTrap\nGREY_DEWHITE_THRESHOLD 0.1');
  const addReport = bench.store.addReport.bind(bench.store);
  const kept = Promise.withResolvers<void>();
  bench.store.addReport = async (stored) => {
    await kept.promise;
    return addReport(stored);
  };
  const reported = report(bench, 'hard_trap', 1);
  bench.clock.advance(50);
  await bench.maintain();
  kept.resolve();
  await reported;
  await bench.maintain();
  expect(await left(bench)).toEqual(NEIGHBOUR);
});

test('what was reported since the last round counts, though the flags have changed', async () => {
  const bench = await settled('BadRCPT,SpamTrap');
  await bench.maintain();
  bench.clock.advance(600);
  await report(bench, 'hard_trap', 30);
  bench.configure(`${CONFIG}GREY_DEWHITE_FLAGS SpamTrap`);
  await bench.maintain();
  expect(await left(bench)).toEqual(NEIGHBOUR);
});

test('what was reported since the last round counts, though the clock was put back', async () => {
  const bench = await settled('SpamTrap');
  await bench.maintain();
  bench.clock.advance(-3600);
  await report(bench, 'hard_trap', 9);
  await bench.maintain();
  expect(await left(bench)).toEqual(NEIGHBOUR);
});

test.for<[flags: string, asked: number]>([
  ['none', 0],
  ['DomainMatch,BadResolve', 0],
  ['SpamTrap', 1],
  ['SpamTrap\nGREY_DEWHITE_THRESHOLD 0.1', 1],
  ['All\nGREY_DEWHITE_THRESHOLD 0', 0],
])('GREY_DEWHITE_FLAGS %j: reports are counted %i times', async ([flags, asked]) => {
  const bench = await settled(flags);
  await report(bench, 'hard_trap', 1);
  const counted = vi.spyOn(bench.store, 'countReports');
  await bench.maintain();
  expect(counted).toHaveBeenCalledTimes(asked);
});

test('however much a bad client has, checks get a pause after every 50 that are removed', async () => {
  const bench = await settled('SpamTrap');
  for (let i = 0; i < 700; i += 1) {
    await admit(bench.checks, checkOf('203.0.113.7', 'a@example.com', `u${i}@example.org`));
    await bench.store.addPass({ client: '203.0.113.7', domain: `${i}.test`, firstSeen: T0, lastSeen: T0, uses: 5 });
  }
  await report(bench, 'hard_trap', 6);
  const steps = [0];
  const forget = bench.store.forget.bind(bench.store);
  bench.store.forget = async (what) => {
    const removed = await forget(what);
    steps.push((steps.pop() ?? 0) + removed);
    return removed;
  };
  expect(await dewhite(bench.upkeep, async () => void steps.push(0))).toBe(1402);
  expect(Math.max(...steps)).toBe(50);
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
    names: [],
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

const NAMED = 'reputation no\nsearch_duration 10d\nretry 3d\nGREY_DEWHITE_FLAGS SpamTrap\n';
const DAY = 86_400;

/**
 * A pass of example.com, the tuples that earned it, all but one of its other host, 4 days ago, and a round after its bad
 * host was reported.
 */
async function dewhited(store = new MemoryStore()): Promise<Bench> {
  const bench = await engineBench({ config: NAMED, store });
  const named = (last: number, user: string) =>
    checkOf(`203.0.113.${last}`, 's@example.com', `${user}@x.org`, `mx${last}.example.com`);
  await admit(bench.checks, named(7, 'a'));
  for (const user of 'bcdefg') await admit(bench.checks, named(8, user));
  bench.clock.advance(4 * DAY);
  await bench.maintain();
  await report(bench, 'hard_trap', 30);
  await bench.maintain();
  return bench;
}

const OTHER_HOST = Array.from('bcdefg', () => 'tuple 203.0.113.8');

test('what dewhite took is not given back by promotion, in this round or the next ones', async () => {
  const bench = await dewhited();
  expect(await left(bench)).toEqual(OTHER_HOST);
  expect(bench.counters.list()).toEqual(
    expect.arrayContaining([
      ['dewhited', 2],
      ['promoted', 1],
    ]),
  );
  bench.clock.advance(4 * DAY);
  await bench.maintain();
  expect(await left(bench)).toEqual(OTHER_HOST);
});

test.for<[what: string, after: number, config: string, back: boolean]>([
  ['the reports still count', 10 * DAY, '', false],
  ['the reports count no more', 10 * DAY + 1, '', true],
  ['the threshold was raised', 600, 'GREY_DEWHITE_THRESHOLD 7', true],
  ['the flags look at no reports any more', 600, 'GREY_DEWHITE_FLAGS none', true],
  ['the flags look at other reports', 600, 'GREY_DEWHITE_FLAGS BadRCPT', true],
])('a pass is withheld as long as the bad host is bad; %s', async ([, after, config, back]) => {
  const bench = await dewhited();
  bench.clock.advance(after);
  bench.configure(`${NAMED}GREY_VALIDLIST_LIFETIME 30d\n${config}`);
  await bench.maintain();
  expect(await left(bench)).toEqual([...(back ? ['pass example.com'] : []), ...OTHER_HOST]);
});

test('reports that come in later keep it withheld', async () => {
  const bench = await dewhited();
  bench.configure(`${NAMED}GREY_VALIDLIST_LIFETIME 30d`);
  bench.clock.advance(9 * DAY);
  await report(bench, 'hard_trap', 30);
  await bench.maintain();
  bench.clock.advance(9 * DAY);
  await bench.maintain();
  expect(await left(bench)).toEqual(OTHER_HOST);
});

test('a restart gives no withheld pass', async () => {
  const { store, clock } = await dewhited();
  const restarted = await engineBench({ config: NAMED, store });
  restarted.clock.advance((clock.now() - restarted.clock.now()) / 1000 + 600);
  await restarted.maintain();
  expect(await left(restarted)).toEqual(OTHER_HOST);
});

test('a kill between what dewhite takes gives nothing back either', async () => {
  class Killed extends MemoryStore {
    override async forget(what: Parameters<Store['forget']>[0]): Promise<number> {
      await super.forget(what);
      throw new Error('killed');
    }
  }
  const store = new Killed();
  await expect(dewhited(store)).rejects.toThrow('killed');
  store.forget = (what) => MemoryStore.prototype.forget.call(store, what);
  const restarted = await engineBench({ config: NAMED, store });
  restarted.clock.advance(4 * DAY + 600);
  await restarted.maintain();
  expect(await left(restarted)).toEqual(OTHER_HOST);
});

test('who is bad earns no pass, though nothing could be taken when it was reported', async () => {
  const bench = await engineBench({ config: NAMED });
  await report(bench, 'hard_trap', 30);
  bench.clock.advance(600);
  await bench.maintain();
  for (const user of 'abcde')
    await admit(bench.checks, checkOf('203.0.113.7', 's@example.com', `${user}@x.org`, 'mx.example.com'));
  bench.clock.advance(4 * DAY);
  await bench.maintain();
  expect((await left(bench)).filter((one) => one.startsWith('pass'))).toEqual([]);
});

test('an IPv6 client is its /64, whichever address was seen first', async () => {
  const bench = await engineBench({ config: `${NAMED}GREY_IP_COMPONENT NET` });
  for (const user of 'abcdef')
    await admit(bench.checks, checkOf('2001:db8::1', 's@example.com', `${user}@x.org`, 'mx.example.com'));
  await bench.store.addPass({ client: '2001:db8::/64', domain: 'example.com', firstSeen: T0, lastSeen: T0, uses: 5 });
  bench.clock.advance(4 * DAY);
  await report(bench, 'hard_trap', 30, '2001:db8::2');
  await bench.maintain();
  expect(await left(bench)).toEqual([]);
});
