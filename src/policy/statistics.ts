// What the daemon counted since its start, and how much it remembers now, as it tells the command line.
import type { Seconds } from './check.ts';
import type { TupleCounts } from './greylist.ts';

export interface Statistics {
  readonly version: string;
  readonly uptime: Seconds;
  readonly tuples: TupleCounts;
  readonly counters: { readonly [name: string]: number };
}
