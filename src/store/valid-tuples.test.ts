import { expect, test } from 'vitest';
import type { Tuple } from '../policy/tuple.ts';
import { ValidTuples } from './valid-tuples.ts';

function tuple(n: number, characters: number): Tuple {
  return { client: '203.0.113.0/24', sender: 'example.com', recipient: `${n}`.padStart(characters, 'x') };
}

test.for<[count: number, characters: number, fewest: number, most: number]>([
  [40_000, 30, 16_384, 32_768],
  [3000, 4000, 500, 1000],
])('of %i of %i characters %i to %i are kept', ([count, characters, fewest, most]) => {
  const valid = new ValidTuples();
  const tuples = Array.from({ length: count }, (_, n) => tuple(n, characters));
  for (const one of tuples) valid.note(one, { state: 'valid', firstSeen: 1, lastSeen: 2 });
  const kept = tuples.filter((one) => valid.find(one) !== undefined).length;
  expect(kept).toBeGreaterThanOrEqual(fewest);
  expect(kept).toBeLessThanOrEqual(most);
});
