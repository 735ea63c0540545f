import { expect, test } from 'vitest';
import type { TimedTest } from '../lib/timed-pattern.ts';
import { SlowPatterns, SpamMarks } from './spam-marks.ts';

const HEADERS = [
  { name: 'x-spam-flag', pattern: /^yes\b/i },
  { name: 'authentication-results', pattern: /^mx[.]example[.]org; (?:.*; )?x-spam=fail$/ },
];
const untimed: TimedTest = (pattern, text) => pattern.test(text);
const AUTHENTICATION = 'mx.example.org; spf=pass;';

function marksOf(testWithin: TimedTest, told: string[] = [], slow = new SlowPatterns()): SpamMarks {
  return new SpamMarks({ test: testWithin, slow, onSlowPattern: (header) => void told.push(header) });
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

test('a pattern that was late is left out for a minute, and told once; the others are tried', () => {
  let now = 1000;
  const slow = new SlowPatterns(() => now);
  const told: string[] = [];
  const tried: RegExp[] = [];
  const [flag, authentication] = HEADERS;
  const sendMessage = (): boolean => {
    const lateFlag: TimedTest = (pattern, text) => {
      tried.push(pattern);
      return pattern === flag?.pattern ? 'late' : pattern.test(text);
    };
    const marks = marksOf(lateFlag, told, slow);
    marks.look(HEADERS, 'x-spam-flag', 'YES');
    marks.look(HEADERS, 'authentication-results', `${AUTHENTICATION} x-spam=fail`);
    return marks.found;
  };
  expect([sendMessage(), sendMessage()]).toEqual([false, true]);
  now += 59_999;
  expect(sendMessage()).toBe(true);
  expect(tried).toEqual([flag?.pattern, authentication?.pattern, authentication?.pattern]);
  expect(told).toEqual(['x-spam-flag']);
  now += 1;
  expect(sendMessage()).toBe(false);
  expect(told).toEqual(['x-spam-flag', 'x-spam-flag']);
});

test('the pattern that took most of the time is left out, not the one that had none left', () => {
  const slow = new SlowPatterns();
  const told: string[] = [];
  const [flag, authentication] = HEADERS;
  const marks = marksOf(
    (pattern) => {
      if (pattern !== flag?.pattern) return 'late';
      const end = performance.now() + 60;
      while (performance.now() < end);
      return false;
    },
    told,
    slow,
  );
  for (const name of ['x-spam-flag', 'authentication-results']) marks.look(HEADERS, name, 'x');
  expect(told).toEqual(['x-spam-flag']);
  expect([flag, authentication].map((header) => header && slow.has(header.pattern))).toEqual([true, false]);
});
