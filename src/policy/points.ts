// Points: what each fact adds to or takes from a client's score. The table is the rule; the order is that of reasons in
// listings. Bad reports count for the address, good ones for the identity.
import type { Seconds } from './check.ts';
import type { Facts, GoodCounts } from './facts.ts';

/** Points for one fact, with the reason that people read. */
export interface Award {
  readonly points: number;
  readonly reason: string;
}

/** A row of the table: what it awards for the facts, if anything. */
type Row = (facts: Facts) => Award | undefined;

/** The reasons by which a standing still tells what DNS said when it was computed. */
export const DNS_REASONS = {
  nameless: 'no reverse name',
  dynamic: 'dynamic address',
  dnswlLow: 'DNSWL low',
  dnswlHigh: 'DNSWL medium or high',
} as const;

/** The reason of a listing that is not believed. */
export function falseListing(title: string): string {
  return `${title}, taken for a false listing`;
}

const OLD_TLDS = new Set(['com', 'org', 'net', 'gov', 'edu', 'mil', 'int']);

const DAY: Seconds = 86_400;
/** How old an accepted mail is when it begins to count. */
export const GOOD_AGE: Seconds = DAY;

/** Points for a number of accepted mails, all of them at least of an age; the best first. */
const HISTORIES = [
  { mails: 15, age: 7 * DAY, points: 30, reason: '15 mails accepted' },
  { mails: 5, age: 7 * DAY, points: 20, reason: '5 mails accepted' },
  { mails: 1, age: GOOD_AGE, points: 5, reason: 'mail accepted' },
] as const;

/** How old accepted mails are when they count most. */
export const BEST_AGE: Seconds = Math.max(...HISTORIES.map(({ age }) => age));

/** The award for the best history that applies. */
function goodHistory({ good }: Facts): Award | undefined {
  const found = HISTORIES.find(
    ({ mails, age }) => (age === GOOD_AGE ? good.olderThanDay : good.olderThanWeek) >= mails,
  );
  return found && { points: found.points, reason: found.reason };
}

/** Whether a better history applies now than the one among the awards. `first`: the times of the first accepted mails. */
export function hasBetterHistory(awards: readonly Award[], first: GoodCounts['first'], now: Seconds): boolean {
  const best = HISTORIES.findIndex(({ mails, age }) => (first[mails - 1] ?? Infinity) + age <= now);
  const awarded = HISTORIES.findIndex(({ reason }) => awards.some((award) => award.reason === reason));
  return best >= 0 && (awarded < 0 || best < awarded);
}

/** When the next better history applies, if no further mail is accepted. */
export function betterHistoryAt({ first }: Pick<GoodCounts, 'first'>, now: Seconds): Seconds {
  const times = HISTORIES.map(({ mails, age }) => (first[mails - 1] ?? Infinity) + age);
  return Math.min(...times.filter((time) => time > now));
}

/** Enough good is known of the client that a list which errs now and then is not believed against it. */
function isWellKnown(facts: Facts): boolean {
  return facts.dnswl >= 2 || (goodHistory(facts)?.points ?? 0) >= 20;
}

/** Whether unknown recipients are probably slips: good history, and nothing that speaks against the client. */
function isReputable(facts: Facts): boolean {
  const trusted = facts.dnswl >= 1 || (goodHistory(facts)?.points ?? 0) > 10;
  return facts.good.olderThanWeek > 0 && trusted && facts.listings.length === 0 && !facts.dynamic;
}

function unknownRecipients(facts: Facts): Award | undefined {
  const n = facts.bad.unknown;
  if (n === 0) return undefined;
  if (!isReputable(facts)) return { points: -30 * n, reason: 'unknown recipients' };
  return n > facts.good.olderThanWeek / 10
    ? { points: -10 * (n + 1), reason: 'many unknown recipients from a reputable client' }
    : { points: 0, reason: 'some unknown recipients from a reputable client' };
}

/** A row of `points(n)` for n events, without an award for 0. */
function forEach(count: (facts: Facts) => number, points: (n: number) => number, reason: (n: number) => string): Row {
  return (facts) => {
    const n = count(facts);
    return n === 0 ? undefined : { points: points(n), reason: reason(n) };
  };
}

/** A row of `each` points for each event, but no less than `least`. */
function upTo(count: (facts: Facts) => number, each: number, least: number, reason: string): Row {
  return forEach(
    count,
    (n) => Math.max(each * n, least),
    () => reason,
  );
}

const ROWS: readonly Row[] = [
  ({ dynamic, domain, nameUnknown }) =>
    domain === undefined && !dynamic && !nameUnknown ? { points: -10, reason: DNS_REASONS.nameless } : undefined,
  ({ dynamic, domain }) =>
    domain !== undefined && !dynamic && isNovel(domain) ? { points: -5, reason: 'novelty TLD' } : undefined,
  ({ dynamic }) => (dynamic ? { points: -10, reason: DNS_REASONS.dynamic } : undefined),
  ({ dnswl }) => (dnswl === 1 ? { points: 10, reason: DNS_REASONS.dnswlLow } : undefined),
  ({ dnswl }) => (dnswl >= 2 ? { points: 50, reason: DNS_REASONS.dnswlHigh } : undefined),
  goodHistory,
  // One manual report alone must outweigh the best name, so it starts far below.
  forEach(
    ({ bad }) => bad.manual,
    (n) => -100 - 50 * n,
    () => 'manual report',
  ),
  // Nothing that is known makes up for it: such an address was never anyone's.
  forEach(
    ({ bad }) => bad.hardTrap,
    () => -500,
    () => 'hard trap',
  ),
  forEach(
    ({ bad }) => bad.softTrap,
    (n) => -50 * n,
    (n) => (n === 1 ? 'soft trap' : 'soft traps'),
  ),
  unknownRecipients,
  forEach(
    ({ bad }) => bad.spam,
    (n) => (n > 2 ? -50 : -20) * n,
    (n) => (n > 2 ? 'much spam' : 'spam'),
  ),
  forEach(
    ({ bad }) => bad.relay,
    (n) => -60 * n,
    () => 'relay attempt',
  ),
  upTo(({ bad }) => bad.disconnect, -10, -50, 'disconnects'),
  upTo(({ bad }) => bad.noMail, -20, -60, 'connections without mail'),
  upTo(({ bad }) => bad.noWait, -20, -60, 'early talker'),
  upTo(({ bad }) => bad.connectionLost, -5, -10, 'lost connections'),
];

/** Everything that counts for or against the client. */
export function award(facts: Facts): readonly Award[] {
  const listed = facts.listings.map(
    ({ title, points, mayBeWrong }): Award =>
      mayBeWrong && isWellKnown(facts) ? { points: 0, reason: falseListing(title) } : { points, reason: title },
  );
  return [...ROWS.flatMap((row) => row(facts) ?? []), ...listed];
}

/**
 * Counts end here, since more can't change the standing: a domain with a million good mails costs no more than one with
 * a thousand. Bad reports count up to a tenth of that: were more counted, the slips of a large sender would outgrow its
 * good mails, of which no more are counted. Five connections that went wrong cost all the points that they can cost.
 */
export const COUNT_LIMIT = { goodForUnknown: 1000, firstGood: 15, bad: 100, connections: 5 } as const;

function isNovel(domain: string): boolean {
  const tld = domain.slice(domain.lastIndexOf('.') + 1);
  return tld.length !== 2 && !OLD_TLDS.has(tld);
}
