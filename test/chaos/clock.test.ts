// The clock jumps.
import { expect, test } from 'vitest';
import { MOVABLE_CLOCK, testDaemon } from '../system/daemon.ts';
import { askOnce, verdictLine } from './questions.ts';

const HOUR = 3600;

/** The jump before the question, and the reason of its answer. */
const JUMPS: readonly (readonly [jump: number, name: string, reason: string])[] = [
  [0, 'a', 'first'],
  [-23 * HOUR, 'a', 'early'],
  [24 * HOUR, 'a', 'retried'],
  [0, 'b', 'first'],
  // Of a time that may never come: it begins again, and passes by waiting.
  [-30 * 24 * HOUR, 'b', 'first'],
  [HOUR, 'b', 'retried'],
  [-30 * 24 * HOUR, 'd', 'first'],
  [60 * 24 * HOUR + HOUR, 'a', 'known'],
  // Made in what is the past by now, past its window.
  [0, 'd', 'first'],
  [-365 * 24 * HOUR, 'a', 'known'],
  [2 * 365 * 24 * HOUR, 'a', 'first'],
  [0, 'c', 'first'],
  [HOUR, 'c', 'retried'],
];

test('jumps forwards and back lose nothing, stop nothing and let nothing through', async () => {
  await using daemon = await testDaemon(MOVABLE_CLOCK, 'grey_default 1h', 'retry 3d', 'GREY_CLEANUP_INTERVAL 1d');
  const reasons: unknown[] = [];
  const asked = new Map<string, number>();
  for (const [jump, name] of JUMPS) {
    await daemon.advance(jump);
    await askOnce(daemon, name);
    const nth = (asked.get(name) ?? 0) + 1;
    asked.set(name, nth);
    reasons.push(/reason=(\w+)/.exec(await verdictLine(daemon, name, nth))?.[1]);
  }
  expect(reasons).toEqual(JUMPS.map(([, , reason]) => reason));
});
