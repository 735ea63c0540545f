// Dewhite: clients of which bad reports came in since the last round lose their valid tuples and passes, if what the
// reports say is bad enough by GREY_DEWHITE_FLAGS.
import { seconds } from '../lib/clock.ts';
import { clientKey, parseAddress } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { badClientScore } from '../policy/dewhite.ts';
import type { MaintenanceParts } from './maintain.ts';

/** Where the last round ended, so that a restart misses nothing. */
const PLACE = 'dewhite';
/** Tuples a step. */
const STEP = 50;

/** Removes what bad clients have gained; returns how many tuples and passes that were. */
export async function dewhite(parts: MaintenanceParts, rest: () => Promise<void>): Promise<number> {
  const { store, clock } = parts;
  const now = seconds(clock);
  const since = Number((await store.place(PLACE)) ?? 0);
  const bad: string[] = [];
  for (const ip of await store.badClientsSince(since)) {
    if (await isBad(parts, ip, now)) bad.push(ip);
    await rest();
  }
  const removed = bad.length === 0 ? 0 : await removeAllOf(parts, bad, rest);
  // What was stored within this second may not have been there yet.
  await store.savePlace(PLACE, String(now - 1));
  return removed;
}

async function isBad({ store, settings }: MaintenanceParts, ip: string, now: Seconds): Promise<boolean> {
  const { dewhite: rules, searchDuration } = settings();
  const { bad, good } = await store.countReports({ ip, identity: ip, since: now - searchDuration, now });
  return badClientScore(bad, good, rules.flags) > rules.threshold;
}

async function removeAllOf(
  { store }: MaintenanceParts,
  clients: readonly string[],
  rest: () => Promise<void>,
): Promise<number> {
  const tuples = await store.validTuplesOf(clients);
  let removed = await store.forget({ passes: await passesOf(store, clients) });
  for (let start = 0; start < tuples.length; start += STEP) {
    removed += await store.forget({ tuples: tuples.slice(start, start + STEP) });
    await rest();
  }
  return removed;
}

async function passesOf(store: MaintenanceParts['store'], clients: readonly string[]) {
  const owners = new Set(clients.map((client) => parseAddress(client)).map((address) => address && clientKey(address)));
  const found = [];
  for await (const passes of store.exportPasses(0)) found.push(...passes.filter(({ client }) => owners.has(client)));
  return found;
}
