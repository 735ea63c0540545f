// Time comes in as a value, so that tests need not wait.

/** Now, in milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  advance(seconds: number): void;
}

/** A manual clock that starts at `start`, in seconds since 1970. */
export function manualClock(start = 1_700_000_000): ManualClock {
  let now = start * 1000;
  return {
    now: () => now,
    advance: (seconds) => {
      now += seconds * 1000;
    },
  };
}

/** Whole seconds since 1970. */
export function seconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000);
}
