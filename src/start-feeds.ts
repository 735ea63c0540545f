// What reports are learnt from, as the configuration has it: the mail server's log, spam traps.
import { resolve } from 'node:path';
import type { Config } from './config/options.ts';
import { type AcceptReport, acceptInBackground } from './engine/accept-report.ts';
import type { HostSet } from './engine/host-set.ts';
import { createEximMainlog, eximLineReader } from './feeds/exim-mainlog.ts';
import type { Place } from './feeds/file-place.ts';
import { followFile } from './feeds/follow-file.ts';
import { reportTraps, withoutTrapMail } from './feeds/report-traps.ts';
import { Traps, watchTraps } from './feeds/watch-traps.ts';
import { atMost } from './lib/at-most.ts';
import type { Clock } from './lib/clock.ts';
import { keptValue } from './lib/kept.ts';
import type { Log } from './lib/log.ts';
import { Turns } from './lib/turns.ts';
import type { Check } from './policy/check.ts';
import type { Report } from './policy/report.ts';
import { trapsOf } from './settings.ts';
import type { Store } from './store/store.ts';

export interface FeedStart {
  readonly config: Config;
  readonly directory: string;
  readonly store: Store;
  readonly acceptReport: AcceptReport;
  readonly trusted: HostSet;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Feeds {
  /** Told of every check that was answered, and of every recipient that the mail server refused itself. */
  readonly onAnswer: (check: Check) => void;
  /** Takes in the reports of accepted mail, and others, with regard to the traps. */
  readonly acceptReport: AcceptReport;
  /**
   * Follows the files until it is closed. Not while the daemon is root to bind its sockets: a log that its user may not read
   * would be opened then, and be out of reach from the next rotation on.
   */
  readonly follow: () => AsyncDisposable;
}

/** Reports of a log that are dealt with at a time: each may ask the DNS, which checks need as well. */
const MOST_REPORTS = 256;
/** Of those, how many may be begun between two looks at the sockets: some 2 ms of work. A backlog brings a million. */
const REPORTS_A_TURN = 32;

/** Opens them. Throws, in words for an administrator, if a file of traps can't be read. */
export async function openFeeds(start: FeedStart): Promise<Feeds> {
  const { config, clock, log } = start;
  const traps = await openTraps(start);
  const acceptReport = withoutTrapMail(() => traps, start.acceptReport);
  return {
    onAnswer: reportTraps({ traps: () => traps, report: acceptInBackground(acceptReport, log), clock }),
    acceptReport,
    follow: () => {
      const parts = new AsyncDisposableStack();
      parts.use(watchTraps(traps, log));
      if (config.service.includes('exim4')) parts.use(followEximLog({ ...start, acceptReport }));
      return parts;
    },
  };
}

async function openTraps({ config, directory, clock, log }: FeedStart): Promise<Traps> {
  const files = config.traps.map((file) => resolve(directory, file));
  const traps = new Traps({ files, configured: trapsOf(config), clock, log });
  await traps.refresh();
  if (traps.problems.length > 0) throw new Error(`traps: ${traps.problems.join('; ')}`);
  return traps;
}

function followEximLog({ config, directory, store, acceptReport, trusted, log }: FeedStart): AsyncDisposable {
  const path = resolve(directory, config.exim4_mainlog);
  const mainlog = createEximMainlog({
    unknown: config.exim4_unknown,
    isTrusted: (client) => trusted.has(client),
  });
  const places = keptValue<Place>(store, `log ${path}`, {
    read: (text) => JSON.parse(text) as Place,
    write: (place) => JSON.stringify(place),
  });
  const turns = new Turns(REPORTS_A_TURN);
  // Reports that are not begun when the daemon ends come again after the next start.
  const closing = new AbortController();
  const accept = atMost(MOST_REPORTS, async (report: Report) => {
    await turns.take(1);
    closing.signal.throwIfAborted();
    await acceptReport(report);
  });
  const following = followFile({ path, places, reader: eximLineReader({ mainlog, accept, log }), log });
  return {
    [Symbol.asyncDispose]: () => {
      closing.abort();
      return following[Symbol.asyncDispose]();
    },
  };
}
