// Promotion: a client and sender domain with enough valid uses, begun long enough ago and fitting each other, get a pass.
// Their tuples stay: neighbours in the same network may be using them.
import { seconds } from '../lib/clock.ts';
import { parseNetwork } from '../policy/address.ts';
import { parseMailbox } from '../policy/check.ts';
import { senderFitsClient } from '../policy/equivalent-domains.ts';
import { PASS_AGE, PASS_USES, type Pass, type PassKey } from '../policy/pass.ts';
import type { PassCandidate } from '../store/store.ts';
import type { MaintenanceSettings, Rest, RoundParts } from './maintain.ts';
import { findWithheld } from './withheld-passes.ts';

/** Candidates a step: about a millisecond of work. */
const STEP = 50;

/** Gives the passes that are due; returns how many that were. A pass that is there already is left as it is. */
export async function promote(parts: RoundParts, rest: Rest): Promise<number> {
  const { store, clock, settings } = parts;
  const now = seconds(clock);
  const { equivalents, lifetimes } = settings();
  // Passes that do not last would be removed, and given anew, in each round.
  if (lifetimes.pass === 0) return 0;
  const isWithheld = await findWithheld(parts, rest);
  let promoted = 0;
  const give = async (pairs: readonly Pair[]): Promise<void> => {
    const due: Pass[] = [];
    for (const { key, uses, clients } of pairs) {
      const isDue = uses >= PASS_USES && !(await isWithheld(key.client, clients));
      if (isDue) due.push({ ...key, firstSeen: now, lastSeen: now, uses });
    }
    await Promise.all(due.map((pass) => store.addPass(pass)));
    promoted += due.length;
  };
  let last: Pair | undefined;
  for await (const candidates of store.passCandidates(now - PASS_AGE, PASS_USES)) {
    // The candidates come last. A stop must not wait for them, so it may come in here.
    if (candidates.length === 0) await rest();
    for (let start = 0; start < candidates.length; start += STEP) {
      const step = candidates.slice(start, start + STEP);
      const pairs = pairsOf(
        step.filter((candidate) => fits(candidate, equivalents)),
        last,
      );
      // The next candidates may belong to the last pair.
      last = pairs.pop();
      await give(pairs);
      await rest();
    }
  }
  if (last !== undefined) await give([last]);
  return promoted;
}

/** Whose pass it would be, how often it has been used, and by whom. */
interface Pair {
  readonly key: PassKey;
  readonly clients: Set<string>;
  uses: number;
}

/** What belongs together comes together: the pairs of these candidates, of which the first go on with the last pair. */
function pairsOf(candidates: readonly PassCandidate[], last: Pair | undefined): Pair[] {
  const pairs = last === undefined ? [] : [last];
  for (const { owner, client, senderDomain, uses } of candidates) {
    const known = pairs.at(-1);
    if (known?.key.client === owner && known.key.domain === senderDomain) {
      known.clients.add(client);
      known.uses += uses;
    } else pairs.push({ key: { client: owner, domain: senderDomain }, clients: new Set([client]), uses });
  }
  return pairs;
}

function fits(
  { owner, clientName, senderDomain }: PassCandidate,
  equivalents: MaintenanceSettings['equivalents'],
): boolean {
  const name = clientName ?? (parseNetwork(owner) === undefined ? owner : '');
  return senderFitsClient(parseMailbox(senderDomain), name, equivalents);
}
