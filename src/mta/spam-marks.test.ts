import { expect, test } from 'vitest';
import type { TimedTest } from '../lib/timed-pattern.ts';
import { SpamMarks } from './spam-marks.ts';

const HEADERS = [
  { name: 'x-spam-flag', pattern: /^yes\b/i },
  { name: 'authentication-results', pattern: /^mx[.]example[.]org; (?:.*; )?x-spam=fail$/ },
];
const untimed: TimedTest = (pattern, text) => pattern.test(text);
const AUTHENTICATION = 'mx.example.org; spf=pass;';

function marksOf(testWithin: TimedTest, slow: string[] = []): SpamMarks {
  return new SpamMarks({ test: testWithin, onSlowPattern: (header) => void slow.push(header) });
}

test.for<[name: string, value: string, found: boolean]>([
  ['x-spam-flag', 'YES', true],
  ['x-spam-flag', ' yes, really', true],
  ['x-spam-flag', '\tYES', true],
  ['x-spam-flag', '\r\n\tYES', true],
  ['x-spam-flag', 'NO', false],
  ['x-spam-flag', 'yesterday', false],
  ['subject', 'YES', false],
  ['authentication-results', `${AUTHENTICATION} x-spam=fail`, true],
  ['authentication-results', `${AUTHENTICATION}\n\tx-spam=fail`, true],
  ['authentication-results', `${AUTHENTICATION}\r\n\tx-spam=fail\r\n `, true],
  ['authentication-results', ` mx.example.org;\r\n  \tx-spam=fail `, true],
  ['authentication-results', `${AUTHENTICATION} ${'x'.repeat(16_000)}; x-spam=fail`, true],
  ['authentication-results', `${AUTHENTICATION} ${'x'.repeat(17_000)}; x-spam=fail`, false],
  // Of another server: senders can bring it along.
  ['authentication-results', 'mx.example.net; x-spam=fail', false],
])('%s: %j', ([name, value, found]) => {
  const marks = marksOf(untimed);
  marks.look(HEADERS, name, value);
  expect(marks.found).toBe(found);
});

test('a mark that was found stays, whatever comes after it', () => {
  const marks = marksOf(untimed);
  for (const value of ['NO', 'YES', 'NO']) marks.look(HEADERS, 'x-spam-flag', value);
  expect(marks.found).toBe(true);
});

test('patterns that are late are not tried again in that message', () => {
  const slow: string[] = [];
  const times: number[] = [];
  const marks = marksOf((_, __, milliseconds) => {
    times.push(milliseconds);
    return 'late';
  }, slow);
  for (const value of ['1', '2']) marks.look(HEADERS, 'x-spam-flag', value);
  expect([times, slow, marks.found]).toEqual([[100], ['x-spam-flag'], false]);
});
