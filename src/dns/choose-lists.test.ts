import { expect, test } from 'vitest';
import { chooseLists, type ListChoice } from './choose-lists.ts';

const NONE: ListChoice = { names: [], scores: [], own: [], dnswl: false };
const OWN = { name: 'ours', zone: 'dnsbl.example.net', ipv6: false, codes: [] };

test.for<[choice: Partial<ListChoice>, lists: string]>([
  [{}, ''],
  [{ names: ['spamcop', 'uce-2'] }, 'spamcop -80, uce-2 -50'],
  [{ names: ['uce-2', 'spamcop', 'uce-2'] }, 'uce-2 -50, spamcop -80'],
  [{ names: ['SpamCop', 'spamcop'], scores: [{ name: 'SPAMCOP', score: -1 }] }, 'spamcop -1'],
  [{ names: ['spamcop'], dnswl: true }, 'spamcop -80, dnswl undefined'],
  [{ names: ['spamcop'], scores: [{ name: 'spamcop', score: -10 }] }, 'spamcop -10'],
  [{ names: ['spamcop'], scores: [{ name: 'spamcop', score: 0 }] }, 'spamcop 0'],
  [{ scores: [{ name: 'spamcop', score: -10 }] }, ''],
  [{ names: ['spamcop'], scores: [-10, -20].map((score) => ({ name: 'spamcop', score })) }, 'spamcop -20'],
  [{ own: [OWN] }, 'ours -50'],
  [{ own: [OWN], names: ['ours', 'spamcop'] }, 'ours -50, spamcop -80'],
  [{ own: [OWN], scores: [{ name: 'ours', score: -7 }] }, 'ours -7'],
])('%o → %s', ([choice, expected]) => {
  const { lists, warnings, errors } = chooseLists({ ...NONE, ...choice });
  const rows = lists.map((list) => `${list.name} ${list.kind === 'dnsbl' ? list.score : undefined}`);
  expect(rows.join(', ')).toBe(expected);
  expect([...warnings, ...errors]).toEqual([]);
});

test('an own list may take the name of a known one', () => {
  const { lists } = chooseLists({ ...NONE, names: ['spamcop'], own: [{ ...OWN, name: 'SpamCop' }] });
  expect(lists.map(({ zone }) => zone)).toEqual(['dnsbl.example.net']);
});

test('own codes are what counts as listed', () => {
  const [all, some] = [[], ['127.0.0.3']].map((codes) => chooseLists({ ...NONE, own: [{ ...OWN, codes }] }).lists[0]);
  expect(all).not.toHaveProperty('codes');
  expect(some).toMatchObject({ codes: ['127.0.0.3'], zone: 'dnsbl.example.net' });
});

test('an own list is asked about IPv6 where that was said', () => {
  const { lists } = chooseLists({ ...NONE, own: [OWN, { ...OWN, name: 'more', ipv6: true }] });
  expect(lists.map(({ ipv6 }) => ipv6)).toEqual([false, true]);
});

const closed = 'the list sorbs closed (June 2024) and is not asked';

test.for<[choice: Partial<ListChoice>, warnings: readonly string[], errors: readonly string[]]>([
  [{ names: ['sorbs', 'spamcop'] }, [closed], []],
  [{ names: ['sorbs'], scores: [{ name: 'sorbs', score: -5 }] }, [closed], []],
  [{ own: [{ ...OWN, zone: 'dul.dnsbl.sorbs.net' }] }, [closed], []],
  [
    { names: ['spamcom'] },
    [],
    [expect.stringMatching(/^rbls spamcom: there is no list spamcom; known: spamcop, uce-2, /)],
  ],
  [{ scores: [{ name: 'spamcom', score: -5 }] }, [], [expect.stringMatching(/^rbl_score spamcom: there is no list/)]],
  [
    { names: ['x'], own: [OWN] },
    [],
    [expect.stringMatching(/^rbls x: there is no list x; known: ours, spamcop, .*, spamhaus$/)],
  ],
])('%o: warnings %o, errors %o', ([choice, warnings, errors]) => {
  const chosen = chooseLists({ ...NONE, ...choice });
  expect(chosen.warnings).toEqual(warnings);
  expect(chosen.errors.map(({ option, name, message }) => `${option} ${name}: ${message}`)).toEqual(errors);
});

test('a list that closed is not asked, whatever it is called now', () => {
  expect(chooseLists({ ...NONE, own: [{ ...OWN, zone: 'dul.dnsbl.sorbs.net' }] }).lists).toEqual([]);
});
