// Maintenance: what is past its lifetime is removed, in small steps between checks, so that no check ever waits for it.
import { type Clock, seconds } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import type { Log } from '../lib/log.ts';
import { type Pause, startRepeating } from '../lib/repeat.ts';
import type { Seconds } from '../policy/check.ts';
import type { Lifetimes, Store } from '../store/store.ts';

export interface MaintenanceParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  readonly settings: () => MaintenanceSettings;
}

export interface MaintenanceSettings {
  readonly lifetimes: Lifetimes;
  /** From the end of one pass to the start of the next. */
  readonly interval: Seconds;
}

/** Entries a step: about a millisecond of work. */
const STEP = 100;
/** Milliseconds between two steps, in which checks have the daemon to themselves. */
const PAUSE = 5;

/** Removes everything that is past its lifetime. */
export async function runMaintenance(parts: MaintenanceParts, pause: Pause): Promise<void> {
  const { lifetimes } = parts.settings();
  let expired = 0;
  let step = STEP;
  while (step === STEP) {
    step = await parts.store.expire(lifetimes, seconds(parts.clock), STEP);
    expired += step;
    parts.counters.add('expired', step);
    await pause(PAUSE);
  }
  if (expired > 0) parts.log.event(1, 'maintenance', { expired });
}

/** Runs maintenance now and then at every interval, until it is closed. */
export function startMaintenance(parts: MaintenanceParts): AsyncDisposable {
  return startRepeating({
    work: (pause) => runMaintenance(parts, pause),
    interval: () => parts.settings().interval * 1000,
    onError: (error) => parts.log.event(0, 'maintenance failed', { cause: String(error) }),
  });
}
