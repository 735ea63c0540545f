import { expect, test } from 'vitest';
import { manualClock } from '../lib/clock.ts';
import { createCounters } from '../lib/counters.ts';
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
