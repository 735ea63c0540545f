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
