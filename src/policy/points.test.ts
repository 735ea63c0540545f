import { expect, test } from 'vitest';
import { type Facts, NO_BAD, NO_GOOD, PLAIN } from './facts.ts';
import { award, COUNT_LIMIT } from './points.ts';

/** `POINTS REASON` of each award, joined by `; `. */
function awarded(facts: Partial<Facts>): string {
  return award({ ...PLAIN, ...facts })
    .map(({ points, reason }) => `${points} ${reason}`)
    .join('; ');
}

test.for<[facts: Partial<Facts>, expected: string]>([
  [{}, ''],
  [{ domain: undefined }, '-10 no reverse name'],
  [{ domain: undefined, nameUnknown: true }, ''],
  [{ domain: undefined, dynamic: true }, '-10 dynamic address'],
  [{ domain: undefined, dynamic: true, nameUnknown: true }, '-10 dynamic address'],
  [{ domain: 'example.xyz' }, '-5 novelty TLD'],
  [{ domain: 'example.xn--p1ai' }, '-5 novelty TLD'],
  [{ domain: 'example.com.au' }, ''],
  [{ domain: undefined, incomplete: true }, '-10 no reverse name'],
])('name: %o → %s', ([facts, expected]) => {
  expect(awarded(facts)).toBe(expected);
});

test.for(['com', 'org', 'net', 'gov', 'edu', 'mil', 'int', 'co'])('.%s is no novelty', (tld) => {
  expect(awarded({ domain: `example.${tld}` })).toBe('');
});

test.for<[dnswl: Facts['dnswl'], expected: string]>([
  [0, ''],
  [1, '10 DNSWL low'],
  [2, '50 DNSWL medium or high'],
  [3, '50 DNSWL medium or high'],
])('DNSWL %i → %s', ([dnswl, expected]) => {
  expect(awarded({ dnswl })).toBe(expected);
});

test.for<[olderThanDay: number, olderThanWeek: number, expected: string]>([
  [0, 0, ''],
  [1, 0, '5 mail accepted'],
  [1000, 4, '5 mail accepted'],
  [5, 5, '20 5 mails accepted'],
  [14, 14, '20 5 mails accepted'],
  [15, 15, '30 15 mails accepted'],
  [1000, 1000, '30 15 mails accepted'],
])('%i mails older than a day, %i than a week → %s', ([olderThanDay, olderThanWeek, expected]) => {
  expect(awarded({ good: { ...NO_GOOD, olderThanDay, olderThanWeek } })).toBe(expected);
});

test.for<[event: Exclude<keyof Facts['bad'], 'newest'>, expected: readonly string[]]>([
  ['manual', ['-150 manual report', '-200 manual report', '-250 manual report']],
  ['hardTrap', ['-500 hard trap', '-500 hard trap']],
  ['softTrap', ['-50 soft trap', '-100 soft traps', '-150 soft traps']],
  ['unknown', ['-30 unknown recipients', '-60 unknown recipients']],
  ['spam', ['-20 spam', '-40 spam', '-150 much spam', '-200 much spam']],
  ['relay', ['-60 relay attempt', '-120 relay attempt']],
  ['disconnect', [10, 20, 30, 40, 50, 50].map((points) => `-${points} disconnects`)],
  ['noMail', [20, 40, 60, 60].map((points) => `-${points} connections without mail`)],
  ['noWait', [20, 40, 60, 60].map((points) => `-${points} early talker`)],
  ['connectionLost', [5, 10, 10].map((points) => `-${points} lost connections`)],
])('%s, once, twice, ...: %o', ([event, expected]) => {
  expect(awarded({ bad: { ...NO_BAD, [event]: 0 } })).toBe('');
  expect(expected.map((_, index) => awarded({ bad: { ...NO_BAD, [event]: index + 1 } }))).toEqual(expected);
});

const LISTING = { title: 'L', points: -80, mayBeWrong: true };
const KNOWN = { ...NO_GOOD, olderThanDay: 5, olderThanWeek: 5 };

test.for<[what: string, facts: Partial<Facts>, expected: string]>([
  ['a listing', { listings: [LISTING] }, '-80 L'],
  ['two', { listings: [LISTING, { ...LISTING, title: 'M', points: -1 }] }, '-80 L; -1 M'],
  [
    'one mail does not outweigh it',
    { listings: [LISTING], good: { ...NO_GOOD, olderThanDay: 4, olderThanWeek: 4 } },
    '5 mail accepted; -80 L',
  ],
  ['five do', { listings: [LISTING], good: KNOWN }, '20 5 mails accepted; 0 L, taken for a false listing'],
  [
    'unless the list does not err',
    { listings: [{ ...LISTING, mayBeWrong: false }], good: KNOWN },
    '20 5 mails accepted; -80 L',
  ],
  ['DNSWL low does not', { listings: [LISTING], dnswl: 1 }, '10 DNSWL low; -80 L'],
  ['DNSWL medium does', { listings: [LISTING], dnswl: 2 }, '50 DNSWL medium or high; 0 L, taken for a false listing'],
])('lists: %s', ([, facts, expected]) => {
  expect(awarded(facts)).toBe(expected);
});

const many = 'many unknown recipients from a reputable client';
const some = 'some unknown recipients from a reputable client';

test.for<[what: string, unknown: number, week: number, facts: Partial<Facts>, expected: string]>([
  ['a tenth of its mails', 1, 10, {}, `0 ${some}`],
  ['more than a tenth', 1, 9, {}, `-20 ${many}`],
  ['a tenth of many', 2, 20, {}, `0 ${some}`],
  ['more than a tenth of many', 3, 20, {}, `-40 ${many}`],
  ['too few mails to be reputable', 1, 4, {}, '-30 unknown recipients'],
  ['few mails, and DNSWL', 1, 1, { dnswl: 1 }, `-20 ${many}`],
  ['no old mails, and DNSWL', 1, 0, { dnswl: 3 }, '-30 unknown recipients'],
  ['dynamic', 1, 10, { dynamic: true, domain: undefined }, '-30 unknown recipients'],
  ['listed', 1, 10, { listings: [{ ...LISTING, mayBeWrong: false }] }, '-30 unknown recipients'],
  ['listed, taken for a false listing', 1, 10, { listings: [LISTING] }, '-30 unknown recipients'],
])('unknown recipients: %s: %i, of %i mails', ([, unknown, week, facts, expected]) => {
  const good = { ...NO_GOOD, olderThanDay: week, olderThanWeek: week };
  expect(awarded({ ...facts, good, bad: { ...NO_BAD, unknown } }).split('; ')).toContain(expected);
});

test('counting stops where a large sender still has but some unknown recipients', () => {
  const week = COUNT_LIMIT.goodForUnknown;
  const reasons = (olderThanWeek: number): string =>
    awarded({ good: { ...NO_GOOD, olderThanDay: week, olderThanWeek }, bad: { ...NO_BAD, unknown: COUNT_LIMIT.bad } });
  expect(reasons(week)).toContain(some);
  expect(reasons(week - 1)).toContain(many);
});
