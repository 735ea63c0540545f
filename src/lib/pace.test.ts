import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

test('the first comes at once, the next when those before are within the rate', () => {
  let now = 5000;
  const pace = new Pace(
    () => 60,
    () => now,
  );
  expect([pace.take(1), pace.take(2), pace.take(1)]).toEqual([0, 1000, 3000]);
  now += 3500;
  expect(pace.take(1)).toBe(500);
});

test('what was not used is not saved up', () => {
  let now = 0;
  const pace = new Pace(
    () => 60,
    () => now,
  );
  pace.take(1);
  now += 3_600_000;
  expect([pace.take(1), pace.take(1)]).toEqual([0, 1000]);
});

test('a changed rate counts from the next on; without one nobody waits', () => {
  let rate = 60;
  const pace = new Pace(
    () => rate,
    () => 0,
  );
  expect([pace.take(1), pace.take(1)]).toEqual([0, 1000]);
  rate = 600;
  expect([pace.take(1), pace.take(1)]).toEqual([2000, 2100]);
  rate = 0;
  expect(pace.take(1000)).toBe(0);
});

test('what would wait too long is not counted', () => {
  let now = 5000;
  const pace = new Pace(
    () => 60,
    () => now,
  );
  const three = (): boolean[] => [pace.takeWithin(1000), pace.takeWithin(1000), pace.takeWithin(1000)];
  expect(three()).toEqual([true, true, false]);
  now += 1000;
  expect(three()).toEqual([true, false, false]);
  now += 60_000;
  expect(three()).toEqual([true, true, false]);
});
