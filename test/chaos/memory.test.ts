// Memory stays flat however many checks there are: growth that goes on would be the same again in the second half.
import { expect, test } from 'vitest';
import { type Program, REAL_CLOCK, testDaemon } from '../system/daemon.ts';
import { shortOrLong } from './length.ts';
import { clientOf, memoryOf, question } from './questions.ts';

const CHECKS = shortOrLong(200_000, 5_000_000);
const AT_ONCE = 500;
/** Its lines about checks go nowhere: the test would have to hold a gigabyte of them. */
const QUIET: Program = (directory) => {
  const filter = 'exec "$0" "$@" > >(grep --line-buffered --invert-match " check verdict=")';
  return ['bash', '-c', filter, ...REAL_CLOCK(directory)];
};
/** What the second half may add, in MiB: caches that fill up, pages of the database. */
const MARGIN = 60;

test(`memory over ${CHECKS} checks, half of them first attempts`, async () => {
  await using daemon = await testDaemon(QUIET, 'grey_default 1h', 'GREY_PENDING_NORMAL 0', 'log_level 0');
  using client = clientOf(daemon);
  const measured: number[] = [];
  for (let asked = 0; asked < CHECKS; asked += AT_ONCE) {
    if (asked % (CHECKS / 4) === 0) measured.push(memoryOf(daemon));
    const numbers = Array.from({ length: AT_ONCE }, (_, n) => (n % 2 === 0 ? asked + n : n));
    const answers = await Promise.all(numbers.map((n) => client.ask(question(n))));
    expect(new Set(answers)).toEqual(new Set(['200 grey']));
  }
  measured.push(memoryOf(daemon));
  console.log(`memory in MiB at each quarter: ${measured.map((size) => size.toFixed(0)).join(', ')}`);
  const [, , middle = 0, , end = 0] = measured;
  expect(end).toBeLessThan(middle + MARGIN);
});
