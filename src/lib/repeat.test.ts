import { expect, test, vi } from 'vitest';
import { startRepeating } from './repeat.ts';

/** Far longer than any test: only closing ends such a pause. */
const FOR_EVER = 1_000_000_000;

const fail = (error: unknown): never => {
  throw error;
};

test('the work is done at once, and again after each interval', async () => {
  const third = Promise.withResolvers<void>();
  let rounds = 0;
  await using repeating = startRepeating({
    work: async () => {
      rounds += 1;
      if (rounds === 3) third.resolve();
    },
    interval: () => (rounds < 3 ? 0 : FOR_EVER),
    onError: fail,
  });
  await third.promise;
  await repeating[Symbol.asyncDispose]();
  expect(rounds).toBe(3);
});

test('a pause that takes several waits has an end', async () => {
  let rounds = 0;
  await using _repeating = startRepeating({
    work: async () => void (rounds += 1),
    interval: () => (rounds === 1 ? 3 : FOR_EVER),
    askedAgain: 1,
    onError: fail,
  });
  await vi.waitFor(() => expect(rounds).toBe(2));
});

test('an interval that becomes shorter ends the pause that is under way', async () => {
  let [rounds, asked] = [0, 0];
  await using _repeating = startRepeating({
    work: async () => void (rounds += 1),
    interval: () => {
      asked += 1;
      return asked > 10 && rounds === 1 ? 0 : FOR_EVER;
    },
    askedAgain: 1,
    onError: fail,
  });
  await vi.waitFor(() => expect(rounds).toBe(2));
});

test('a round that failed is told, and the next one comes all the same', async () => {
  const errors: unknown[] = [];
  const second = Promise.withResolvers<void>();
  await using _repeating = startRepeating({
    work: async () => {
      if (errors.length === 0) throw new Error('first');
      second.resolve();
    },
    interval: () => (errors.length === 1 ? 0 : FOR_EVER),
    onError: (error) => errors.push(error),
  });
  await second.promise;
  expect(errors).toEqual([new Error('first')]);
});

test('what the work needs is being closed: that is no error', async () => {
  const errors: unknown[] = [];
  await using _repeating = startRepeating({
    work: () => Promise.reject(new DOMException('closed', 'AbortError')),
    interval: () => FOR_EVER,
    onError: (error) => errors.push(error),
  });
  await new Promise(setImmediate);
  expect(errors).toEqual([]);
});

test('closing ends a pause within the work, and that is no error', async () => {
  const errors: unknown[] = [];
  let finished = false;
  const repeating = startRepeating({
    work: async (pause) => {
      await pause(FOR_EVER);
      finished = true;
    },
    interval: () => FOR_EVER,
    onError: (error) => errors.push(error),
  });
  await repeating[Symbol.asyncDispose]();
  expect([errors, finished]).toEqual([[], false]);
});

test('closing waits for the step that the work is at', async () => {
  const step = Promise.withResolvers<void>();
  let done = false;
  const repeating = startRepeating({
    work: async () => {
      await step.promise;
      await new Promise(setImmediate);
      done = true;
    },
    interval: () => FOR_EVER,
    onError: fail,
  });
  const closed = repeating[Symbol.asyncDispose]();
  expect(done).toBe(false);
  step.resolve();
  await closed;
  expect(done).toBe(true);
});
