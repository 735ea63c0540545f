import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BadCounts, type Facts, NO_BAD, PLAIN } from './facts.ts';
import {
  classOf,
  describeReasons,
  type Standing,
  type StandingClass,
  type StandingInput,
  standingFrom,
} from './standing.ts';

const T = 1_700_000_000;
const HOUR = 3600;
const DAY = 24 * HOUR;
const TIMES = { duration: 7 * DAY, blacklist: 60 * DAY };

const SPAMHAUS = { title: 'Spamhaus ZEN', points: -100, mayBeWrong: false };
const UCE = { title: 'Uceprotect level 2', points: -50, mayBeWrong: false };
/** Worst last. */
const CLASSES = ['white', 'grey_min', 'grey_short', 'grey_default', 'grey_long', 'grey_max', 'black'] as const;

function standing(facts: Partial<Facts>, more: Partial<StandingInput> = {}): Standing {
  const input = { ip: '203.0.113.10', times: TIMES, previous: undefined, random: 0, now: T };
  return standingFrom({ ...input, facts: { ...PLAIN, ...facts }, ...more });
}

function trap(ago: number): Partial<Facts> {
  return { bad: { ...NO_BAD, hardTrap: 1, newest: T - ago } };
}

test.for<[score: number, kind: StandingClass]>([
  [Infinity, 'white'],
  [20, 'white'],
  [19, 'grey_min'],
  [10, 'grey_min'],
  [9, 'grey_short'],
  [5, 'grey_short'],
  [4, 'grey_default'],
  [0, 'grey_default'],
  [-5, 'grey_default'],
  [-6, 'grey_long'],
  [-20, 'grey_long'],
  [-21, 'grey_max'],
  [-100, 'grey_max'],
  [-101, 'black'],
  [-Infinity, 'black'],
])('a score of %i is %s', ([score, kind]) => {
  expect(classOf(score)).toBe(kind);
});

test.for<[what: string, facts: Partial<Facts>, kind: StandingClass, lives: number]>([
  ['nothing', {}, 'grey_default', 7 * DAY],
  ['nothing, after a failed lookup', { incomplete: true }, 'grey_default', HOUR],
  ['a trap', trap(0), 'black', 7 * DAY],
  ['a trap, after a failed lookup', { ...trap(0), incomplete: true }, 'black', HOUR],
  ['a trap 54 days ago', trap(54 * DAY), 'black', 6 * DAY],
  [
    'a trap 60 days less half an hour ago, after a failed lookup',
    { ...trap(60 * DAY - 1800), incomplete: true },
    'black',
    1800,
  ],
  ['a trap 60 days less a second ago', trap(60 * DAY - 1), 'black', 1],
  ['a trap 60 days ago', trap(60 * DAY), 'grey_max', 7 * DAY],
  ['lists', { listings: [SPAMHAUS, UCE] }, 'black', 7 * DAY],
  ['lists, and a trap 60 days ago', { listings: [SPAMHAUS, UCE], ...trap(60 * DAY) }, 'black', 7 * DAY],
  ['a list, and a trap 60 days ago', { listings: [SPAMHAUS], ...trap(60 * DAY) }, 'grey_max', 7 * DAY],
])('%s: %s, for %i s', ([, facts, kind, lives]) => {
  expect(standing(facts)).toMatchObject({ class: kind, expires: T + lives, computed: T });
});

test('it belongs to the domain, else to the address', () => {
  expect(standing({}).identity).toBe('example.com');
  expect(standing({ domain: undefined }).identity).toBe('203.0.113.10');
});

test('it tells when the DNS last answered all', () => {
  const previous = standing({}, { now: T - DAY });
  expect(standing({}, { previous }).answered).toBe(T);
  expect(standing({ incomplete: true }, { previous }).answered).toBe(T - DAY);
  expect(standing({ incomplete: true }).answered).toBe(T);
});

test('the reasons of a standing in words', () => {
  expect(describeReasons(standing({}))).toBe('basic');
  expect(describeReasons(standing({ dnswl: 1, listings: [UCE] }))).toBe('DNSWL low, Uceprotect level 2');
  expect(describeReasons(standing({ dynamic: true, listings: [UCE] }))).toBe('Uceprotect level 2, dynamic address');
});

test('only a blacklisting has a moment of reveal', () => {
  expect(standing({}).reveal).toBeUndefined();
  expect(standing(trap(60 * DAY)).reveal).toBeUndefined();
});

test('a blacklisting is revealed 1 to 8 days after it began', () => {
  expect(standing(trap(0), { random: 0 }).reveal).toBe(T + DAY);
  expect(standing(trap(0), { random: 1 - Number.EPSILON }).reveal).toBe(T + 8 * DAY - 1);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
      const { reveal = 0 } = standing(trap(0), { random });
      expect(reveal).toSatisfy((time: number) => Number.isInteger(time) && time >= T + DAY && time < T + 8 * DAY);
    }),
  );
});

