// Dewhite: what other findings say about a client removes or shortens what it has gained (GREY_DEWHITE_FLAGS).
import type { Seconds } from './check.ts';
import type { BadCounts, GoodCounts } from './facts.ts';

export const DEWHITE_FLAGS = [
  'BadResolve',
  'DomainMatch',
  'BadRCPT',
  'SpamTrap',
  'BadMX',
  'BadClient',
  'Spammer',
] as const;

/** The flags that look at reports; the others look at a client's name. */
const REPORTED: readonly DewhiteFlag[] = ['BadRCPT', 'SpamTrap', 'BadMX', 'BadClient', 'Spammer'];

export type DewhiteFlag = (typeof DEWHITE_FLAGS)[number];

export interface DewhiteRules {
  readonly flags: ReadonlySet<DewhiteFlag>;
  /** A client is bad when its score is above this; 0 (ze-filter: 0 or less): no client is. */
  readonly threshold: number;
}

/** The flags that are set and look at reports. */
export function reportFlags({ flags, threshold }: DewhiteRules): readonly DewhiteFlag[] {
  return threshold > 0 ? REPORTED.filter((flag) => flags.has(flag)) : [];
}

/**
 * How bad a client is, by what the flags look at: a fifth of its trap hits, a third of its unknown recipients, a third of
 * its relay attempts (BadMX: it takes us for another's mail server), and spam reports for each accepted mail.
 */
export function badClientScore(bad: BadCounts, good: GoodCounts, flags: ReadonlySet<DewhiteFlag>): number {
  const traps = flags.has('SpamTrap') ? (bad.hardTrap + bad.softTrap) / 5 : 0;
  const recipients = flags.has('BadRCPT') ? bad.unknown / 3 : 0;
  const relays = flags.has('BadMX') ? bad.relay / 3 : 0;
  const accepted = Math.max(1, good.olderThanDay);
  const spam = flags.has('Spammer') || flags.has('BadClient') ? (bad.spam + bad.manual) / accepted : 0;
  return traps + recipients + relays + spam;
}

const SHORTEST: Seconds = 6 * 3600;

/** The lifetime of what a flag shortens: half of the usual one, but at least 6 hours and at most `longest`. */
export function shortLifetime(lifetime: Seconds, longest: Seconds): Seconds {
  return Math.min(Math.max(Math.floor(lifetime / 2), SHORTEST), longest);
}

/** The longest lifetime of what a flag shortens. */
export const LONGEST_SHORT: { readonly pending: Seconds; readonly valid: Seconds } = {
  pending: 86_400,
  valid: 5 * 86_400,
};
