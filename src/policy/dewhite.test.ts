import { expect, test } from 'vitest';
import { badClientScore, DEWHITE_FLAGS, type DewhiteFlag, LONGEST_SHORT, shortLifetime } from './dewhite.ts';
import { type BadCounts, NO_BAD, NO_GOOD } from './facts.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

test.for<[bad: Partial<BadCounts>, accepted: number, flags: readonly DewhiteFlag[], score: number]>([
  [{ hardTrap: 2, softTrap: 3 }, 0, ['SpamTrap'], 1],
  [{ unknown: 6 }, 0, ['BadRCPT'], 2],
  [{ relay: 3 }, 0, ['BadMX'], 1],
  [{ spam: 3, manual: 1 }, 0, ['Spammer'], 4],
  [{ spam: 3, manual: 1 }, 0, ['BadClient'], 4],
  [{ spam: 3, manual: 1 }, 0, ['BadClient', 'Spammer'], 4],
  [{ spam: 3, manual: 1 }, 1, ['Spammer'], 4],
  [{ spam: 3, manual: 1 }, 8, ['Spammer'], 0.5],
  [{ hardTrap: 5, unknown: 3, relay: 3, spam: 1 }, 0, DEWHITE_FLAGS, 4],
  [{ hardTrap: 5, unknown: 3, relay: 3, spam: 1 }, 0, [], 0],
  [{ hardTrap: 5, unknown: 3, relay: 3, spam: 1 }, 0, ['BadResolve', 'DomainMatch'], 0],
  [{ disconnect: 9, noMail: 9, noWait: 9, connectionLost: 9 }, 0, DEWHITE_FLAGS, 0],
])('%o and %i accepted mails, by %o: %d', ([bad, accepted, flags, score]) => {
  const good = { ...NO_GOOD, olderThanDay: accepted };
  expect(badClientScore({ ...NO_BAD, ...bad }, good, new Set(flags))).toBe(score);
});

/**
 * Not compared: never bad without a threshold (here it is 1), and events forgotten after 1024 s (D12; here reports count for
 * search_duration). What its content filters gave points for is a spam report here.
 */
test.for<[title: string, bad: Partial<BadCounts>, flags: readonly DewhiteFlag[], threshold: number, isBad: boolean]>([
  ['environment threshold', { hardTrap: 10 }, DEWHITE_FLAGS, 1, true],
  ['spamtrap 6/5 > 1', { hardTrap: 6 }, ['SpamTrap'], 1, true],
  ['badrcpt 4/3 > 1', { unknown: 4 }, ['BadRCPT'], 1, true],
  ['badmx 4/3 > 1', { relay: 4 }, ['BadMX'], 1, true],
  ['sum of parts 0.6+0.66', { softTrap: 3, unknown: 2 }, ['SpamTrap', 'BadRCPT'], 1, true],
  ['client score 10 in 2 messages: 5 > 4', { spam: 10 }, ['BadClient'], 4, true],
  ['all flags, threshold 2.5', { hardTrap: 2, unknown: 2, relay: 1, spam: 2 }, DEWHITE_FLAGS, 2.5, false],
  ['BadResolve does nothing', { hardTrap: 50 }, ['BadResolve'], 0.1, false],
])('as recorded from ze-filter: %s', ([, bad, flags, threshold, isBad]) => {
  const good = { ...NO_GOOD, olderThanDay: 2 };
  expect(badClientScore({ ...NO_BAD, ...bad }, good, new Set(flags)) > threshold).toBe(isBad);
});

test('known difference: ze-filter wants more than one message for a client score', () => {
  const good = { ...NO_GOOD, olderThanDay: 1 };
  expect(badClientScore({ ...NO_BAD, spam: 2 }, good, new Set(['BadClient']))).toBe(2);
});

test.for<[kind: keyof typeof LONGEST_SHORT, lifetime: number, short: number]>([
  ['pending', HOUR, 6 * HOUR],
  ['pending', 12 * HOUR, 6 * HOUR],
  ['pending', 12 * HOUR + 3, 6 * HOUR + 1],
  ['pending', 60 * DAY, DAY],
  ['valid', HOUR, 6 * HOUR],
  ['valid', 4 * DAY, 2 * DAY],
  ['valid', 14 * DAY, 5 * DAY],
])('%s: of a life of %i s %i are left', ([kind, lifetime, short]) => {
  expect(shortLifetime(lifetime, LONGEST_SHORT[kind])).toBe(short);
});
