import { expect, test } from 'vitest';
import { Pace, untilTurn } from './pace.ts';

test('the first comes at once, the next when those before are within the rate', () => {
  let now = 5000;
  const pace = new Pace(
    () => 60,
    () => now,
  );
  expect([pace.take(1)(), pace.take(2)(), pace.take(1)()]).toEqual([0, 1000, 3000]);
  now += 3500;
  const left = pace.take(1);
  expect(left()).toBe(500);
  now += 250;
  expect(left()).toBe(250);
  now += 250;
  expect(left()).toBe(0);
});

test('what was not used is not saved up', () => {
  let now = 0;
  const pace = new Pace(
    () => 60,
    () => now,
  );
  pace.take(1);
  now += 3_600_000;
  expect([pace.take(1)(), pace.take(1)()]).toEqual([0, 1000]);
});

test.for<[rate: number, left: readonly number[]]>([
  [60, [0, 500, 1500, 2500]],
  [600, [0, 50, 150, 250]],
  [6, [0, 5000, 15_000, 25_000]],
  [0, [0, 0, 0, 0]],
])('a rate that is changed to %i counts at once, also for those who wait', ([changed, left]) => {
  let [rate, now] = [60, 0];
  const pace = new Pace(
    () => rate,
    () => now,
  );
  const turns = [pace.take(1), pace.take(1), pace.take(1)];
  now += 500;
  turns[0]?.();
  rate = changed;
  expect([...turns, pace.take(1)].map((turn) => turn())).toEqual(left);
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

test('who waits for long learns that it is over', async () => {
  const left = [600_000, 0];
  await untilTurn(() => left.shift() ?? 0);
  expect(left).toEqual([]);
});
