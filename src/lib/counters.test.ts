import { expect, test } from 'vitest';
import { createCounters } from './counters.ts';

test('counters add up and are listed by name', () => {
  const counters = createCounters();
  expect(counters.list()).toEqual([]);
  counters.add('verdict white');
  counters.add('expired', 5);
  counters.add('verdict white');
  counters.add('expired', 0);
  expect(counters.list()).toEqual([
    ['expired', 5],
    ['verdict white', 2],
  ]);
});

test('any name counts, those of object members too', () => {
  const counters = createCounters();
  counters.add('__proto__');
  counters.add('constructor');
  expect(counters.list()).toEqual([
    ['__proto__', 1],
    ['constructor', 1],
  ]);
});
