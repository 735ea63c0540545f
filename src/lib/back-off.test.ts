import { expect, test } from 'vitest';
import { createBackOff } from './back-off.ts';

test.for<[random: number, waits: number[]]>([
  [0, [100, 200, 400, 500, 500]],
  [0.5, [75, 150, 300, 375, 375]],
])('waits double up to the longest, shortened by chance (%d)', ([random, waits]) => {
  const backOff = createBackOff({ first: 100, longest: 500, random: () => random });
  expect(waits.map(() => backOff.failed())).toEqual(waits);
  backOff.worked();
  expect(backOff.failed()).toBe(waits[0]);
});
