import { expect, test } from 'vitest';
import { manualClock } from '../lib/clock.ts';
import { createCounters } from '../lib/counters.ts';
import { type Standing, STANDING_KINDS, type StandingClass } from '../policy/standing.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { createOverview } from './overview.ts';

test('the overview tells version, time, memory and counters', async () => {
  const [store, clock, counters] = [new MemoryStore(), manualClock(), createCounters()];
  const overview = createOverview({ store, clock, uptime: () => 61.9, counters, version: '1.2.3', most: 1 });
  clock.advance(86_400);
  counters.add('verdict grey', 2);
  const client = { family: 4, text: '203.0.113.7' } as const;
  const tuple = { client: '203.0.113.0/24', sender: 'example.com', recipient: 'b@example.org' };
  const attempt = {
    tuple,
    client,
    nullSender: false,
    shortLived: false,
    senderText: 'a@example.com',
    clientName: undefined,
  };
  await store.remember({ ...attempt, change: 'record' }, 1_700_000_000);

  expect(await overview.statistics()).toEqual({
    version: '1.2.3',
    uptime: 61,
    tuples: { pending: 1, valid: 0 },
    counters: { 'verdict grey': 2 },
  });
  expect(await overview.tuples(undefined)).toMatchObject([{ tuple, state: 'pending' }]);
  expect(await overview.tuples('192.0.2.1')).toEqual([]);
  await store.remember({ ...attempt, tuple: { ...tuple, sender: 'x.org' }, change: 'record' }, 1_700_000_001);
  expect(await overview.tuples(undefined)).toMatchObject([{ tuple: { sender: 'x.org' } }]);
});

test('whether mail was accepted is known by the client and the name of the mail', async () => {
  const [store, clock, counters] = [new MemoryStore(), manualClock(), createCounters()];
  const overview = createOverview({ store, clock, uptime: () => 0, counters, version: '1', most: 1 });
  const ip = '203.0.113.7';
  const named = { origin: 'mx1', originId: 1, reporter: 'exim4', mtaId: 'Q1' };
  await store.addReport({ ...named, ip, event: 'ok', time: 0, stored: 0 });
  expect([await overview.wasAccepted(ip, 'Q1'), await overview.wasAccepted(ip, 'Q2')]).toEqual([true, false]);
});

const NOW = 1_700_000_000;
const DAY = 86_400;

test.for<[kind: StandingClass, computed: number, expires: number, listed: number]>([
  ['black', NOW, NOW + 1, 1],
  ['black', NOW, NOW, 0],
  // By a clock that was ahead: no check counts it either.
  ['black', NOW + DAY, NOW + 8 * DAY, 1],
  ['black', NOW + DAY + 1, NOW + 8 * DAY, 0],
  ['white', NOW + DAY + 1, NOW + 8 * DAY, 1],
])('a standing that is %s, made at %i until %i, is listed %i times', async ([kind, computed, expires, listed]) => {
  const [store, clock, counters] = [new MemoryStore(), manualClock(NOW), createCounters()];
  const overview = createOverview({ store, clock, uptime: () => 0, counters, version: '1', most: 1 });
  const ip = '203.0.113.7';
  await store.saveStanding({
    ip,
    identity: ip,
    names: [],
    score: 0,
    class: kind,
    reasons: [],
    computed,
    answered: computed,
    expires,
    reveal: undefined,
  });
  const found: Standing[] = [];
  for await (const piece of overview.standings(undefined, STANDING_KINDS)) found.push(...piece);
  expect(found).toHaveLength(listed);
});
