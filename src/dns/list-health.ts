// Whether DNS lists can be believed: they are tested (test-entries.ts) at start and at least hourly. A list that lists
// everything, refuses to answer us, or is silent while others answer, is not asked until it is sane again; what a list
// said while it listed everything is not believed either. A list without a test entry may be a small one of one's own,
// or hide from our resolver: that is told, and it is asked, since a list that lists nothing does no harm.
import { type Clock, seconds } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import type { Kept } from '../lib/kept.ts';
import type { Log } from '../lib/log.ts';
import { startRepeating } from '../lib/repeat.ts';
import type { Standing } from '../policy/standing.ts';
import { FalseListings } from './false-listings.ts';
import { isFault, type State, type Tested, testsOf } from './test-entries.ts';
import type { DnsList, ListUse } from './lists.ts';
import type { Resolver } from './resolver.ts';

export interface ListHealthParts {
  readonly lists: () => readonly DnsList[];
  /** A resolver that remembers nothing: old answers would hide what a list says now. */
  readonly resolver: Resolver;
  /** A list is in order again: answers of before, which may be remembered for a day, should be forgotten. */
  readonly onRecovery: () => void;
  /** Where false listings are kept for the next start. */
  readonly kept: Kept<string>;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
}

export interface ListHealth {
  /** Whether the list is asked about such addresses. It is until a test shows that it should not be. */
  useOf(list: DnsList, family: 4 | 6): ListUse;
  /** Whether the standing rests on what a list said while it listed everything. */
  isMisled(standing: Pick<Standing, 'ip' | 'reasons' | 'computed'>): boolean;
  /** Takes over what was kept before the start. */
  restore(): Promise<void>;
  /** Tests every list once. */
  test(): Promise<void>;
  /** Milliseconds until the next test is due: sooner, while some list is off or did not answer the last one. */
  due(): number;
}

/** A state, and when the list was switched off, if it is: milliseconds since 1970. */
interface Found {
  readonly state: State;
  readonly offSince: number | undefined;
}

const HOUR_MS = 3_600_000;
const TEN_MINUTES_MS = 600_000;
const MINUTE_MS = 60_000;
/** A list that is out of order for so long is taken to be gone: standings need not wait for its answers. */
const OUTAGE_MS = 24 * HOUR_MS;
const UNTESTED: Found = { state: 'sane', offSince: undefined };

/** Health of lists, none of which has been tested yet. */
export function createListHealth(parts: ListHealthParts): ListHealth {
  const found = new Map<string, Found>();
  const foundOf = (list: DnsList, family: 4 | 6): Found => found.get(keyOf(list, family)) ?? UNTESTED;
  const falseListings = new FalseListings();
  let kept = falseListings.text();
  let due = HOUR_MS;
  const take = ({ list, family, finding }: Tested): void => {
    const { state: before, offSince = parts.clock.now() } = foundOf(list, family);
    if (finding === 'unknown' || finding === 'silent' || finding === before) return;
    found.set(keyOf(list, family), { state: finding, offSince: isFault(finding) ? offSince : undefined });
    if (isFault(before) && !isFault(finding)) parts.onRecovery();
    if (finding === 'lists everything') falseListings.begin(list, family);
    else if (before === 'lists everything') falseListings.end(list, family, seconds(parts.clock));
    announce(parts, { list: list.name, zone: list.zone, family }, { before, now: finding });
  };
  const keep = async (): Promise<void> => {
    const text = falseListings.text();
    if (text === kept) return;
    await parts.kept.save(text);
    kept = text;
  };
  return {
    useOf: (list, family) => {
      const { state, offSince = 0 } = foundOf(list, family);
      if (!isFault(state)) return 'asked';
      return state !== 'lists everything' && parts.clock.now() - offSince < OUTAGE_MS ? 'silent' : 'ignored';
    },
    isMisled: (standing) => falseListings.areBehind(standing),
    restore: async () => {
      kept = (await parts.kept.load()) ?? kept;
      falseListings.restore(kept, seconds(parts.clock));
    },
    test: async () => {
      const tested = await Promise.all(parts.lists().flatMap((list) => testsOf(parts.resolver, list)));
      const silent = tested.filter(({ finding }) => finding === 'silent');
      // If other lists answer, it is the list that is silent: every new client would wait for it in vain.
      const dnsWorks = silent.length < tested.length;
      for (const test of tested)
        take(test.finding === 'silent' && dnsWorks ? { ...test, finding: 'does not answer' } : test);
      const isUnclear = ({ list, family, finding }: Tested): boolean =>
        finding === 'unknown' || isFault(foundOf(list, family).state);
      due = silent.length > 0 ? MINUTE_MS : tested.some(isUnclear) ? TEN_MINUTES_MS : HOUR_MS;
      await keep();
    },
    due: () => due,
  };
}

/** Tests the lists now and whenever it is due, until it is closed. */
export function startListHealth(health: ListHealth, log: Log): AsyncDisposable {
  return startRepeating({
    work: () => health.test(),
    interval: () => health.due(),
    onError: (error) => log.event(0, 'list test failed', { cause: String(error) }),
  });
}

function announce(
  { log, counters }: ListHealthParts,
  about: { readonly list: string; readonly zone: string; readonly family: 4 | 6 },
  { before, now }: { readonly before: State; readonly now: State },
): void {
  if (before === 'lists nothing') counters.add('lists with a test entry again');
  if (isFault(now)) {
    // With another fault than before the list is off already: that is told, but not counted.
    if (!isFault(before)) counters.add('lists switched off');
    log.event(0, 'list switched off', { ...about, cause: now });
    return;
  }
  if (isFault(before)) {
    counters.add('lists switched on again');
    log.event(0, 'list switched on again', about);
  }
  if (now === 'lists nothing') {
    counters.add('lists without a test entry');
    log.event(0, 'list without a test entry', about);
  } else if (before === 'lists nothing') log.event(0, 'list has a test entry again', about);
}

/** With the name, since several lists may have one zone, each with answers of its own. */
function keyOf({ name, zone }: DnsList, family: 4 | 6): string {
  return `${name} ${zone} ${family}`;
}
