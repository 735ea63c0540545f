import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { Standing } from '../policy/standing.ts';
import { NO_SCREEN } from './screen.ts';
import { standingRows } from './standing-rows.ts';

const STANDING: Standing = {
  ip: '203.0.113.7',
  identity: 'example.com',
  names: [],
  score: 0,
  class: 'grey_min',
  reasons: [],
  computed: 0,
  answered: 0,
  expires: 1,
  reveal: undefined,
};
const DELAYS = { grey_min: 120, grey_short: 290, grey_default: 7200, grey_long: 43_200, grey_max: 86_400 };

function rows(standings: readonly Standing[], screen = NO_SCREEN): readonly string[] {
  return [...standingRows(standings, { delays: DELAYS, scores: false, screen })].join('').split('\n');
}

test.for<[kind: Standing['class'], status: string]>([
  ['white', 'white   '],
  ['black', 'black   '],
  ['grey_min', 'grey  2m'],
  ['grey_short', 'grey 290s'],
  ['grey_default', 'grey  2h'],
  ['grey_long', 'grey 12h'],
  ['grey_max', 'grey 24h'],
])('%s is shown as %s', ([kind, status]) => {
  expect(rows([{ ...STANDING, class: kind }])[2]).toBe(`example.com     203.0.113.7     ${status} basic`);
});

test('columns grow with what is in them', () => {
  const wide = { ...STANDING, ip: '2001:db8:1:2:3:4:5:6', identity: 'a-long-name.example.com' };
  expect(rows([STANDING, wide]).slice(0, 4)).toEqual([
    'domain                  ip                   status   reason',
    '-'.repeat(87),
    'example.com             203.0.113.7          grey  2m basic',
    'a-long-name.example.com 2001:db8:1:2:3:4:5:6 grey  2m basic',
  ]);
});

test('a terminal gets lines that fit, and the status in its colour', () => {
  const shown = rows([{ ...STANDING, class: 'black' }, STANDING], { ...NO_SCREEN, columns: 43, colours: true });
  expect(shown.map((line) => stripVTControlCharacters(line).length)).toEqual([43, 43, 43, 43, 0]);
  expect(shown[2]).toBe('example.com     203.0.113.7     \u001b[31mblack   \u001b[39m b…');
});

test('more rows than a call takes arguments, or one text can hold', () => {
  const many = Array(200_000).fill(STANDING);
  expect(rows(many)).toHaveLength(200_003);
  const pieces = [...standingRows(many, { delays: DELAYS, scores: false, screen: NO_SCREEN })];
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100_000);
});
