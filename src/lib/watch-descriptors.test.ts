import { closeSync, openSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCounters } from './counters.ts';
import { createLog } from './log.ts';
import { watchDescriptors } from './watch-descriptors.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

const refused = (code: string) => (): never => {
  throw Object.assign(new Error('open'), { code });
};

test.for<[what: string, tryOne: () => void, lines: number, counted: number | undefined]>([
  ['there is one', () => closeSync(openSync('/dev/null', 'r')), 0, undefined],
  ['the process has none left', refused('EMFILE'), 1, 10],
  ['the system has none left', refused('ENFILE'), 1, 10],
  ['something else is wrong', refused('ENOENT'), 0, undefined],
])('%s', ([, tryOne, lines, counted]) => {
  const logged: string[] = [];
  const log = createLog({ level: 0, format: 'text' }, (text) => logged.push(text));
  const counters = createCounters();
  using _watch = watchDescriptors({ log, counters, tryOne });
  vi.advanceTimersByTime(50_000);
  log.flush();
  expect(logged).toHaveLength(lines);
  expect(new Map(counters.list()).get('sockets no file descriptor left')).toBe(counted);
});

test('it ends when it is told to', () => {
  const counters = createCounters();
  const log = createLog({ level: 0, format: 'text' }, () => {});
  watchDescriptors({ log, counters, tryOne: refused('EMFILE') })[Symbol.dispose]();
  vi.advanceTimersByTime(50_000);
  expect(counters.list()).toEqual([]);
});
