import { expect, test } from 'vitest';
import { manualClock } from '../lib/clock.ts';
import { createCounters } from '../lib/counters.ts';
import { createLog } from '../lib/log.ts';
import type { Address } from '../policy/address.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { type MaintenanceParts, runMaintenance, startMaintenance } from './maintain.ts';

const LIFETIMES = { pending: 100, pendingNullSender: 50, valid: 1000 };
const START = 1_700_000_000;
const CLIENT: Address = { family: 4, text: '203.0.113.7' };
const noPause = (): Promise<void> => Promise.resolve();

async function filledStore(entries: number): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (let i = 0; i < entries; i += 1) await record(store, `${i}@example.org`, false);
  return store;
}

async function record(store: MemoryStore, recipient: string, nullSender: boolean): Promise<void> {
  const tuple = { client: CLIENT.text, sender: nullSender ? '<>' : 'example.com', recipient };
  const attempt = { tuple, client: CLIENT, nullSender, senderText: '', clientName: undefined };
  await store.remember({ ...attempt, change: 'record' }, START);
}

function parts(
  store: MemoryStore,
  logged: string[] = [],
): MaintenanceParts & { clock: ReturnType<typeof manualClock> } {
  const log = createLog({ level: 1, format: 'text' }, (text) => logged.push(text.slice(text.indexOf(' ') + 1)));
  const settings = { lifetimes: LIFETIMES, interval: 600 };
  return { store, clock: manualClock(START), log, counters: createCounters(), settings: () => settings };
}

test.for<[after: number, pending: number]>([
  [50, 2],
  [51, 1],
  [100, 1],
  [101, 0],
])('%i s after a bounce and a mail came first, %i of them are left', async ([after, pending]) => {
  const store = await filledStore(1);
  await record(store, 'b@example.org', true);
  const maintenance = parts(store);
  maintenance.clock.advance(after);
  await runMaintenance(maintenance, noPause);
  expect(await store.count()).toEqual({ pending, valid: 0 });
});

test.for<[entries: number, steps: number]>([
  [0, 1],
  [99, 1],
  [100, 2],
  [250, 3],
])('%i entries are removed in %i steps, with a pause after each', async ([entries, steps]) => {
  const logged: string[] = [];
  const store = await filledStore(entries);
  const maintenance = parts(store, logged);
  maintenance.clock.advance(101);
  let pauses = 0;
  await runMaintenance(maintenance, async () => {
    pauses += 1;
  });
  maintenance.log.flush();
  expect(pauses).toBe(steps);
  expect(await store.count()).toEqual({ pending: 0, valid: 0 });
  expect(maintenance.counters.list()).toEqual([['expired', entries]]);
  expect(logged).toEqual(entries === 0 ? [] : [`maintenance expired=${entries}\n`]);
});

test('maintenance that fails is logged, and does not end the daemon', async () => {
  const logged: string[] = [];
  const store = await filledStore(0);
  store.expire = () => Promise.reject(new Error('disk full'));
  const maintenance = parts(store, logged);
  const running = startMaintenance(maintenance);
  await new Promise(setImmediate);
  await running[Symbol.asyncDispose]();
  maintenance.log.flush();
  expect(logged.join('')).toBe('maintenance failed cause="Error: disk full"\n');
});
