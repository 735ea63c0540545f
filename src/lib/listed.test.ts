import { expect, test } from 'vitest';
import { listed } from './listed.ts';

test.for([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
] as const)('%j: %s', ([names, text]) => {
  expect(listed(names)).toBe(text);
});
