import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const KNOWN = ['retry', 'trusted', 'grey_default', 'grey_check'];

test.for<[name: string, guess: string | undefined]>([
  ['retry', 'retry'],
  ['retri', 'retry'],
  ['rety', 'retry'],
  ['retryy', 'retry'],
  ['erty', undefined],
  ['rerty', 'retry'],
  ['erryt', undefined],
  ['greydefault', 'grey_default'],
  ['grey_defaults', 'grey_default'],
  ['gery_check', 'grey_check'],
  ['something_else', undefined],
  ['', undefined],
])('who writes %j probably meant %s', ([name, guess]) => {
  expect(nearest(name, KNOWN)).toBe(guess);
});

test('of equals the first is taken, and without candidates none', () => {
  expect(nearest('ab', ['ac', 'ad'])).toBe('ac');
  expect(nearest('ab', [])).toBeUndefined();
});

test('a word that is much longer than all candidates is not compared with them', () => {
  expect(nearest('a'.repeat(20_000_000), KNOWN)).toBeUndefined();
});
