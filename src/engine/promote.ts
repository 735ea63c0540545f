// Promotion: a client and sender domain with enough valid uses, begun long enough ago and fitting each other, get a pass.
// Their tuples stay: neighbours in the same network may be using them.
import { seconds } from '../lib/clock.ts';
import { clientKey, parseAddress } from '../policy/address.ts';
import { parseMailbox } from '../policy/check.ts';
import { senderFitsClient } from '../policy/equivalent-domains.ts';
import { PASS_AGE, PASS_USES, type PassKey } from '../policy/pass.ts';
import type { PassCandidate } from '../store/store.ts';
import type { MaintenanceParts } from './maintain.ts';

/** Gives the passes that are due; returns how many that were. A pass that is there already is left as it is. */
export async function promote(
  { store, clock, settings }: Pick<MaintenanceParts, 'store' | 'clock' | 'settings'>,
  rest: () => Promise<void>,
): Promise<number> {
  const now = seconds(clock);
  const candidates = await store.passCandidates(now - PASS_AGE);
  const given = await pairsWithPass(store);
  const due = proved(candidates, settings().equivalents).filter(({ key }) => !given.has(pairOf(key)));
  for (const { key, uses } of due) {
    await store.addPass({ ...key, firstSeen: now, lastSeen: now, uses });
    await rest();
  }
  return due.length;
}

async function pairsWithPass(store: MaintenanceParts['store']): Promise<ReadonlySet<string>> {
  const pairs = new Set<string>();
  for await (const passes of store.exportPasses(0)) for (const pass of passes) pairs.add(pairOf(pass));
  return pairs;
}

function pairOf({ client, domain }: PassKey): string {
  return `${client} ${domain}`;
}

/** The pairs that have been used enough, each once. */
function proved(
  candidates: readonly PassCandidate[],
  equivalents: ReturnType<MaintenanceParts['settings']>['equivalents'],
): readonly { readonly key: PassKey; readonly uses: number }[] {
  const pairs = new Map<string, { readonly key: PassKey; readonly uses: number }>();
  for (const candidate of candidates) {
    const key = keyOf(candidate);
    const name = candidate.clientName ?? (key?.client === candidate.part ? candidate.part : '');
    if (key === undefined || !senderFitsClient(parseMailbox(key.domain), name, equivalents)) continue;
    const pair = pairOf(key);
    pairs.set(pair, { key, uses: (pairs.get(pair)?.uses ?? 0) + candidate.uses });
  }
  return [...pairs.values()].filter(({ uses }) => uses >= PASS_USES);
}

/** Whose the pass would be: the verified domain's where tuples stand under one, else the client's own. */
function keyOf({ part, client, senderDomain }: PassCandidate): PassKey | undefined {
  if (senderDomain === '') return undefined;
  if (part !== '' && !part.includes('/') && parseAddress(part) === undefined)
    return { client: part, domain: senderDomain };
  const address = parseAddress(client);
  return address && { client: clientKey(address), domain: senderDomain };
}
