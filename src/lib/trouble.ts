// Trouble that may come a thousand times a second: all of it is counted, and each kind is logged once in a while.
// Trouble that is told with the client's address is logged once in a while for each client, as long as there are not
// too many.
import type { Counters } from './counters.ts';
import type { Log } from './log.ts';

export interface Trouble {
  report(what: string, cause: string, client?: string): void;
  /** Called at regular intervals. */
  sweep(): void;
}

export interface TroubleParts {
  /** Of the protocol that has the trouble, for the log and the counters. */
  readonly name: string;
  readonly log: Log;
  readonly counters: Counters;
  /** Seconds between two sweeps. */
  readonly interval: number;
}

/** Seconds for which a kind that was logged is not logged again. */
const QUIET = 60;
/** Once this many kinds were logged lately, the trouble of all further clients is one kind. */
const MOST_LINES = 20;

/** Trouble of one server. */
export function createTrouble({ name, log, counters, interval }: TroubleParts): Trouble {
  const quietSweeps = Math.ceil(QUIET / interval);
  const quiet = new Map<string, number>();
  return {
    report: (what, cause, client) => {
      counters.add(`${name} ${what}`);
      const own = client === undefined ? what : `${what} ${client}`;
      const kind = quiet.has(own) || quiet.size < MOST_LINES ? own : what;
      if (quiet.has(kind)) return;
      quiet.set(kind, quietSweeps);
      log.event(0, what, { via: name, client, cause });
    },
    sweep: () => {
      for (const [what, sweeps] of quiet) {
        if (sweeps <= 1) quiet.delete(what);
        else quiet.set(what, sweeps - 1);
      }
    },
  };
}
