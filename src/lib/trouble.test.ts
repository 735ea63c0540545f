import { expect, test } from 'vitest';
import { createCounters } from './counters.ts';
import type { Log } from './log.ts';
import { createTrouble } from './trouble.ts';

test('every trouble is counted, and each kind logged once in so many sweeps', () => {
  const lines: string[] = [];
  const log: Log = {
    on: () => true,
    event: (level, what) => void lines.push(`${level} ${what}`),
    configure: () => {},
    flush: () => {},
  };
  const counters = createCounters();
  const trouble = createTrouble({ name: 'milter', log, counters, quietSweeps: 2 });
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
