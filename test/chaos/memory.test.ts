// Memory stays flat however many checks and clients there are: growth that goes on would be the same again in the second half.
import { expect, test } from 'vitest';
import { type Program, REAL_CLOCK, testDaemon } from '../system/daemon.ts';
import { shortOrLong } from './length.ts';
import { clientOf, memoryOf, question } from './questions.ts';

const AT_ONCE = 500;
/** Its lines about checks and standings go nowhere: the test would have to hold a gigabyte of them. */
const QUIET: Program = (directory) => {
  const filter =
    'exec "$0" "$@" > >(grep --line-buffered --invert-match --extended-regexp " (check verdict|standing)")';
  return ['bash', '-c', filter, ...REAL_CLOCK(directory)];
};
/** What the second half may add, in MiB: caches that fill up, which they still do in a short run, pages of the database. */
const MARGIN = shortOrLong(100, 60);

/** A client, a sender and a recipient that nobody has seen; the first 65,536 are of one network of 16 bits. */
function stranger(n: number): string {
  return `5.${n >> 16}.${(n >> 8) & 255}.${n & 255} s@d${n}.example r${n}@example.test`;
}

test.for<[what: string, checks: number, lines: readonly string[], asked: (n: number) => string]>([
  [
    'checks, half of them first attempts',
    shortOrLong(200_000, 5_000_000),
    [],
    (n) => question(n % 2 === 0 ? n : n % AT_ONCE),
  ],
  // Nobody listens on that port, so each is looked up in vain.
  ['clients with a standing each', shortOrLong(20_000, 500_000), ['reputation yes', 'resolver 127.0.0.1:1'], stranger],
])('memory over %s: %i', async ([, checks, lines, asked]) => {
  const settings = ['grey_default 1h', 'GREY_PENDING_NORMAL 0', 'log_level 0'];
  await using daemon = await testDaemon(QUIET, ...settings, ...lines);
  using client = clientOf(daemon);
  const measured: number[] = [];
  for (let from = 0; from < checks; from += AT_ONCE) {
    if (from % (checks / 4) === 0) measured.push(memoryOf(daemon));
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => client.ask(asked(from + n))));
    expect(new Set(answers)).toEqual(new Set(['200 grey']));
  }
  measured.push(memoryOf(daemon));
  console.log(`memory in MiB at each quarter: ${measured.map((size) => size.toFixed(0)).join(', ')}`);
  const [, , middle = 0, , end = 0] = measured;
  expect(end).toBeLessThan(middle + MARGIN);
});
