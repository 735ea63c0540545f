// The standing of a client: the sum of its points, and what follows from it.
import type { Seconds } from './check.ts';
import { type Facts, type GoodCounts, NO_BAD } from './facts.ts';
import { MOST_BACK } from './greylist.ts';
import { type Award, award, betterHistoryAt, hasBetterHistory } from './points.ts';

/** What follows from a score for the client's mail: from no delay to a refusal. */
export type StandingClass = 'white' | 'grey_min' | 'grey_short' | 'grey_default' | 'grey_long' | 'grey_max' | 'black';

/** What a class means for mail; the classes between white and black greylist. */
export const STANDING_KINDS = ['white', 'grey', 'black'] as const;
export type StandingKind = (typeof STANDING_KINDS)[number];

export interface Standing {
  /** Canonical text of the client's address. */
  readonly ip: string;
  /** Its identity: the verified domain, or the address itself. */
  readonly identity: string;
  /** Its verified host names, for the entries made by hand; also where it stands for itself. */
  readonly names: readonly string[];
  readonly score: number;
  readonly class: StandingClass;
  readonly reasons: readonly Award[];
  readonly computed: Seconds;
  /** When DNS last answered all that was asked; if it never has, when the standing was computed first. */
  readonly answered: Seconds;
  /** From then on it is computed again. */
  readonly expires: Seconds;
  /** When its blacklisting shows, if it had one lately: until then the answer is grey, so that no trap can be told by it. */
  readonly reveal: Seconds | undefined;
}

/** The least score of each class, best first. */
export const CLASSES: readonly (readonly [least: number, StandingClass])[] = [
  [20, 'white'],
  [10, 'grey_min'],
  [5, 'grey_short'],
  [-5, 'grey_default'],
  [-20, 'grey_long'],
  [-100, 'grey_max'],
];

export interface StandingTimes {
  /** How long a standing is kept (policy_duration). */
  readonly duration: Seconds;
  /** How long a blacklisting lasts from the newest bad report (blacklist). */
  readonly blacklist: Seconds;
}

/** A standing made from half of the facts is kept this long. */
const PRELIMINARY: Seconds = 3600;
const DAY: Seconds = 86_400;
/** When a blacklisting shows at the latest, after its beginning. */
const LATEST_REVEAL: Seconds = 8 * DAY;

/** The kind of a class; a blacklisting that does not show yet is black. */
export function kindOf(one: StandingClass): StandingKind {
  return one === 'white' || one === 'black' ? one : 'grey';
}

/** The class of a score. */
export function classOf(score: number): StandingClass {
  return CLASSES.find(([least]) => score >= least)?.[1] ?? 'black';
}

export interface StandingInput {
  readonly ip: string;
  readonly facts: Facts;
  readonly times: StandingTimes;
  /** The standing so far: a blacklisting that goes on keeps its moment of reveal. */
  readonly previous: Standing | undefined;
  /** Drawn evenly from [0, 1). */
  readonly random: number;
  readonly now: Seconds;
}

/** The standing that follows from the facts. */
export function standingFrom({ ip, facts, times, previous, random, now }: StandingInput): Standing {
  const reasons = award(facts);
  const score = sum(reasons);
  const kind = classOf(score);
  const end = kind === 'black' ? endOf(facts, times) : Infinity;
  const black = kind === 'black' && end > now;
  const lives = now + (facts.incomplete ? PRELIMINARY : times.duration);
  const better = kind === 'white' ? Infinity : betterHistoryAt(facts.good, now);
  return {
    ip,
    identity: facts.domain ?? ip,
    names: facts.names,
    score,
    // When a blacklisting is over, its misdeeds still delay mail, until they are too old to be searched for.
    class: kind === 'black' && !black ? 'grey_max' : kind,
    reasons,
    computed: now,
    answered: facts.incomplete ? (previous?.answered ?? now) : now,
    expires: Math.min(lives, better, black ? end : Infinity),
    reveal:
      keptReveal(previous, times, now) ?? (black ? now + DAY + Math.floor(random * (LATEST_REVEAL - DAY)) : undefined),
  };
}

/** Whether it was not made by a clock that was far ahead: it would count until that time comes. */
export function isCredible({ computed }: Pick<Standing, 'computed'>, now: Seconds): boolean {
  return computed <= now + MOST_BACK;
}

/**
 * Whether the standing counts now. A good one also if it is not credible: it may be our clock that is wrong, such as
 * before it is set, and that must delay no good mail. A bad report renews a good standing anyway.
 */
export function isInForce(standing: Pick<Standing, 'class' | 'computed' | 'expires'>, now: Seconds): boolean {
  return standing.expires > now && (standing.class === 'white' || isCredible(standing, now));
}

/**
 * The standing, if it can get better, with the end that follows from the first accepted mails of its identity: some may
 * have come since it was made.
 */
export function withGood(standing: Standing, first: GoodCounts['first'], now: Seconds): Standing {
  const better = hasBetterHistory(standing.reasons, first, now) ? now : betterHistoryAt({ first }, now);
  return { ...standing, expires: Math.min(standing.expires, better) };
}

/** Whether a blacklisting must not show yet: a trap must look like any other address. */
export function isHidden(standing: Pick<Standing, 'class' | 'reveal'>, now: Seconds): boolean {
  return hiddenUntil(standing, now) !== undefined;
}

/** When the blacklisting shows, if it must not show yet. */
export function hiddenUntil(
  { class: kind, reveal }: Pick<Standing, 'class' | 'reveal'>,
  now: Seconds,
): Seconds | undefined {
  return kind === 'black' && reveal !== undefined && now < reveal ? reveal : undefined;
}

/**
 * Whether it is of no use any more, once it has expired and what DNS said is too old to stand in: no blacklisting can go on
 * from it, and it does not tell whose host the client is, which maintenance asks when a bad report comes late.
 */
export function isPlain({ ip, identity, reveal }: Pick<Standing, 'ip' | 'identity' | 'reveal'>): boolean {
  return identity === ip && reveal === undefined;
}

function sum(reasons: readonly Award[]): number {
  return reasons.reduce((total, { points }) => total + points, 0);
}

/** When a blacklisting ends for want of new misdeeds. One that the lists alone bring about goes on while they say so. */
function endOf(facts: Facts, { blacklist }: StandingTimes): Seconds {
  const { newest } = facts.bad;
  const byLists = classOf(sum(award({ ...facts, bad: NO_BAD }))) === 'black';
  return newest === undefined || byLists ? Infinity : newest + blacklist;
}

/**
 * When the blacklisting shows: between 1 and 8 days after it began, drawn once. The time is kept while the blacklisting
 * may go on, seen or not, and while the client is better for some days only: if it gets worse then, it is the same
 * blacklisting. A later one draws anew.
 */
function keptReveal(previous: Standing | undefined, { blacklist }: StandingTimes, now: Seconds): Seconds | undefined {
  if (previous?.reveal === undefined) return undefined;
  const until = previous.class === 'black' ? previous.expires + blacklist : previous.reveal + LATEST_REVEAL;
  return until > now ? previous.reveal : undefined;
}

/** The domain that a client belongs to by its standing; undefined: it stands for itself. */
export function standingDomain({ ip, identity }: Pick<Standing, 'ip' | 'identity'>): string | undefined {
  return identity === ip ? undefined : identity;
}

/** The reasons as listings show them, in the order of the original: capitals first. */
export function describeReasons({ reasons }: Pick<Standing, 'reasons'>): string {
  const texts = reasons.map(({ reason }) => reason);
  return texts.length === 0 ? 'basic' : texts.toSorted().join(', ');
}
