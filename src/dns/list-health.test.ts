import { expect, test } from 'vitest';
import { createCounters } from '../lib/counters.ts';
import { createLog } from '../lib/log.ts';
import { type FakeDns, fakeResolver } from './fake-resolver.ts';
import { BLOCK_LISTS, DNSWL, ownList } from './known-lists.ts';
import { createListHealth, startListHealth } from './list-health.ts';
import type { DnsList } from './lists.ts';

const own = ownList({ name: 'own', zone: 'bl.example', score: -30 });
const own6 = ownList({ name: 'own', zone: 'bl.example', score: -30, ipv6: true });
const coded = ownList({ name: 'own', zone: 'bl.example', score: -30, codes: ['127.0.0.7'] });
const listed = '2.0.0.127.bl.example';
const unlisted = '1.0.0.127.bl.example';
const listed6 = `2.0.0.0.0.0.f.7.f.f.f.f.${'0.'.repeat(20)}bl.example`;
const unlisted6 = `1.0.0.0.0.0.f.7.f.f.f.f.${'0.'.repeat(20)}bl.example`;
const yes = ['127.0.0.2'];
const sane: FakeDns = { a: { [listed]: yes } };

function setUp(dns: FakeDns, lists: readonly DnsList[]) {
  const lines: string[] = [];
  const log = createLog({ level: 0, format: 'text' }, (text) => lines.push(text), { now: () => 0 });
  const counters = createCounters();
  const resolver = fakeResolver(dns);
  const health = createListHealth({ lists: () => lists, resolver, log, counters });
  const logged = () => {
    log.flush();
    return lines
      .splice(0)
      .join('')
      .replaceAll(/^\S+ |\n/gm, '');
  };
  return { health, resolver, counters, log, logged };
}

test.for([
  ['a sane list', sane, own, 4, true],
  ['one whose test entry is none of the chosen answers', sane, coded, 4, true],
  [
    'one that lists everything, but not as chosen',
    { a: { [listed]: ['127.0.0.3'], [unlisted]: ['127.0.0.3'] } },
    coded,
    4,
    false,
  ],
  ['one that lists nothing, with chosen answers', {}, coded, 4, true],
  ['one that lists everything', { a: { [listed]: yes, [unlisted]: yes } }, own, 4, false],
  ['one that lists nothing', {}, own, 4, true],
  [
    'one that is parked on a web page',
    { a: { [listed]: ['203.0.113.80'], [unlisted]: ['203.0.113.80'] } },
    own,
    4,
    false,
  ],
  [
    'one that refuses to answer',
    { a: { [listed]: ['127.255.255.254'], [unlisted]: ['127.255.255.254'] } },
    own,
    4,
    false,
  ],
  ['one that does not answer', { failing: [`A ${listed}`, `A ${unlisted}`] }, own, 4, true],
  ['one that answers only half', { a: { [listed]: yes }, failing: [`A ${unlisted}`] }, own, 4, true],
  [
    'one that lists everything and answers only half',
    { a: { [unlisted]: yes }, failing: [`A ${listed}`] },
    own,
    4,
    false,
  ],
  ['IPv6, sane', { a: { [listed]: yes, [listed6]: yes } }, own6, 6, true],
  ['IPv6, lists everything', { a: { [listed]: yes, [listed6]: yes, [unlisted6]: yes } }, own6, 6, false],
  ['IPv6, lists nothing', sane, own6, 6, true],
  ['IPv4 where IPv6 is at fault', sane, own6, 4, true],
  ['a white list that lists nothing', {}, DNSWL, 4, true],
  ['a white list that refuses to answer', { a: { '2.0.0.127.list.dnswl.org': ['127.0.0.255'] } }, DNSWL, 4, false],
  ['a white list that lists everything', { a: { '1.0.0.127.list.dnswl.org': ['127.0.5.3'] } }, DNSWL, 4, false],
] as const)('%s', async ([, dns, list, family, usable]) => {
  const { health } = setUp(dns, [list]);
  expect(health.usable(list, family)).toBe(true);
  await health.test();
  expect(health.usable(list, family)).toBe(usable);
});

test('a list is switched off and on again, and a test without an answer changes nothing', async () => {
  const { health, resolver, counters, logged } = setUp({}, [own]);
  const about = 'list=own zone=bl.example family=4';
  const steps: readonly (readonly [dns: FakeDns, usable: boolean, told: string])[] = [
    [{}, true, `list without a test entry ${about}`],
    [{}, true, ''],
    [{ a: { [listed]: yes, [unlisted]: yes } }, false, `list switched off ${about} cause="lists everything"`],
    [{ failing: [`A ${listed}`, `A ${unlisted}`] }, false, ''],
    [{ a: { [listed]: ['127.255.255.254'] } }, false, `list switched off ${about} cause="refuses to answer"`],
    [sane, true, `list switched on again ${about}`],
    [{ a: { [unlisted]: yes } }, false, `list switched off ${about} cause="lists everything"`],
    [{}, true, `list switched on again ${about}list without a test entry ${about}`],
    [sane, true, `list has a test entry again ${about}`],
  ];
  for (const [dns, usable, told] of steps) {
    resolver.change(dns);
    await health.test();
    expect([health.usable(own, 4), logged()]).toEqual([usable, told]);
  }
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
  expect([health.usable(own, 4), health.usable(other, 4)]).toEqual([false, true]);
  expect(logged()).toBe('list switched off list=own zone=bl.example family=4 cause="does not answer"');
  expect(health.due()).toBe(60_000);
  resolver.change({ a: { ...others, [listed]: yes } });
  await health.test();
  expect(health.usable(own, 4)).toBe(true);
  expect(health.due()).toBe(3_600_000);
});

test('while no list answers, none is switched off', async () => {
  const failing = ['bl.example', 'other.example'].flatMap((zone) => [`A 2.0.0.127.${zone}`, `A 1.0.0.127.${zone}`]);
  const other = ownList({ name: 'other', zone: 'other.example', score: -30 });
  const { health } = setUp({ failing }, [own, other]);
  await health.test();
  expect([health.usable(own, 4), health.usable(other, 4), health.due()]).toEqual([true, true, 60_000]);
});

test('lists of IPv4 are not asked about IPv6', async () => {
  const { health, resolver } = setUp({}, BLOCK_LISTS);
  await health.test();
  expect(resolver.asked).toHaveLength(2 * BLOCK_LISTS.length + 2);
});

test('the first test comes at once', async () => {
  const { health, resolver, log } = setUp(sane, [own]);
  await using _tests = startListHealth(health, log);
  expect(resolver.asked).toEqual([`A ${listed}`, `A ${unlisted}`]);
});
