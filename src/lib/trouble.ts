// Trouble that may come a thousand times a second: each is counted, and each kind logged once in a while.
import type { Counters } from './counters.ts';
import type { Log } from './log.ts';

export interface Trouble {
  report(what: string, cause: string): void;
  /** Called at regular intervals. */
  sweep(): void;
}

export interface TroubleParts {
  /** Of the protocol that has the trouble, for the log and the counters. */
  readonly name: string;
  readonly log: Log;
  readonly counters: Counters;
  /** A kind that was logged is not logged again for so many sweeps. */
  readonly quietSweeps: number;
}

/** Trouble of one server. */
export function createTrouble({ name, log, counters, quietSweeps }: TroubleParts): Trouble {
  const quiet = new Map<string, number>();
  return {
    report: (what, cause) => {
      counters.add(`${name} ${what}`);
      if (quiet.has(what)) return;
      quiet.set(what, quietSweeps);
      log.event(0, what, { via: name, cause });
    },
    sweep: () => {
      for (const [what, sweeps] of quiet) {
        if (sweeps <= 1) quiet.delete(what);
        else quiet.set(what, sweeps - 1);
      }
    },
  };
}
