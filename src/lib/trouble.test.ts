import { expect, test } from 'vitest';
import { keptLog } from '../../test/kept-log.ts';
import { createCounters } from './counters.ts';
import type { Log } from './log.ts';
import { createTrouble } from './trouble.ts';

test('each client has its line, until there are too many', () => {
  const { log, logged } = keptLog();
  const counters = createCounters();
  const trouble = createTrouble({ name: 'peer', log, counters, interval: 60 });
  for (let round = 0; round < 2; round += 1)
    for (let at = 0; at < 100; at += 1) trouble.report('access denied', 'stranger', `192.0.2.${at}`);
  // One more for all of those that are too many.
  expect(logged()).toHaveLength(21);
  expect(logged()[1]).toBe('access denied via=peer client=192.0.2.1 cause=stranger');
  expect(counters.list()).toEqual([['peer access denied', 200]]);
  trouble.sweep();
  trouble.report('access denied', 'stranger', '192.0.2.99');
  expect(logged()).toHaveLength(22);
});

test('every trouble is counted, and each kind logged once in so many sweeps', () => {
  const lines: string[] = [];
  const log: Log = {
    on: () => true,
    event: (level, what) => void lines.push(`${level} ${what}`),
    configure: () => {},
    flush: () => {},
  };
  const counters = createCounters();
  const trouble = createTrouble({ name: 'milter', log, counters, interval: 30 });
  trouble.report('cut off', 'idle');
  trouble.report('cut off', 'other cause');
  trouble.report('refused', 'too many');
  expect(lines).toEqual(['0 cut off', '0 refused']);
  trouble.sweep();
  trouble.report('cut off', 'idle');
  expect(lines).toHaveLength(2);
  trouble.sweep();
  trouble.report('cut off', 'idle');
  expect(lines).toEqual(['0 cut off', '0 refused', '0 cut off']);
  expect(counters.list()).toEqual([
    ['milter cut off', 4],
    ['milter refused', 1],
  ]);
});
