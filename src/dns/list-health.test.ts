import { expect, test, vi } from 'vitest';
import { manualClock } from '../lib/clock.ts';
import { createCounters } from '../lib/counters.ts';
import type { Kept } from '../lib/kept.ts';
import { createLog } from '../lib/log.ts';
import { type FakeDns, fakeResolver } from './fake-resolver.ts';
import { BLOCK_LISTS, DNSWL, ownList } from './known-lists.ts';
import { createListHealth, startListHealth } from './list-health.ts';
import type { DnsList, ListUse } from './lists.ts';

const own = ownList({ name: 'own', zone: 'bl.example', score: -30 });
const own6 = ownList({ name: 'own', zone: 'bl.example', score: -30, ipv6: true });
const coded = ownList({ name: 'own', zone: 'bl.example', score: -30, codes: ['127.0.0.7'] });
const listed = '2.0.0.127.bl.example';
const unlisted = '1.0.0.127.bl.example';
const listed6 = `2.0.0.0.0.0.f.7.f.f.f.f.${'0.'.repeat(20)}bl.example`;
const unlisted6 = `1.0.0.0.0.0.f.7.f.f.f.f.${'0.'.repeat(20)}bl.example`;
const yes = ['127.0.0.2'];
const refusal = ['127.255.255.254'];
const sane: FakeDns = { a: { [listed]: yes } };

/** A place for a text, as one of the store. */
function keptText(): Kept<string> {
  let kept: string | undefined;
  return {
    load: async () => kept,
    save: async (text) => {
      kept = text;
    },
  };
}

function setUp(dns: FakeDns, lists: readonly DnsList[], kept: Kept<string> = keptText()) {
  const lines: string[] = [];
  const log = createLog({ level: 0, format: 'text' }, (text) => lines.push(text), { now: () => 0 });
  const counters = createCounters();
  const resolver = fakeResolver(dns);
  const clock = manualClock();
  let recoveries = 0;
  const onRecovery = () => void (recoveries += 1);
  const health = createListHealth({ lists: () => lists, resolver, onRecovery, kept, clock, log, counters });
  const logged = () => {
    log.flush();
    return lines
      .splice(0)
      .join('')
      .replaceAll(/^\S+ |\n/gm, '');
  };
  return { health, resolver, clock, counters, log, logged, recovered: () => recoveries };
}

test.for([
  ['a sane list', sane, own, 4, 'asked'],
  ['one whose test entry is none of the chosen answers', sane, coded, 4, 'asked'],
  [
    'one that lists everything, but not as chosen',
    { a: { [listed]: ['127.0.0.3'], [unlisted]: ['127.0.0.3'] } },
    coded,
    4,
    'ignored',
  ],
  ['one that lists nothing, with chosen answers', {}, coded, 4, 'asked'],
  ['one that lists everything', { a: { [listed]: yes, [unlisted]: yes } }, own, 4, 'ignored'],
  ['one that lists nothing', {}, own, 4, 'asked'],
  [
    'one that is parked on a web page',
    { a: { [listed]: ['203.0.113.80'], [unlisted]: ['203.0.113.80'] } },
    own,
    4,
    'silent',
  ],
  ['one that refuses to answer', { a: { [listed]: refusal, [unlisted]: refusal } }, own, 4, 'silent'],
  [
    'one that refuses to answer, but for its test entry',
    { a: { [listed]: yes, [unlisted]: refusal } },
    own,
    4,
    'silent',
  ],
  ['one that does not answer', { failing: [`A ${listed}`, `A ${unlisted}`] }, own, 4, 'asked'],
  ['one that answers only half', { a: { [listed]: yes }, failing: [`A ${unlisted}`] }, own, 4, 'asked'],
  [
    'one that lists everything and answers only half',
    { a: { [unlisted]: yes }, failing: [`A ${listed}`] },
    own,
    4,
    'ignored',
  ],
  ['IPv6, sane', { a: { [listed]: yes, [listed6]: yes } }, own6, 6, 'asked'],
  ['IPv6, lists everything', { a: { [listed]: yes, [listed6]: yes, [unlisted6]: yes } }, own6, 6, 'ignored'],
  ['IPv6, lists nothing', sane, own6, 6, 'asked'],
  ['IPv4 where IPv6 is at fault', sane, own6, 4, 'asked'],
  ['a white list that lists nothing', {}, DNSWL, 4, 'asked'],
  ['a white list that refuses to answer', { a: { '2.0.0.127.list.dnswl.org': ['127.0.0.255'] } }, DNSWL, 4, 'silent'],
  ['a white list that lists everything', { a: { '1.0.0.127.list.dnswl.org': ['127.0.5.3'] } }, DNSWL, 4, 'ignored'],
] as const)('%s', async ([, dns, list, family, use]) => {
  const { health } = setUp(dns, [list]);
  expect(health.useOf(list, family)).toBe('asked');
  await health.test();
  expect(health.useOf(list, family)).toBe(use);
});

