// Both backends are asked the same things in the same order, whatever they are, and have to say the same.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { silentLog } from '../lib/log.ts';
import type { Change } from '../policy/decide.ts';
import { EVENTS } from '../policy/report.ts';
import { STANDING_KINDS } from '../policy/standing.ts';
import { address, attempt, DAY, LIFETIMES, spam, T } from './contract-samples.ts';
import { MemoryStore } from './memory-store.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Recall, Remembrance, Store } from './store.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-model-'));
afterAll(() => rmSync(directory, { recursive: true }));

type Step = (store: Store, now: number) => Promise<unknown>;

const client = fc.constantFrom('203.0.113.7', '203.0.113.8', '2001:db8::1', '2001:db8::2').map(address);
const part = fc.constantFrom('203.0.113.0/24', 'example.com', '');
const tuple = part.map((text) => ({ ...attempt.tuple, client: text }));
const key = fc.record({ client: part, domain: fc.constantFrom('example.com', 'com') });
const PASSES = ['com', 'example.com'].flatMap((domain) => [
  { client: '', domain },
  { client: 'example.com', domain },
]);
const changes: readonly Change[] = ['none', 'record', 'restart', 'validate', 'refresh', 'admit', 'forget'];
const remembrance = fc.record({
  tuple,
  client,
  change: fc.constantFrom(...changes),
  nullSender: fc.boolean(),
  shortLived: fc.boolean(),
  senderText: fc.constantFrom('u123@example.com', 'b@Example.net', ''),
  clientName: fc.constantFrom('mail.example.com', undefined),
});
const report = fc.record(
  {
    originId: fc.constantFrom(0, 0, 0, 3, 8),
    ip: client.map(({ text }) => text),
    event: fc.constantFrom(...EVENTS, 'odd'),
    sender: fc.constantFrom('a', 'b'),
    domain: fc.constantFrom('example.com', 'mail.example.com', '203.0.113.7'),
  },
  { requiredKeys: ['originId', 'ip', 'event'] },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  remembrance.map(
    (one): Step =>
      async (store, now) =>
        store.remember(await decided(store, one), now),
  ),
  key.map(
    (one): Step =>
      (store, now) =>
        store.addPass({ ...one, firstSeen: now, lastSeen: now, uses: 1 }),
  ),
  key.map(
    (one): Step =>
      (store, now) =>
        store.refreshPass(one, now),
  ),
  fc.record({ tuple, key }).map(
    (one): Step =>
      (store) =>
        store.forget({ tuples: [one.tuple], passes: [one.key] }),
  ),
  fc.integer({ min: 0, max: 4 }).map(
    (most): Step =>
      (store, now) =>
        store.expire(LIFETIMES, now, most),
  ),
  report.map(
    (one): Step =>
      (store, now) =>
        store.addReport({ ...one, ...SEEN, time: now - (now % 3), stored: now }),
  ),
  client.map(
    (one): Step =>
      (store, now) =>
        store.countReports({ ...whom(one.text), since: now - 60 * DAY, until: now, now }),
  ),
  client.map(
    ({ text }): Step =>
      (store) =>
        store.assignGood(text, whom(text).identity, 2),
  ),
  fc.constantFrom('203.0.113.0/24', 'com').map(
    (text): Step =>
      (store) =>
        store.removeStandings(text),
  ),
  client.map(
    ({ text }): Step =>
      (store, now) =>
        store.saveStanding(standing(text, now)),
  ),
);
const run = fc.array(fc.record({ step, after: fc.constantFrom(0, 1, 59, 3600, 7 * 3600, DAY, 10 * DAY) }), {
  minLength: 5,
  maxLength: 40,
});

/** A first attempt is recorded only where nothing was found. */
async function decided(store: Store, one: Remembrance): Promise<Remembrance> {
  if (one.change !== 'record') return one;
  const { entry } = await store.recall({ tuples: [one.tuple], client: one.client, passes: [], passesSince: 0 });
  return entry === undefined ? one : { ...one, change: 'none' };
}

const SEEN = { origin: spam.origin, reporter: 'exim4' };

function whom(ip: string): { ip: string; identity: string } {
  return { ip, identity: ip.includes(':') ? 'example.com' : ip };
}

function standing(ip: string, now: number): Parameters<Store['saveStanding']>[0] {
  const identity = ip.endsWith('7') ? 'example.com' : ip;
  const times = { computed: now, answered: now, expires: now + DAY, reveal: undefined };
  return { ip, identity, names: [], score: 1, class: 'white', reasons: [], ...times };
}

test('any sequence of steps', { timeout: 60_000 }, async () => {
  let files = 0;
  await fc.assert(
    fc.asyncProperty(run, async (steps) => {
      files += 1;
      await using sqlite = new SqliteStore(join(directory, `${files}.db`), silentLog);
      await using memory = new MemoryStore();
      let now = T;
      for (const one of steps) {
        now += one.after;
        expect(await one.step(sqlite, now)).toEqual(await one.step(memory, now));
      }
      expect(await everything(sqlite, now)).toEqual(await everything(memory, now));
    }),
    { numRuns: 15, endOnFailure: true },
  );
});

/** All that a store knows, in an order of its own where the port promises none. */
async function everything(store: Store, now: number): Promise<unknown> {
  const passes = await wholeList(store.exportPasses(0));
  const all: Recall = { tuples: [attempt.tuple], client: attempt.client, passes: PASSES, passesSince: now - 20 * DAY };
  return {
    pass: (await store.recall(all)).pass,
    tuples: sorted(await store.tuples({ text: undefined, limit: 99 })),
    valid: sorted(await wholeList(store.exportTuples('valid', T + DAY))),
    passes: sorted(passes),
    candidates: sorted(await wholeList(store.passCandidates(now - DAY, 2))),
    ofClient: sorted(await wholeList(store.validTuplesOf(['203.0.113.7', '2001:db8::1']))),
    count: await store.count(),
    pending: (await store.recall({ ...all, passes: [] })).pendingOfClient,
    reports: await wholeList(store.reports(undefined)),
    ofDomain: await wholeList(store.reports('example.com')),
    counted: await store.countedReports({ ip: '203.0.113.7', identity: 'example.com', since: T, until: now, now }, 3),
    after: await store.reportsAfter(2, 99),
    bad: sorted(await store.badClientsAfter(2)),
    standings: await wholeList(store.standings({ text: undefined, kinds: STANDING_KINDS, now })),
  };
}

function sorted(items: readonly unknown[]): readonly string[] {
  return items
    .map((item) => JSON.stringify(Object.entries(Object(item)).toSorted(([a], [b]) => a.localeCompare(b))))
    .toSorted();
}
