// Maintenance: what is past its lifetime is removed, what has proved itself gets a pass, what was found bad loses what it
// had. In small steps between checks, so that no check ever waits for it.
import { type Clock, manualClock, seconds } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import type { Log } from '../lib/log.ts';
import { type Pause, startRepeating } from '../lib/repeat.ts';
import type { Seconds } from '../policy/check.ts';
import type { DewhiteRules } from '../policy/dewhite.ts';
import type { Policy } from '../policy/rules.ts';
import type { Lifetimes, Store } from '../store/store.ts';
import { dewhite } from './dewhite.ts';
import type { ManualList } from './manual-list.ts';
import { promote } from './promote.ts';

export interface MaintenanceParts {
  readonly store: Store;
  readonly manual: ManualList;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  readonly settings: () => MaintenanceSettings;
}

/** What each part of a round needs. */
export type RoundParts = Pick<MaintenanceParts, 'store' | 'clock' | 'settings'>;
/** A pause between two steps, in which checks have the daemon to themselves. */
export type Rest = () => Promise<void>;

export interface MaintenanceSettings {
  readonly lifetimes: Lifetimes;
  /** From the end of one round to the start of the next. */
  readonly interval: Seconds;
  readonly equivalents: Policy['equivalents'];
  readonly dewhite: DewhiteRules;
  /** How far back reports count. */
  readonly searchDuration: Seconds;
}

/** Entries a step: about a millisecond of work. */
const STEP = 50;
/** Milliseconds between two steps. */
const PAUSE = 5;

/** Under which the store keeps when the last round began. */
const PLACE = 'maintenance';
/** How much longer ago than the interval that may be, such as for a machine that was off. */
const LONGEST_REST: Seconds = 86_400;

/**
 * One round of everything, unless the last one was long ago by the clock. Then it may be the clock that has jumped, by
 * years even, and what is removed does not come back when somebody sets it right. So the round is put off by one
 * interval.
 */
export async function runRound(parts: MaintenanceParts, pause: Pause): Promise<void> {
  const { store, clock, log, settings } = parts;
  const now = seconds(clock);
  const last = Number((await store.place(PLACE)) ?? now);
  await store.savePlace(PLACE, String(now));
  const late = now - last - settings().interval;
  if (late > LONGEST_REST) log.event(0, 'maintenance put off', { late });
  // The clock may also jump in the middle of the round, so the round has one that stands.
  else await runMaintenance({ ...parts, clock: manualClock(now) }, pause);
}

/** One round of everything. */
export async function runMaintenance(parts: MaintenanceParts, pause: Pause): Promise<void> {
  const { counters, log } = parts;
  const rest: Rest = () => pause(PAUSE);
  const done = {
    expired: await expire(parts, rest),
    // Before promotion, so that what bad clients did earns nobody a pass.
    dewhited: await dewhite(parts, rest),
    promoted: await promote(parts, rest),
  };
  await parts.manual.expire(seconds(parts.clock));
  for (const [what, count] of Object.entries(done)) counters.add(what, count);
  if (Object.values(done).some((count) => count > 0)) log.event(1, 'maintenance', done);
}

/** Removes everything that is past its lifetime; returns how much that was. */
async function expire({ store, clock, settings }: RoundParts, rest: Rest): Promise<number> {
  const { lifetimes } = settings();
  let expired = 0;
  for (;;) {
    const step = await store.expire(lifetimes, seconds(clock), STEP);
    expired += step;
    if (step < STEP) return expired;
    await rest();
  }
}

/** Runs maintenance now, and again after each interval, until it is closed. */
export function startMaintenance(parts: MaintenanceParts): AsyncDisposable {
  return startRepeating({
    work: (pause) => runRound(parts, pause),
    interval: () => parts.settings().interval * 1000,
    onError: (error) => parts.log.event(0, 'maintenance failed', { cause: String(error) }),
  });
}