test('a list is switched off and on again, and a test without an answer changes nothing', async () => {
  const { health, resolver, counters, logged, recovered } = setUp({}, [own]);
  const about = 'list=own zone=bl.example family=4';
  const steps: readonly (readonly [dns: FakeDns, use: ListUse, told: string])[] = [
    [{}, 'asked', `list without a test entry ${about}`],
    [{}, 'asked', ''],
    [{ a: { [listed]: yes, [unlisted]: yes } }, 'ignored', `list switched off ${about} cause="lists everything"`],
    [{ failing: [`A ${listed}`, `A ${unlisted}`] }, 'ignored', ''],
    [{ a: { [listed]: ['127.255.255.254'] } }, 'silent', `list switched off ${about} cause="refuses to answer"`],
    [sane, 'asked', `list switched on again ${about}`],
    [{ a: { [unlisted]: yes } }, 'ignored', `list switched off ${about} cause="lists everything"`],
    [{}, 'asked', `list switched on again ${about}list without a test entry ${about}`],
    [sane, 'asked', `list has a test entry again ${about}`],
  ];
  for (const [dns, use, told] of steps) {
    resolver.change(dns);
    await health.test();
    expect([health.useOf(own, 4), logged()]).toEqual([use, told]);
  }
  expect(recovered()).toBe(2);
  // Of each as many as of its end: doctor takes the difference for what is so now.
  expect(counters.list()).toEqual([
    ['lists switched off', 2],
    ['lists switched on again', 2],
    ['lists with a test entry again', 2],
    ['lists without a test entry', 2],
  ]);
});

test('a list that is silent while others answer is switched off, and tested again soon', async () => {
  const other = ownList({ name: 'other', zone: 'other.example', score: -30 });
  const others = { '2.0.0.127.other.example': yes };
  const { health, resolver, logged } = setUp({ failing: [`A ${listed}`, `A ${unlisted}`], a: others }, [own, other]);
  expect(health.due()).toBe(3_600_000);
  await health.test();
  expect([health.useOf(own, 4), health.useOf(other, 4)]).toEqual(['silent', 'asked']);
  expect(logged()).toBe('list switched off list=own zone=bl.example family=4 cause="does not answer"');
  expect(health.due()).toBe(60_000);
  resolver.change({ a: { ...others, [listed]: yes } });
  await health.test();
  expect(health.useOf(own, 4)).toBe('asked');
  expect(health.due()).toBe(3_600_000);
});

test('what a list said before stands in for it a day long, then it counts no more', async () => {
  const refusing = { a: { [listed]: ['127.255.255.254'] } };
  const { health, resolver, clock } = setUp(refusing, [own, DNSWL]);
  await health.test();
  clock.advance(80_000);
  resolver.change({ failing: [`A ${listed}`, `A ${unlisted}`] });
  await health.test();
  clock.advance(6399);
  expect(health.useOf(own, 4)).toBe('silent');
  clock.advance(1);
  expect(health.useOf(own, 4)).toBe('ignored');
  resolver.change(sane);
  await health.test();
  resolver.change(refusing);
  await health.test();
  expect(health.useOf(own, 4)).toBe('silent');
});

test.for([
  ['192.0.2.1', 'own', true, own],
  ['192.0.2.1', 'own, taken for a false listing', true, own],
  ['192.0.2.1', 'dynamic address', false, own],
  ['2001:db8::1', 'own', false, own],
  ['192.0.2.1', 'DNSWL low', true, DNSWL],
  ['192.0.2.1', 'DNSWL medium or high', true, DNSWL],
] as const)(
  'a standing of %s by %s is misled where a list lists everything: %s',
  async ([ip, reason, expected, list]) => {
    const answer = list === own ? yes : ['127.0.10.3'];
    const [test, unlistedThere] = [`2.0.0.127.${list.zone}`, `1.0.0.127.${list.zone}`];
    const { health, resolver, clock } = setUp({ a: { [test]: answer } }, [list]);
    const standing = () => ({ ip, reasons: [{ reason, points: -1 }], computed: clock.now() / 1000 });
    await health.test();
    const early = standing();
    expect(health.isMisled(early)).toBe(false);
    resolver.change({ a: { [test]: answer, [unlistedThere]: answer } });
    await health.test();
    clock.advance(3600);
    expect([early, standing()].map((one) => health.isMisled(one))).toEqual([expected, expected]);
    resolver.change({ a: { [test]: answer } });
    await health.test();
    // Also one that nobody asked about meanwhile.
    expect(health.isMisled(early)).toBe(expected);
    clock.advance(1);
    expect(health.isMisled(standing())).toBe(false);
  },
);

