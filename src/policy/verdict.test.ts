import { expect, test } from 'vitest';
import { REASONS } from './verdict.ts';

test('every reason has words of its own', () => {
  const words = Object.values(REASONS);
  expect(words).not.toContain('');
  expect(new Set(words).size).toBe(words.length);
});
