import { expect, test } from 'vitest';
import { pickedInPieces } from './pieces.ts';

/** How many items each piece has, if of `items` every nth is picked. */
function pieces(items: number, nth: number): readonly number[] {
  const numbers = Array.from({ length: items }, (_, i) => i + 1);
  return [...pickedInPieces(numbers, (i) => (i % nth === 0 ? i : undefined))].map(({ length }) => length);
}

test.for<[items: number, nth: number, pieces: readonly number[]]>([
  [0, 1, []],
  [499, 1, [499]],
  [1001, 1, [500, 500, 1]],
  [4000, 4, [500, 500]],
  [4001, 1000, [2, 2]],
  [6000, 5000, [0, 0, 1]],
  [6000, 9999, [0, 0, 0]],
])('of %i items each %ith in pieces', ([items, nth, expected]) => {
  expect(pieces(items, nth)).toEqual(expected);
});