const everything = { a: { [listed]: yes, [unlisted]: yes } };

test.for<[before: string, dns: readonly FakeDns[], after: FakeDns, expected: readonly boolean[]]>([
  ['was sane', [sane], sane, [false, false]],
  ['listed everything', [sane, everything], sane, [true, false]],
  ['listed everything, as it still does', [sane, everything], everything, [true, true]],
  ['listed everything some time ago', [everything, sane], sane, [true, false]],
])(
  'after a restart a standing made before, and one after it, are misled by a list that %s: %j',
  async ([, before, after, expected]) => {
    const kept = keptText();
    const first = setUp({}, [own], kept);
    const by = (seconds: number) => ({ ip: '192.0.2.1', reasons: [{ reason: 'own', points: -1 }], computed: seconds });
    const early = by(first.clock.now() / 1000);
    for (const dns of before) {
      first.resolver.change(dns);
      await first.health.test();
    }
    const { health, clock } = setUp(after, [own], kept);
    clock.advance(60);
    await health.restore();
    clock.advance(1);
    await health.test();
    expect([early, by(clock.now() / 1000)].map((standing) => health.isMisled(standing))).toEqual(expected);
  },
);

test('what is to be known after a restart is kept at the next test if that failed', async () => {
  const kept = keptText();
  const { health } = setUp(everything, [own], kept);
  const saving = vi.spyOn(kept, 'save').mockRejectedValueOnce(new Error('disk full'));
  await expect(health.test()).rejects.toThrow('disk full');
  for (let test = 0; test < 2; test += 1) await health.test();
  expect(saving).toHaveBeenCalledTimes(2);
  expect(await kept.load()).toContain('own');
});

test('two lists of one zone are misled alike', async () => {
  const some = ownList({ name: 'some', zone: 'bl.example', score: -9, codes: ['127.0.0.2'] });
  const { health, clock } = setUp(everything, [own, some]);
  await health.test();
  const misled = ['own', 'some', 'none'].map((reason) =>
    health.isMisled({ ip: '192.0.2.1', reasons: [{ reason, points: -9 }], computed: clock.now() / 1000 }),
  );
  expect(misled).toEqual([true, true, false]);
});

test.for([
  ['is in order', 3600, sane],
  ['has no test entry', 3600, {}],
  ['is off', 600, { a: { [listed]: ['127.255.255.254'] } }],
  ['gave half an answer', 600, { ...sane, failing: [`A ${unlisted}`] }],
  ['gave the other half', 600, { failing: [`A ${listed}`] }],
  ['was silent', 60, { failing: [`A ${listed}`, `A ${unlisted}`] }],
] as const)('a list that %s is tested again in %i seconds', async ([, seconds, dns]) => {
  const { health } = setUp(dns, [own, DNSWL]);
  await health.test();
  expect(health.due()).toBe(seconds * 1000);
});

test('while no list answers, none is switched off', async () => {
  const failing = ['bl.example', 'other.example'].flatMap((zone) => [`A 2.0.0.127.${zone}`, `A 1.0.0.127.${zone}`]);
  const other = ownList({ name: 'other', zone: 'other.example', score: -30 });
  const { health } = setUp({ failing }, [own, other]);
  await health.test();
  expect([health.useOf(own, 4), health.useOf(other, 4), health.due()]).toEqual(['asked', 'asked', 60_000]);
});

test('lists of IPv4 are not asked about IPv6', async () => {
  const { health, resolver } = setUp({}, BLOCK_LISTS);
  await health.test();
  expect(resolver.asked).toHaveLength(2 * BLOCK_LISTS.length + 2);
});

test('the first test comes at once', async () => {
  const { health, resolver, log } = setUp(sane, [own6]);
  await using _tests = startListHealth(health, log);
  expect(resolver.asked).toEqual([listed, unlisted, listed6, unlisted6].map((name) => `A ${name}`));
});
