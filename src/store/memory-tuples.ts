// The tuples of the memory store, and the pending counts that belong to them.
import { type Address, clientKey, parseAddress } from '../policy/address.ts';
import { parseMailbox, type Seconds } from '../policy/check.ts';
import type { Recalled } from '../policy/decide.ts';
import { REFRESH_AFTER, type StoredTuple, takenOver, type TupleState } from '../policy/greylist.ts';
import { passOwner } from '../policy/pass.ts';
import type { Tuple } from '../policy/tuple.ts';
import type { Lifetimes, PassCandidate, Recall, Remembrance } from './store.ts';
import { EXPIRY, kindOf } from './tuple-kind.ts';

interface Kept {
  readonly stored: StoredTuple;
  readonly shortLived: boolean;
}

export class MemoryTuples {
  readonly #tuples = new Map<string, Kept>();
  readonly #pending = new Map<string, number>();

  recall({ tuples }: Recall): Pick<Recalled, 'entry' | 'tuple'> {
    const [first] = tuples;
    if (first === undefined) throw new Error('a recall without a tuple');
    for (const tuple of tuples) {
      const known = this.#tuples.get(keyOf(tuple))?.stored;
      if (known === undefined) continue;
      const { state, firstSeen, lastSeen } = known;
      return { entry: { state, firstSeen, lastSeen }, tuple };
    }
    return { entry: undefined, tuple: first };
  }

  /** How many pending entries the client has. */
  pendingOf(client: Address): number {
    return this.#pending.get(clientKey(client)) ?? 0;
  }

  remember(remembrance: Remembrance, now: Seconds): void {
    const known = this.#tuples.get(keyOf(remembrance.tuple));
    switch (remembrance.change) {
      case 'none':
        break;
      case 'record':
        if (known === undefined) this.#put(seenFirst(remembrance, 'pending', now));
        break;
      case 'restart':
        this.#put(seenFirst(remembrance, 'pending', now));
        break;
      case 'validate':
        if (known?.stored.state === 'pending') this.#put(validated(known, now));
        break;
      case 'refresh':
        if (known?.stored.state === 'valid') this.#refreshIfDue(known, now);
        break;
      case 'admit':
        if (known === undefined) this.#put(seenFirst(remembrance, 'valid', now));
        else if (known.stored.state === 'pending') this.#put(validated(known, now));
        else this.#refreshIfDue(known, now);
        break;
      case 'forget':
        this.forget(remembrance.tuple);
        break;
    }
  }

  /** Whether it was there. */
  forget(tuple: Tuple): boolean {
    const key = keyOf(tuple);
    const known = this.#tuples.get(key)?.stored;
    if (known?.state === 'pending') this.#countPending(known, -1);
    return this.#tuples.delete(key);
  }

  /** Whether it was taken. */
  import(stored: StoredTuple): boolean {
    const known = this.#tuples.get(keyOf(stored.tuple))?.stored;
    const taken = known === undefined ? stored : takenOver(stored, known);
    if (taken === undefined) return false;
    this.#put({ stored: taken, shortLived: false });
    return true;
  }

  expire(lifetimes: Lifetimes, now: Seconds, most: number): number {
    const oldest = [...this.#tuples.values()].toSorted((a, b) => a.stored.lastSeen - b.stored.lastSeen);
    const doomed = EXPIRY.flatMap(([kind, lifetime]) =>
      oldest.filter(
        ({ stored, shortLived }) =>
          kindOf(stored.state, { nullSender: stored.nullSender, shortLived }) === kind &&
          stored.lastSeen + lifetimes[lifetime] < now,
      ),
    ).slice(0, most);
    for (const { stored } of doomed) this.forget(stored.tuple);
    return doomed.length;
  }

  all(): readonly StoredTuple[] {
    return [...this.#tuples.values()].map(({ stored }) => stored);
  }

  validOf(clients: readonly string[]): readonly StoredTuple[] {
    const wanted = new Set(clients.map(keyOfClient));
    return this.all().filter(({ state, client }) => state === 'valid' && wanted.has(keyOfClient(client)));
  }

  candidates(before: Seconds): readonly PassCandidate[] {
    const candidates = new Map<string, PassCandidate>();
    for (const { state, firstSeen, tuple, client, clientName, senderText, uses } of this.all()) {
      const senderDomain = parseMailbox(senderText).domain;
      if (state !== 'valid' || firstSeen > before || senderDomain === '') continue;
      const owner = passOwner(tuple.client, client);
      const key = JSON.stringify([owner, client, clientName, senderDomain]);
      const known = candidates.get(key)?.uses ?? 0;
      candidates.set(key, { owner, client, clientName, senderDomain, uses: known + uses });
    }
    return [...candidates.values()];
  }

  #put(kept: Kept): void {
    const { stored } = kept;
    this.forget(stored.tuple);
    this.#tuples.set(keyOf(stored.tuple), kept);
    if (stored.state === 'pending') this.#countPending(stored, 1);
  }

  /** Checks that came at once all found it due; it is a use but once. */
  #refreshIfDue(known: Kept, now: Seconds): void {
    if (known.stored.lastSeen + REFRESH_AFTER < now) this.#put(used(known, now));
  }

  #countPending({ client }: StoredTuple, by: number): void {
    const key = keyOfClient(client);
    const pending = (this.#pending.get(key) ?? 0) + by;
    if (pending > 0) this.#pending.set(key, pending);
    else this.#pending.delete(key);
  }
}

function keyOfClient(client: string): string {
  return clientKey(parseAddress(client) as Address);
}

function keyOf({ client, sender, recipient }: Tuple): string {
  return JSON.stringify([client, sender, recipient]);
}

function seenFirst(remembrance: Remembrance, state: TupleState, now: Seconds): Kept {
  const { tuple, client, clientName, senderText, nullSender, shortLived } = remembrance;
  const seen = { state, firstSeen: now, lastSeen: now, uses: 1 };
  return { stored: { tuple, client: client.text, clientName, senderText, nullSender, ...seen }, shortLived };
}

function validated({ stored, shortLived }: Kept, now: Seconds): Kept {
  return { stored: { ...stored, state: 'valid', firstSeen: now, lastSeen: now }, shortLived };
}

function used({ stored, shortLived }: Kept, now: Seconds): Kept {
  return { stored: { ...stored, lastSeen: now, uses: stored.uses + 1 }, shortLived };
}
