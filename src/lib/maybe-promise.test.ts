import { expect, test } from 'vitest';
import { chain } from './maybe-promise.ts';

test('what is there is gone on with at once', () => {
  expect(chain(1, (n) => n + 1)).toBe(2);
});

test('what comes later is waited for, whichever of both it is', async () => {
  expect(await chain(Promise.resolve(1), (n) => n + 1)).toBe(2);
  expect(await chain(1, async (n) => n + 1)).toBe(2);
});

test('an error is thrown where there is no promise, else it is a rejection', async () => {
  const fail = (): never => {
    throw new Error('no');
  };
  expect(() => chain(1, fail)).toThrow('no');
  await expect(chain(Promise.resolve(1), fail)).rejects.toThrow('no');
  await expect(chain(Promise.reject(new Error('before')), fail)).rejects.toThrow('before');
});
