import { expect, test } from 'vitest';
import { withFileMode } from './file-mode.ts';

test('the mode is for the work alone', () => {
  const before = process.umask();
  expect(withFileMode(0o640, () => process.umask())).toBe(0o137);
  expect(withFileMode(undefined, () => process.umask())).toBe(before);
  expect(() =>
    withFileMode(0o600, () => {
      throw new Error('broken');
    }),
  ).toThrow('broken');
  expect(process.umask()).toBe(before);
});
