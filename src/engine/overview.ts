// What the daemon can tell about itself: counters and the size of its memory.
import { type Clock, seconds } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import type { Seconds } from '../policy/check.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import type { StoredReport } from '../policy/report.ts';
import { isInForce, type Standing, type StandingKind } from '../policy/standing.ts';
import type { Statistics } from '../policy/statistics.ts';
import type { ReportOrder, Store } from '../store/store.ts';

export interface Overview {
  /** What was counted since the start, and how much is remembered now. */
  statistics(): Promise<Statistics>;
  /** Remembered tuples by client, network, address or domain; the newest first. */
  tuples(text: string | undefined): Promise<readonly StoredTuple[]>;
  /** Standings of these kinds that are in force, of an address, network or domain, or all; piece by piece. */
  standings(text: string | undefined, kinds: readonly StandingKind[]): AsyncIterable<readonly Standing[]>;
  /** Reports likewise; the newest first unless the order says otherwise. */
  reports(text: string | undefined, order?: ReportOrder): AsyncIterable<readonly StoredReport[]>;
  /** Whether mail with that id was accepted from that address. */
  wasAccepted(ip: string, mtaId: string): Promise<boolean>;
}

export interface OverviewParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Seconds that the daemon has been running. Not by the clock, which may be set right meanwhile. */
  readonly uptime: () => number;
  readonly counters: Counters;
  readonly version: string;
  /** The tuples that a listing may have. */
  readonly most: number;
}

/** The overview over a running daemon. */
export function createOverview({ store, clock, uptime, counters, version, most }: OverviewParts): Overview {
  return {
    statistics: async () => ({
      version,
      uptime: Math.floor(uptime()),
      tuples: await store.count(),
      counters: Object.fromEntries(counters.list()),
    }),
    tuples: (text) => store.tuples({ text, limit: most }),
    standings: (text, kinds) => {
      const now = seconds(clock);
      return inForce(store.standings({ text, kinds, now }), now);
    },
    reports: (text, order) => store.reports(text, order),
    wasAccepted: (ip, mtaId) => store.wasAccepted(ip, mtaId),
  };
}

/** Only the standings that count now. */
async function* inForce(
  standings: AsyncIterable<readonly Standing[]>,
  now: Seconds,
): AsyncGenerator<readonly Standing[], void> {
  for await (const piece of standings) yield piece.filter((standing) => isInForce(standing, now));
}
