// Promotion: a client and sender domain with enough valid uses, begun long enough ago and fitting each other, get a pass.
// Their tuples stay: neighbours in the same network may be using them.
import { seconds } from '../lib/clock.ts';
import { clientKey, parseAddress } from '../policy/address.ts';
import { parseMailbox } from '../policy/check.ts';
import { senderFitsClient } from '../policy/equivalent-domains.ts';
import { PASS_AGE, PASS_USES, type PassKey } from '../policy/pass.ts';
import type { PassCandidate } from '../store/store.ts';
import type { MaintenanceParts } from './maintain.ts';

/** Passes that are given at once: about a millisecond of work. */
const STEP = 50;

/** Gives the passes that are due; returns how many that were. A pass that is there already is left as it is. */
export async function promote(
  { store, clock, settings }: Pick<MaintenanceParts, 'store' | 'clock' | 'settings'>,
  rest: () => Promise<void>,
): Promise<number> {
  const now = seconds(clock);
  const { equivalents } = settings();
  const pairs = new Map<string, Pair>();
  for await (const candidates of store.passCandidates(now - PASS_AGE)) {
    addFitting(pairs, candidates, equivalents);
    await rest();
  }
  for (const [pair, { uses }] of pairs) if (uses < PASS_USES) pairs.delete(pair);
  for await (const passes of store.exportPasses(0)) for (const pass of passes) pairs.delete(pairOf(pass));
  const due = [...pairs.values()];
  for (let start = 0; start < due.length; start += STEP) {
    const step = due.slice(start, start + STEP);
    await Promise.all(step.map(({ key, uses }) => store.addPass({ ...key, firstSeen: now, lastSeen: now, uses })));
    await rest();
  }
  return due.length;
}

/** Whose pass it would be, and how often it has been used. */
interface Pair {
  readonly key: PassKey;
  readonly uses: number;
}

function pairOf({ client, domain }: PassKey): string {
  return `${client} ${domain}`;
}

/** Adds up the uses of pairs that fit each other. */
function addFitting(
  pairs: Map<string, Pair>,
  candidates: readonly PassCandidate[],
  equivalents: ReturnType<MaintenanceParts['settings']>['equivalents'],
): void {
  for (const candidate of candidates) {
    const key = keyOf(candidate);
    const name = candidate.clientName ?? (key?.client === candidate.part ? candidate.part : '');
    if (key === undefined || !senderFitsClient(parseMailbox(key.domain), name, equivalents)) continue;
    const pair = pairOf(key);
    pairs.set(pair, { key, uses: (pairs.get(pair)?.uses ?? 0) + candidate.uses });
  }
}

/** Whose the pass would be: the verified domain's where tuples stand under one, else the client's own. */
function keyOf({ part, client, senderDomain }: PassCandidate): PassKey | undefined {
  if (senderDomain === '') return undefined;
  if (part !== '' && !part.includes('/') && parseAddress(part) === undefined)
    return { client: part, domain: senderDomain };
  const address = parseAddress(client);
  return address && { client: clientKey(address), domain: senderDomain };
}
