// What the contract's tests remember and report, and when.
import { type Address, parseAddress } from '../policy/address.ts';
import type { Recalled } from '../policy/decide.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import type { StoredReport } from '../policy/report.ts';
import type { Lifetimes, Recall, Remembrance, ReportQuery, Store, Stored } from './store.ts';

export const T = 1_700_000_000;
export const DAY = 86_400;

/** All different, so that it shows which one was used. */
export const LIFETIMES: Lifetimes = {
  pending: 3 * DAY,
  pendingShort: 2 * DAY,
  pendingNullSender: DAY,
  valid: 14 * DAY,
  validShort: 7 * DAY,
  pass: 21 * DAY,
  report: 60 * DAY,
  plainStanding: 14 * DAY,
  checkReport: 5 * DAY,
};

export const attempt: Remembrance = {
  tuple: { client: '203.0.113.0/24', sender: 'example.com', recipient: 'user123@example.org' },
  client: address('203.0.113.7'),
  change: 'record',
  nullSender: false,
  shortLived: false,
  senderText: 'u123@example.com',
  clientName: 'mail.example.com',
};

export const spam: StoredReport = {
  origin: 'mx1.example.org',
  originId: 0,
  reporter: 'exim4',
  time: T,
  stored: T,
  ip: '203.0.113.7',
  domain: 'example.com',
  event: 'spam',
  sender: 'u123@example.com',
  recipient: 'user123@example.org',
  mtaId: '1rABCD-000001-2E',
};

export const pass: Pass = { client: '203.0.113.7', domain: 'example.com', firstSeen: T - 9, lastSeen: T, uses: 5 };
export const otherPass: Pass = { ...pass, client: 'example.net', firstSeen: T, lastSeen: T + 1, uses: 1 };

/** A midnight (UTC) before T. */
export const MIDNIGHT: number = T - (T % DAY);
/** What counts for the client of `spam`. */
export const COUNTED: ReportQuery = { ip: spam.ip, identity: 'example.com', since: T - 60 * DAY, until: T, now: T };

interface ReportAdder {
  /** Adds reports like `spam` but for what is told; what became of each. */
  readonly add: (...reports: readonly Partial<StoredReport>[]) => Promise<readonly Stored[]>;
  /** Adds `n` reports. */
  readonly many: (n: number, of: (i: number) => Partial<StoredReport>) => Promise<readonly Stored[]>;
}

/** Adds reports to the store that is open at the time. */
export function reportAdder(open: () => Store): ReportAdder {
  const add: ReportAdder['add'] = async (...reports) => {
    const outcomes: Stored[] = [];
    for (const report of reports) outcomes.push(await open().addReport({ ...spam, ...report }));
    return outcomes;
  };
  return { add, many: (n, of) => add(...Array.from({ length: n }, (_, i) => of(i))) };
}

/** The address that the text spells, which must be one. */
export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

/** The attempt of a client to another recipient. */
export function numbered(i: number, client: string): Remembrance {
  return { ...attempt, client: address(client), tuple: { ...attempt.tuple, recipient: `${i}@example.org` } };
}

/** What is asked about an attempt that no pass could cover. */
export function asked({ tuple, client }: Remembrance): Recall {
  return { tuples: [tuple], client, passes: [], passesSince: T - LIFETIMES.pass };
}

/** What was recalled, read once: the pending entries are counted when somebody asks. */
export function plain({ entry, tuple, pass, pendingOfClient }: Recalled): Recalled {
  return { entry, tuple, pass, pendingOfClient };
}

/** How an attempt that was remembered at that time is listed. */
export function stored(of: Remembrance, now: number, state: StoredTuple['state'] = 'pending'): StoredTuple {
  const { tuple, client, clientName, senderText, nullSender } = of;
  return {
    tuple,
    client: client.text,
    clientName,
    senderText,
    nullSender,
    state,
    firstSeen: now,
    lastSeen: now,
    uses: 1,
  };
}
