// The store's part of a standing: counting what is reported, in a store with many reports and in an empty one.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredReport } from '../../src/policy/report.ts';
import type { Standing } from '../../src/policy/standing.ts';
import type { Store } from '../../src/store/store.ts';
import { now, storeIn } from '../fill.ts';
import { Latencies } from '../latencies.ts';
import type { Part } from '../part.ts';
import { grouped, row } from '../table.ts';

const DAY = 86_400;
const SPAN = 60 * DAY;
const BATCH = 1000;
/** One client in so many reports is one and the same, so that it has far more than can count. */
const HEAVY = 10;
const HEAVY_CLIENT = '192.0.2.1';
const HEAVY_DOMAIN = 'heavy.example';
const EVENTS = ['ok', 'unknown', 'spam', 'ok', 'disconnect', 'ok', 'relay', 'smtp_no_wait'];
const ROUNDS = 2000;

export const standings: Part = {
  name: 'standings',
  about: "the store's part of a standing, with many reports (--reports) and with none; milliseconds",
  run: async ({ reports }) => {
    const directory = await mkdtemp(join(tmpdir(), 'ddgrey-bench-'));
    try {
      await using store = await storeIn(directory);
      console.log(row('', ['client', 'p50', 'p99', 'most']));
      await measure('no reports', store, () => clientOf(0));
      const started = performance.now();
      await fillReports(store, reports);
      const perSecond = reports / ((performance.now() - started) / 1000);
      const name = `${grouped(reports)} reports`;
      await measure(name, store, (n) => clientOf(n * 7919));
      await measure(name, store, () => ({ ip: HEAVY_CLIENT, identity: HEAVY_DOMAIN }));
      console.log(`reports stored: ${grouped(perSecond)} a second`);
    } finally {
      await rm(directory, { recursive: true });
    }
  },
};

interface Client {
  readonly ip: string;
  readonly identity: string;
}

function clientOf(number: number): Client {
  const n = number % 50_000;
  return { ip: `198.18.${n >>> 8}.${n & 255}`, identity: `domain${n % 5000}.example` };
}

async function fillReports(store: Store, count: number): Promise<void> {
  const end = now();
  for (let from = 0; from < count; from += BATCH) {
    const length = Math.min(BATCH, count - from);
    await Promise.all(Array.from({ length }, (_, n) => store.addReport(reportOf(from + n, end))));
  }
}

function reportOf(number: number, end: number): StoredReport {
  const heavy = number % HEAVY === 0;
  const { ip, identity } = heavy ? { ip: HEAVY_CLIENT, identity: HEAVY_DOMAIN } : clientOf(number);
  const time = end - Math.floor((number * 7919) % SPAN);
  const who = { origin: 'bench.example', originId: number + 1, reporter: 'exim4', ip, domain: identity };
  // The number of events and HEAVY have a common factor.
  const event = EVENTS[Math.floor(number / HEAVY) % EVENTS.length] ?? 'ok';
  return { ...who, event, time, stored: end, sender: `u${number}@sender.example`, recipient: 'user@example.org' };
}

/** What is read and written for each standing that is computed. */
async function measure(name: string, store: Store, client: (round: number) => Client): Promise<void> {
  const latencies = new Latencies();
  let most = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { ip, identity } = client(round);
    const started = performance.now();
    await store.countReports({ ip, identity, since: now() - SPAN, until: now(), now: now() });
    await store.standing(ip);
    await store.saveStanding(standingOf(ip, identity));
    const took = performance.now() - started;
    latencies.add(took);
    most = Math.max(most, took);
  }
  const { ip } = client(0);
  const times = [latencies.percentile(0.5), latencies.percentile(0.99), most].map((time) => time.toFixed(3));
  console.log(row(name, [ip === HEAVY_CLIENT ? 'busy' : 'any', ...times]));
}

function standingOf(ip: string, identity: string): Standing {
  const times = { computed: now(), answered: now(), expires: now() + 7 * DAY, reveal: undefined };
  return {
    ip,
    identity,
    names: [`mail.${identity}`],
    score: -10,
    class: 'grey_long',
    reasons: [{ points: -10, reason: 'no reverse name' }],
    ...times,
  };
}
