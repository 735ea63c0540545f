import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Attempt, isKnown, judgeAttempt, type TupleEntry, type Window } from './greylist.ts';

const T = 1_700_000_000;
const WINDOW: Window = { delay: 600, retry: 36_000 };
const LIFETIME = 1_209_600;

const PENDING: TupleEntry = { state: 'pending', firstSeen: T, lastSeen: T };

test.for<[at: number, attempt: Attempt]>([
  [0, { kind: 'early', wait: 600 }],
  [1, { kind: 'early', wait: 599 }],
  [599, { kind: 'early', wait: 1 }],
  [600, { kind: 'retried', waited: 600 }],
  [601, { kind: 'retried', waited: 601 }],
  [35_999, { kind: 'retried', waited: 35_999 }],
  [36_000, { kind: 'expired' }],
  [36_001, { kind: 'expired' }],
  [-1, { kind: 'early', wait: 600 }],
  [-86_400, { kind: 'early', wait: 600 }],
  [-86_401, { kind: 'expired' }],
])('an attempt %i s after the first one is %j', ([at, attempt]) => {
  expect(judgeAttempt(PENDING, WINDOW, T + at)).toEqual(attempt);
});

test.for<[at: number, kind: Attempt['kind']]>([
  [0, 'early'],
  [599, 'early'],
  [600, 'retried'],
  [36_099, 'retried'],
  [36_100, 'expired'],
])('where entries of two servers were taken together, an attempt after %i s is %s', ([at, kind]) => {
  expect(judgeAttempt({ ...PENDING, lastSeen: T + 100 }, WINDOW, T + at).kind).toBe(kind);
});

test.for<[at: number, known: boolean]>([
  [0, true],
  [LIFETIME, true],
  [LIFETIME + 1, false],
  [-1, true],
])('%i s after its last use a valid entry is known: %j', ([at, known]) => {
  const valid: TupleEntry = { state: 'valid', firstSeen: T - 1000, lastSeen: T };
  expect(isKnown(valid, LIFETIME, T + at)).toBe(known);
  // Past its lifetime it is no better than none.
  expect(judgeAttempt(valid, WINDOW, T + at)).toEqual({ kind: 'first' });
});

test('a pending entry is not known, an attempt without an entry is the first', () => {
  expect(isKnown(PENDING, LIFETIME, T)).toBe(false);
  expect(judgeAttempt(undefined, WINDOW, T)).toEqual({ kind: 'first' });
});

test('who waits as long as told is neither early nor told to wait longer than the delay', () => {
  const window = fc.record({ delay: fc.integer({ min: 1, max: 1000 }), retry: fc.integer({ min: 1001, max: 5000 }) });
  fc.assert(
    fc.property(window, fc.integer({ min: -5000, max: 5000 }), (chosen, at) => {
      const attempt = judgeAttempt(PENDING, chosen, T + at);
      fc.pre(attempt.kind === 'early');
      expect(attempt.wait).toBeGreaterThan(0);
      expect(attempt.wait).toBeLessThanOrEqual(chosen.delay);
      expect(judgeAttempt(PENDING, chosen, T + Math.max(at, 0) + attempt.wait).kind).toBe('retried');
    }),
  );
});
