import { expect, onTestFinished, test, vi } from 'vitest';
import { inTime } from './in-time.ts';

test('what is waited for is done in time, late, or fails', async () => {
  expect(await inTime(Promise.resolve(), 60_000)).toBe(true);
  expect(await inTime(new Promise(() => {}), 1)).toBe(false);
  await expect(inTime(Promise.reject(new Error('closed')), 60_000)).rejects.toThrow('closed');
});

test('no timer is left that would keep a process from its end', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await inTime(Promise.resolve(), 60_000);
  await inTime(Promise.reject(new Error('closed')), 60_000).catch(() => {});
  expect(vi.getTimerCount()).toBe(0);
});
