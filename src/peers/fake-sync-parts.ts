// The parts of a daemon as the sync protocol sees them, for tests: they note what they are asked, and know a little.
import { manualClock } from '../lib/clock.ts';
import { createCounters } from '../lib/counters.ts';
import type { Answer } from '../lib/line-protocol.ts';
import { silentLog } from '../lib/log.ts';
import { createNews } from '../lib/news.ts';
import { VERSION } from '../lib/version.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import type { ManualEntry } from '../policy/manual-entry.ts';
import type { Pass } from '../policy/pass.ts';
import type { StoredReport } from '../policy/report.ts';
import type { Standing } from '../policy/standing.ts';
import { PeerList } from './peer-list.ts';
import type { SyncParts } from './sync-server.ts';

export const NOW = 1_700_000_000;

/** The client that is trusted. */
export const TRUSTED = '192.0.2.1';

export const STATISTICS = {
  version: VERSION,
  uptime: 0,
  tuples: { pending: 1, valid: 2 },
  counters: { 'verdict grey': 3 },
};

export const GOES_BY = {
  options: { retry: '3d' },
  fixed: ['port'],
  port: 1722,
  policyProblem: 'cannot read p: no such file',
};

export const TUPLE: StoredTuple = {
  tuple: { client: '203.0.113.0/24', sender: 'example.com', recipient: '.b@example.org' },
  client: '203.0.113.7',
  clientName: undefined,
  senderText: 'a@example.com',
  nullSender: false,
  state: 'pending',
  firstSeen: 1,
  lastSeen: 1,
  uses: 1,
};

export const STANDING: Standing = {
  ip: '203.0.113.7',
  identity: 'example.com',
  names: ['mx.example.com'],
  score: -10,
  class: 'grey_long',
  reasons: [{ points: -10, reason: 'dynamic address' }],
  computed: NOW,
  answered: NOW,
  expires: NOW + 600,
  reveal: undefined,
};

export const REPORT: StoredReport = {
  reporter: 'exim4',
  time: NOW - 10,
  ip: '203.0.113.7',
  event: 'spam',
  origin: 'mx1.example.org',
  originId: 1,
  stored: NOW,
};

export interface FakeParts extends SyncParts {
  /** What was asked, in order. */
  readonly asked: unknown[];
  readonly tuples: StoredTuple[];
  readonly passes: Pass[];
  readonly entries: Map<string, ManualEntry>;
}

/** A daemon that knows one tuple, one standing and one report. */
export function fakeParts(): FakeParts {
  const asked: unknown[] = [];
  const tuples = [TUPLE];
  const passes: Pass[] = [];
  const entries = new Map<string, ManualEntry>();
  const ask = async <T>(what: unknown, answer: T): Promise<T> => {
    asked.push(what);
    return answer;
  };
  return {
    asked,
    tuples,
    passes,
    entries,
    ...fakeMemory(tuples, passes),
    name: () => 'mx1.example.org',
    clock: manualClock(NOW),
    nextId: () => 'made-1',
    ...fakeExchange(asked),
    answerCheck: ({ client, sender, recipient, via, clientName, helo }) => {
      const details = [clientName, helo].filter((text) => text !== undefined);
      return ask([client.text, sender.text, recipient.text, via, ...details], {
        kind: 'grey',
        reason: 'first',
        wait: 290,
      });
    },
    explain: fakeExplain,
    overview: {
      statistics: async () => STATISTICS,
      tuples: (text) => ask(text, [...tuples]),
      standings: (text, kinds) => inOnePiece(ask([text, ...kinds], [STANDING])),
      reports: (text, order) => inOnePiece(ask([text, order], [REPORT])),
      wasAccepted: async (ip, mtaId) => ip === REPORT.ip && mtaId === '1r2CUr-0001Sv-P4',
    },
    goesBy: async () => GOES_BY,
    standings: {
      of: ({ text }) => ask(['of', text], STANDING),
      renew: ({ text }) => ask(['renew', text], STANDING),
      remove: (text) => ask(['remove', text], 2),
    },
    manual: fakeManual(entries),
    isTrusted: ({ text }) => text === TRUSTED,
  };
}

