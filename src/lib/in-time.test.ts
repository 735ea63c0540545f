import { expect, test } from 'vitest';
import { inTime } from './in-time.ts';

test('what is waited for is done in time, late, or fails', async () => {
  expect(await inTime(Promise.resolve(), 60_000)).toBe(true);
  expect(await inTime(new Promise(() => {}), 1)).toBe(false);
  await expect(inTime(Promise.reject(new Error('closed')), 60_000)).rejects.toThrow('closed');
});
