import { expect, test } from 'vitest';
import { createTimedTest } from './timed-pattern.ts';

test.for<[pattern: RegExp, text: string, milliseconds: number, answer: boolean | 'late']>([
  [/b/, 'abc', 5000, true],
  [/b/, 'ac', 5000, false],
  [/^(a+)+$/, `${'a'.repeat(60)}!`, 5, 'late'],
  // What came before makes no difference.
  [/^(a+)+$/, 'aaa', 5000, true],
])('%s, %s, %i ms: %s', ([pattern, text, milliseconds, answer]) => {
  expect(testWithin(pattern, text, milliseconds)).toBe(answer);
});

const testWithin = createTimedTest();
