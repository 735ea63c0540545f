// Dewhite: clients of which bad reports came in since the last round lose their valid tuples and passes, if what the
// reports say is bad enough by GREY_DEWHITE_FLAGS.
import { seconds } from '../lib/clock.ts';
import { wholeList } from '../lib/whole-list.ts';
import { clientKey, parseAddress } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { badClientScore } from '../policy/dewhite.ts';
import type { Pass } from '../policy/pass.ts';
import type { Tuple } from '../policy/tuple.ts';
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
  const tuples = (await wholeList(store.validTuplesOf(clients))).map(({ tuple }) => tuple);
  let removed = await store.forget({ passes: await passesOf(store, await ownersOf(store, clients, tuples)) });
  for (let start = 0; start < tuples.length; start += STEP) {
    removed += await store.forget({ tuples: tuples.slice(start, start + STEP) });
    await rest();
  }
  return removed;
}

/**
 * Whose passes these clients use: their own, and those of their domains. A domain loses its passes for one bad host, since
 * a pass lets through all that the host sends for them; the domain's other hosts keep their tuples, and earn it anew.
 */
async function ownersOf(
  store: MaintenanceParts['store'],
  clients: readonly string[],
  tuples: readonly Tuple[],
): Promise<ReadonlySet<string>> {
  const owners = new Set(tuples.map(({ client }) => client));
  for (const ip of clients) {
    const address = parseAddress(ip);
    if (address !== undefined) owners.add(clientKey(address));
    // Tuples are not refreshed while there is a pass, so there may be none left that names the domain.
    const standing = await store.standing(ip);
    if (standing !== undefined) owners.add(standing.identity);
  }
  return owners;
}

async function passesOf(store: MaintenanceParts['store'], owners: ReadonlySet<string>): Promise<readonly Pass[]> {
  const found: Pass[] = [];
  for await (const passes of store.exportPasses(0)) found.push(...passes.filter(({ client }) => owners.has(client)));
  return found;
}
