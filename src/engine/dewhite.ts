// Dewhite: clients of which bad reports came in since the last round lose their valid tuples and passes, if what the
// reports say is bad enough by GREY_DEWHITE_FLAGS.
import { seconds } from '../lib/clock.ts';
import type { Seconds } from '../policy/check.ts';
import { reportFlags } from '../policy/dewhite.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import { passOwner } from '../policy/pass.ts';
import { isBad } from './bad-client.ts';
import type { Rest, RoundParts } from './maintain.ts';
import { loadWithheld, OwnersOfBad, saveWithheld } from './withheld-passes.ts';

/**
 * Under which the store keeps the last report that a round has looked at, and by which rules, so that a restart misses
 * nothing.
 */
const PLACE = 'dewhited up to';
/** Tuples or passes a step: about a millisecond of work. */
const STEP = 50;

/** Removes what bad clients have gained; returns how many tuples and passes that were. */
export async function dewhite(parts: RoundParts, rest: Rest): Promise<number> {
  const { store, settings } = parts;
  const rules = settings().dewhite;
  // Nothing is saved: when flags are set later, they look at all reports since the last round that had some.
  const flags = reportFlags(rules);
  if (flags.length === 0) return 0;
  const byRules = `${flags.join(' ')} ${rules.threshold}`;
  const [since = '', ...sinceRules] = ((await store.place(PLACE)) ?? '').split(' ');
  const last = await store.reportIdBefore(Number.POSITIVE_INFINITY);
  const bad: string[] = [];
  // All of them, if the last round had other rules: by these, clients may be bad that were not by those.
  for (const ip of await store.badClientsAfter(sinceRules.join(' ') === byRules ? Number(since) : 0)) {
    if (await isBad(parts, ip)) bad.push(ip);
    await rest();
  }
  const removed = bad.length === 0 ? 0 : await removeAllOf(parts, bad, rest);
  await store.savePlace(PLACE, `${last} ${byRules}`);
  return removed;
}

async function removeAllOf(parts: RoundParts, bad: readonly string[], rest: Rest): Promise<number> {
  const { store, clock } = parts;
  const now = seconds(clock);
  const withheld = await loadWithheld(parts);
  const owners = await ownersOf(store, { bad, withheld, now }, rest);
  /** Before anything is removed: a pass that is gone must not come back because the process was killed. */
  const withhold = async (losers: Iterable<string>): Promise<void> => {
    const found = [...losers].flatMap((owner) => owners.clientsOf(owner).map((ip) => [owner, ip] as const));
    for (const [owner, ip] of found) withheld.add(owner, ip, now);
    if (found.length > 0) await saveWithheld(parts, withheld);
  };
  await saveWithheld(parts, withheld);
  let removed = 0;
  for await (const piece of store.validTuplesOf(bad)) {
    await withhold(addOwners(owners, piece, now));
    const tuples = piece.map(({ tuple }) => tuple);
    removed += await inSteps(tuples, (step) => store.forget({ tuples: step }), rest);
    await rest();
  }
  for await (const piece of store.exportPasses(0)) {
    const passes = piece.filter(({ client }) => owners.clientsOf(client).length > 0);
    if (passes.length > 0) await withhold(new Set(passes.map(({ client }) => client)));
    removed += await inSteps(passes, (step) => store.forget({ passes: step }), rest);
    await rest();
  }
  return removed;
}

/**
 * Whose passes these clients use: their own, and those of their domains. A domain loses its passes for one bad host, since
 * a pass lets through all that the host sends for them; the domain's other hosts keep their tuples, and earn it anew when
 * that host is not bad any more. What is withheld because of them stays so.
 */
async function ownersOf(
  store: RoundParts['store'],
  { bad, withheld, now }: { readonly bad: readonly string[]; readonly withheld: OwnersOfBad; readonly now: Seconds },
  rest: Rest,
): Promise<OwnersOfBad> {
  const owners = new OwnersOfBad();
  for (const ip of bad) {
    owners.add(passOwner('', ip), ip, now);
    // Mail with a pass makes no tuples, so perhaps none is left that names the client's domain.
    const standing = await store.standing(ip);
    if (standing !== undefined) owners.add(standing.identity, ip, now);
    await rest();
  }
  const again = new Set(bad);
  for (const [owner, ip] of withheld.all()) {
    if (again.has(ip)) for (const those of [owners, withheld]) those.add(owner, ip, now);
  }
  return owners;
}

/** Adds whose tuples these are, each with the bad clients that have them; returns the owners. */
function addOwners(owners: OwnersOfBad, tuples: readonly StoredTuple[], now: Seconds): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { tuple, client } of tuples) {
    const owner = passOwner(tuple.client, client);
    for (const ip of owners.clientsOf(passOwner('', client))) owners.add(owner, ip, now);
    found.add(owner);
  }
  return found;
}

async function inSteps<T>(
  items: readonly T[],
  remove: (step: readonly T[]) => Promise<number>,
  rest: Rest,
): Promise<number> {
  let removed = 0;
  for (let start = 0; start < items.length; start += STEP) {
    removed += await remove(items.slice(start, start + STEP));
    await rest();
  }
  return removed;
}