test('while it goes on the moment of reveal stays, whatever is drawn; a later one draws again', () => {
  const first = standing(trap(0), { random: 0.5 });
  const again = (now: number): Standing =>
    standing({ bad: { ...NO_BAD, hardTrap: 1, newest: now } }, { previous: first, random: 0.9, now });
  expect(again(T + HOUR).reveal).toBe(first.reveal);
  expect(again(first.expires + 60 * DAY - 1).reveal).toBe(first.reveal);
  const later = first.expires + 60 * DAY;
  expect(again(later).reveal).toBe(later + DAY + Math.floor(0.9 * 7 * DAY));
  expect(standing(trap(0), { previous: standing({}) }).reveal).toBe(T + DAY);
  // Delisted, and for some days the same blacklisting if it comes back.
  const { reveal = 0 } = first;
  const better = standing({}, { previous: first, now: T + 7 * DAY });
  const back = (now: number): number | undefined => standing(trap(0), { previous: better, random: 0.9, now }).reveal;
  expect(better.class).not.toBe('black');
  expect(back(reveal + 8 * DAY - 1)).toBe(reveal);
  expect(back(reveal + 8 * DAY)).toBe(reveal + 9 * DAY + Math.floor(0.9 * 7 * DAY));
});

const badCounts = fc.record<BadCounts>({
  manual: fc.nat(3),
  hardTrap: fc.nat(1),
  softTrap: fc.nat(3),
  unknown: fc.nat(20),
  spam: fc.nat(5),
  relay: fc.nat(3),
  disconnect: fc.nat(9),
  noMail: fc.nat(9),
  noWait: fc.nat(9),
  connectionLost: fc.nat(9),
  newest: fc.integer({ min: T - 90 * DAY, max: T }),
});

const anyFacts = fc.record<Facts>({
  domain: fc.constantFrom('example.com', 'example.xyz', undefined),
  names: fc.constant([]),
  dynamic: fc.boolean(),
  nameUnknown: fc.boolean(),
  listings: fc.subarray([SPAMHAUS, UCE, { title: 'Spamcop', points: -80, mayBeWrong: true }]),
  dnswl: fc.constantFrom(0, 1, 2, 3),
  bad: fc.oneof(fc.constant(NO_BAD), badCounts),
  good: fc.record({ olderThanDay: fc.nat(30), olderThanWeek: fc.nat(200), first: fc.constant([]) }),
  incomplete: fc.boolean(),
});

test('the score is the sum of its reasons, and the class follows from it', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { score, reasons, class: kind } = standing(facts);
      expect(score).toBe(reasons.reduce((sum, { points }) => sum + points, 0));
      expect(kind === classOf(score) || (kind === 'grey_max' && classOf(score) === 'black')).toBe(true);
    }),
  );
});

test('more that is bad never makes a class better', () => {
  const misdeed = fc.constantFrom(
    ...(['manual', 'hardTrap', 'softTrap', 'unknown', 'spam', 'relay', 'disconnect', 'noMail', 'noWait'] as const),
    'connectionLost' as const,
  );
  fc.assert(
    fc.property(anyFacts, misdeed, fc.nat(90 * DAY), (facts, fact, ago) => {
      const newest = Math.max(facts.bad.newest ?? 0, T - ago);
      const worse = { ...facts, bad: { ...facts.bad, [fact]: facts.bad[fact] + 1, newest } };
      const [before, after] = [facts, worse].map((each) => CLASSES.indexOf(standing(each).class));
      expect(after).toBeGreaterThanOrEqual(before ?? Infinity);
    }),
    { numRuns: 1000 },
  );
});

test('a blacklisting for misdeeds ends `blacklist` after the newest, and no standing outlives that', () => {
  fc.assert(
    fc.property(fc.nat(90 * DAY), fc.integer({ min: HOUR, max: 90 * DAY }), (ago, blacklist) => {
      const left = blacklist - ago;
      const expected = left > 0 ? ['black', Math.min(7 * DAY, left)] : ['grey_max', 7 * DAY];
      const { class: kind, expires } = standing(trap(ago), { times: { duration: 7 * DAY, blacklist } });
      expect([kind, expires - T]).toEqual(expected);
    }),
  );
});

test.for<[what: string, first: readonly number[], now: number, expires: number]>([
  ['one mail counts from a day on', [T], T + HOUR, T + DAY],
  ['five count from a week on', [T, T, T, T, T + 60], T + 2 * DAY, T + 60 + 7 * DAY],
  ['fifteen too', [...Array.from({ length: 14 }, () => T), T + 60], T + 7 * DAY, T + 60 + 7 * DAY],
  ['four never give more than one', [T, T, T, T], T + 2 * DAY, T + 9 * DAY],
])('a standing ends when accepted mail begins to count: %s', ([, first, now, expires]) => {
  const facts = { good: { olderThanDay: 0, olderThanWeek: 0, first } };
  expect(standing(facts, { now }).expires).toBe(expires);
  expect(standing({ ...facts, dnswl: 2 }, { now })).toMatchObject({ class: 'white', expires: now + 7 * DAY });
});