function fakeManual(entries: Map<string, ManualEntry>): SyncParts['manual'] {
  return {
    list: () => [...entries.values()],
    change: (work) => work(),
    put: async (entry) => void entries.set(entry.subject, entry),
    remove: async (subject) => {
      const removed = entries.get(subject);
      entries.delete(subject);
      return removed;
    },
    timeOfChange: async (subject) => (entries.get(subject)?.made ?? NOW - 1) + 1,
  };
}

const fakeExplain: SyncParts['explain'] = async ({ client, sender, recipient, via, clientName }) => ({
  verdict: { kind: 'grey', reason: 'first', wait: 290 },
  policy: [],
  lookups: [],
  reports: [REPORT],
  client: { standing: STANDING, domain: clientName, manual: undefined, misfit: false, shortLived: false },
  recalled: {
    entry: undefined,
    tuple: { client: client.text, sender: sender.text, recipient: recipient.text },
    pass: undefined,
    pendingOfClient: via.length,
  },
  window: { delay: 290, retry: 86_400 },
  now: NOW,
});

async function* inOnePiece<T>(list: Promise<readonly T[]>): AsyncGenerator<readonly T[]> {
  yield await list;
}

/** One report, and nobody to exchange it with. */
function fakeExchange(
  asked: unknown[],
): Pick<SyncParts, 'acceptReport' | 'acceptPeerReport' | 'share' | 'reports' | 'news' | 'peers'> {
  return {
    acceptReport: async (report) => void asked.push(report),
    acceptPeerReport: async (report, sender) => {
      asked.push([report, sender]);
      return undefined;
    },
    share: async (shared) => void asked.push(shared),
    reports: { reportsAfter: async (id) => (id < 1 ? [{ ...REPORT, id: 1 }] : []), reportIdBefore: async () => 0 },
    news: createNews(),
    peers: new PeerList({ clock: manualClock(NOW), log: silentLog, counters: createCounters(), newest: async () => 1 }),
  };
}

function fakeMemory(tuples: StoredTuple[], passes: Pass[]): Pick<SyncParts, 'store' | 'exportLines' | 'startImport'> {
  const removeFrom = <T>(list: T[], gone: (item: T) => boolean): number => {
    const before = list.length;
    list.splice(0, before, ...list.filter((item) => !gone(item)));
    return before - list.length;
  };
  return {
    store: {
      async *exportTuples(state) {
        yield tuples.filter((tuple) => tuple.state === state);
      },
      async *exportPasses() {
        yield [...passes];
      },
      forget: async (what) =>
        removeFrom(tuples, ({ tuple }) => what.tuples?.includes(tuple) === true) +
        removeFrom(passes, (pass) => what.passes?.includes(pass) === true),
    },
    async *exportLines(table) {
      yield `${table};a;b.c 1\r\n.dot\r\n`;
      yield `${table};c;d 2\r\n`;
    },
    startImport: (table) => {
      const lines: string[] = [];
      return {
        take: (line) => (lines.push(line) % 2 === 0 ? Promise.resolve() : undefined),
        end: async () => {
          const good = lines.filter((line) => line.includes(';')).length;
          const problems = lines.flatMap((line, at): [number, string][] =>
            line.includes(';') ? [] : [[at + 1, `bad for ${table}`]],
          );
          const expired = lines.filter((line) => line.startsWith('old;')).length;
          return { lines: lines.length, taken: good - expired, refused: lines.length - good, expired, problems };
        },
      };
    },
  };
}

/** All that an answer says. */
export async function textOf(answer: Answer | undefined): Promise<string> {
  const text = answer?.text ?? '';
  if (typeof text === 'string' || text instanceof Promise) return text;
  let all = '';
  for await (const piece of text) all += piece;
  return all;
}
