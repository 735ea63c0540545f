import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StepsUnderWay } from './steps-under-way.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Steps that end when the test says so, each begun as soon as it may be. */
function stage() {
  const failures: string[] = [];
  const steps = new StepsUnderWay(({ message }) => void failures.push(message));
  const begun: PromiseWithResolvers<void>[] = [];
  const begin = async (most: number): Promise<void> => {
    while (begun.length < most) {
      const step = Promise.withResolvers<void>();
      begun.push(step);
      await steps.add(step.promise);
    }
  };
  return { steps, begun, begin, failures };
}

test('eight steps are under way at most, and the next begins when one of them is done', async () => {
  const { steps, begun, begin } = stage();
  for (let done = 0; done < 9; done += 1) await steps.add(Promise.resolve());
  const beginning = begin(9);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(begun).toHaveLength(8);
  begun[5]?.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(begun).toHaveLength(9);
  for (const { resolve } of begun) resolve();
  await beginning;
});

test('a step, and what comes behind, is waited for a while before the next begins', async () => {
  const { steps, begun, begin } = stage();
  const beginning = begin(2);
  await vi.advanceTimersByTimeAsync(99);
  expect(begun).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun).toHaveLength(2);
  for (const { resolve } of begun) resolve();
  await beginning;
  let mayGoOn = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  const waiting = steps.behind(() => promise).then(() => (mayGoOn = true));
  await vi.advanceTimersByTimeAsync(99);
  expect(mayGoOn).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(mayGoOn).toBe(true);
  resolve();
  await waiting;
});

test.for<[what: string, begin: (steps: StepsUnderWay, last: Promise<void>) => Promise<void>, failures: string[]]>([
  ['what comes behind', (steps, last) => steps.behind(() => last), []],
  [
    'a step beside one that has failed',
    async (steps, last) => {
      const failing = steps.add(Promise.reject(new Error('disk full')));
      await Promise.allSettled([failing, steps.add(last)]);
    },
    ['disk full'],
  ],
])('nothing is under way any more only when %s is done', async ([, begin, told]) => {
  const { steps, failures } = stage();
  const last = Promise.withResolvers<void>();
  const beginning = begin(steps, last.promise);
  await vi.advanceTimersByTimeAsync(100);
  await beginning;
  expect([...new Set(failures)]).toEqual(told);
  let isSettled = false;
  const settling = steps.settled().then(() => (isSettled = true));
  await vi.advanceTimersByTimeAsync(100);
  expect(isSettled).toBe(false);
  last.resolve();
  await settling;
});

test('a step that is done soon lets the next begin at once', async () => {
  const { steps } = stage();
  for (let i = 0; i < 1000; i += 1) await steps.add(Promise.resolve());
  expect(vi.getTimerCount()).toBe(0);
});

test('what is to come behind comes in its order, and not behind a failure', async () => {
  const { steps, begun, begin, failures } = stage();
  const order: number[] = [];
  const add = async (n: number): Promise<void> => {
    const beginning = begin(n);
    await vi.advanceTimersByTimeAsync(100);
    await beginning;
    const waiting = steps.behind(async () => void order.push(n));
    await vi.advanceTimersByTimeAsync(100);
    await waiting;
  };
  for (const n of [1, 2, 3, 4]) await add(n);
  begun[1]?.resolve();
  begun[3]?.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(order).toEqual([]);
  begun[0]?.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(order).toEqual([1, 2]);
  begun[2]?.reject(new Error('disk full'));
  await steps.settled();
  expect(order).toEqual([1, 2]);
  expect(new Set(failures)).toEqual(new Set(['disk full']));
});
