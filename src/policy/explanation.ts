// How a check would be answered now, with all that this rests on, as the daemon tells the command line: plain data, on its
// way as JSON, in which what is not known is left out.
import type { Seconds } from './check.ts';
import type { Recalled } from './decide.ts';
import type { PolicyHit } from './decide-by-policy.ts';
import type { Window } from './greylist.ts';
import type { ManualEntry } from './manual-entry.ts';
import type { StoredReport } from './report.ts';
import type { Standing } from './standing.ts';
import type { Verdict } from './verdict.ts';

export interface Explanation {
  /** What the answer would be now. */
  readonly verdict: Verdict;
  /** The lines of the policy file that had their say. */
  readonly policy: readonly PolicyHit[];
  readonly client: ExplainedClient;
  /** What the DNS said about the client; empty while reputation is switched off. */
  readonly lookups: readonly ExplainedLookup[];
  /** The newest reports that count for the standing: the bad ones of the address, the good ones of its identity. */
  readonly reports: readonly StoredReport[];
  readonly recalled: Pick<Recalled, 'tuple' | 'pendingOfClient'> & Partial<Pick<Recalled, 'entry' | 'pass'>>;
  /** The delay and the retry window that apply. */
  readonly window: Window;
  readonly now: Seconds;
}

/** What is known of the client. */
interface ExplainedClient {
  readonly standing?: Standing | undefined;
  /** Its verified domain. */
  readonly domain?: string | undefined;
  readonly manual?: ManualEntry | undefined;
  /** Its name does not fit the sender's domain. */
  readonly misfit: boolean;
  /** What it gains is kept for a shorter time (GREY_DEWHITE_FLAGS). */
  readonly shortLived: boolean;
}

export interface ExplainedLookup {
  /** `names`, `addresses of NAME`, or the list's title. */
  readonly about: string;
  readonly answer: 'found' | 'absent' | 'failed' | 'under way';
  readonly records: readonly string[];
  /** Why it failed, or why what a list answered is no listing. */
  readonly note?: string | undefined;
  /** Since it was asked, where it was remembered. */
  readonly age?: Seconds | undefined;
}
