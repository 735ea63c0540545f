import { expect, test } from 'vitest';
import { manualClock, seconds, systemClock } from './clock.ts';

test('a manual clock stands still until it is moved, forwards or back', () => {
  const clock = manualClock(1000);
  expect([clock.now(), clock.now()]).toEqual([1_000_000, 1_000_000]);
  clock.advance(1.5);
  expect(clock.now()).toBe(1_001_500);
  clock.advance(-1.5);
  expect(clock.now()).toBe(1_000_000);
});

test.for<[milliseconds: number, whole: number]>([
  [0, 0],
  [999, 0],
  [1000, 1],
  [1_700_000_000_999, 1_700_000_000],
])('%i ms are %i whole seconds', ([milliseconds, whole]) => {
  expect(seconds({ now: () => milliseconds })).toBe(whole);
});

test("the system's clock is the machine's", () => {
  const before = Date.now();
  const now = systemClock.now();
  expect(before <= now && now <= Date.now()).toBe(true);
});
