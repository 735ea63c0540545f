// Withheld passes. An owner that lost passes or tuples because of a bad client gets no pass as long as that client is
// bad, whatever its other clients have earned: the bad one would use it too. Kept in the store, as `[owner, client,
// found]` in JSON.
import { seconds } from '../lib/clock.ts';
import type { Seconds } from '../policy/check.ts';
import { reportFlags } from '../policy/dewhite.ts';
import { isBad } from './bad-client.ts';
import type { Rest, RoundParts } from './maintain.ts';

/** Whether an owner whose pass these clients have earned must not have it now. */
type IsWithheld = (owner: string, clients: Iterable<string>) => Promise<boolean>;

const PLACE = 'withheld';
/** Pairs that are kept, the ones that were found last: about a millisecond to write. */
const MOST = 2000;
/** Of them those of one owner: one bad client is enough to withhold, and a provider's domain may have thousands. */
const EACH = 20;

/** An owner of passes (passOwner), a bad client of this owner, and when that was found bad last. */
type BadClientOf = readonly [owner: string, client: string, found: Seconds];

/** Owners of passes with their bad clients. */
export class OwnersOfBad {
  readonly #most: number;
  /** The ones that were found last come last. */
  readonly #clients = new Map<string, Map<string, Seconds>>();
  #count = 0;

  /** Keeps at most this many pairs, the ones that were added last. */
  constructor(most: number = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  add(owner: string, client: string, found: Seconds): void {
    const known = this.#clients.get(owner) ?? new Map<string, Seconds>();
    this.#clients.delete(owner);
    this.#clients.set(owner, known);
    if (!known.delete(client)) this.#count += 1;
    known.set(client, found);
    const [oldest = client] = known.keys();
    if (known.size > EACH && known.delete(oldest)) this.#count -= 1;
    this.#dropOldest();
  }

  #dropOldest(): void {
    for (const [owner, clients] of this.#clients) {
      if (this.#count <= this.#most) return;
      this.#clients.delete(owner);
      this.#count -= clients.size;
    }
  }

  clientsOf(owner: string): readonly string[] {
    return [...(this.#clients.get(owner)?.keys() ?? [])];
  }

  all(): readonly BadClientOf[] {
    return [...this.#clients].flatMap(([owner, clients]) =>
      [...clients].map(([client, found]) => [owner, client, found] as const),
    );
  }
}

/** The owners from whom passes are withheld, without clients that were found bad so long ago that no report of then counts. */
export async function loadWithheld({ store, clock, settings }: RoundParts): Promise<OwnersOfBad> {
  const since = seconds(clock) - settings().searchDuration;
  const withheld = new OwnersOfBad(MOST);
  const kept = JSON.parse((await store.place(PLACE)) ?? '[]') as readonly BadClientOf[];
  for (const [owner, client, found] of kept) if (found >= since) withheld.add(owner, client, found);
  return withheld;
}

/** Saves all of them. */
export async function saveWithheld({ store }: Pick<RoundParts, 'store'>, withheld: OwnersOfBad): Promise<void> {
  await store.savePlace(PLACE, JSON.stringify(withheld.all()));
}

/** The function that tells it: whether a client that cost the owner something, or earned the pass, is bad now. */
export async function findWithheld(parts: RoundParts, rest: Rest): Promise<IsWithheld> {
  if (reportFlags(parts.settings().dewhite).length === 0) return async () => false;
  const withheld = await loadWithheld(parts);
  return async (owner, clients) => {
    for (const ip of new Set([...withheld.clientsOf(owner), ...clients])) {
      if (await isBad(parts, ip)) return true;
      await rest();
    }
    return false;
  };
}
