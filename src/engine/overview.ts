// What the daemon can tell about itself: counters and the size of its memory.
import type { Clock } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import type { StoredTuple, TupleCounts } from '../policy/greylist.ts';
import type { Store } from '../store/store.ts';

export interface Statistics {
  readonly version: string;
  /** Seconds. */
  readonly uptime: number;
  readonly tuples: TupleCounts;
  readonly counters: { readonly [name: string]: number };
}

export interface Overview {
  /** Since the start; how much is remembered now. */
  statistics(): Promise<Statistics>;
  /** Remembered tuples by client, network, address or domain; the newest first. */
  tuples(text: string | undefined): Promise<readonly StoredTuple[]>;
}

export interface OverviewParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly version: string;
}

/** More than anyone reads; keeps an answer from growing without a bound. */
const MOST_TUPLES = 100_000;

/** The overview over a running daemon. */
export function createOverview({ store, clock, counters, version }: OverviewParts): Overview {
  const started = clock.now();
  return {
    statistics: async () => ({
      version,
      uptime: Math.floor((clock.now() - started) / 1000),
      tuples: await store.count(),
      counters: Object.fromEntries(counters.list()),
    }),
    tuples: (text) => store.tuples({ text, limit: MOST_TUPLES }),
  };
}
