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
  ['ertry', 'retry'],
  ['erryt', undefined],
  ['retxx', undefined],
  ['retxr', undefined],
  ['retyx', undefined],
  ['greydefault', 'grey_default'],
  ['grey_defaults', 'grey_default'],
  ['gery_check', 'grey_check'],
  ['grxy_zzeck', 'grey_check'],
  ['grxy_zzexk', undefined],
  ['something_else', undefined],
  ['', undefined],
])('who writes %j probably meant %s', ([name, guess]) => {
  expect(nearest(name, KNOWN)).toBe(guess);
});

test.for<[name: string, candidates: readonly string[], guess: string | undefined]>([
  ['ab', ['ac', 'ad'], 'ac'],
  ['ab', [], undefined],
  ['abcdefg', ['abcdexx', 'abcdefx', 'abcdxfx'], 'abcdefx'],
  ['c', ['ab'], undefined],
  ['abcde', ['abcd'], 'abcd'],
])('for %j there is of %j the nearest, of equals the first: %s', ([name, candidates, guess]) => {
  expect(nearest(name, candidates)).toBe(guess);
});

test('a word that is much longer than all candidates is not compared with them', () => {
  expect(nearest('a'.repeat(20_000_000), KNOWN)).toBeUndefined();
});
