// The memory in plain maps: for tests, and the reference that other stores are compared with. It survives nothing.
import { type Address, clientKey, parseAddress } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import type { Recalled } from '../policy/decide.ts';
import type { StoredTuple, TupleCounts } from '../policy/greylist.ts';
import type { Tuple } from '../policy/tuple.ts';
import type { Lifetimes, Recall, Remembrance, Store, TupleQuery } from './store.ts';
import { newestFirst, tupleMatcher } from './tuple-query.ts';

export class MemoryStore implements Store {
  readonly #tuples = new Map<string, StoredTuple>();
  readonly #pending = new Map<string, number>();

  async recall({ tuple, client }: Recall): Promise<Recalled> {
    const entry = this.#tuples.get(keyOf(tuple));
    return {
      entry: entry && { state: entry.state, firstSeen: entry.firstSeen, lastSeen: entry.lastSeen },
      pendingOfClient: this.#pending.get(clientKey(client)) ?? 0,
    };
  }

  async remember(remembrance: Remembrance, now: Seconds): Promise<void> {
    const key = keyOf(remembrance.tuple);
    const known = this.#tuples.get(key);
    switch (remembrance.change) {
      case 'none':
        break;
      case 'record':
        if (known === undefined) this.#put(key, firstAttempt(remembrance, now));
        break;
      case 'restart':
        this.#put(key, firstAttempt(remembrance, now));
        break;
      case 'validate':
        if (known?.state === 'pending') this.#put(key, { ...known, state: 'valid', firstSeen: now, lastSeen: now });
        break;
      case 'refresh':
        if (known?.state === 'valid') this.#put(key, { ...known, lastSeen: now, uses: known.uses + 1 });
        break;
      case 'forget':
        this.#remove(key);
        break;
    }
  }

  async expire(lifetimes: Lifetimes, now: Seconds, most: number): Promise<number> {
    const expired = [...this.#tuples].filter(([, stored]) => stored.lastSeen + lifetimeOf(stored, lifetimes) < now);
    const pendingFirst = expired.toSorted(([, a], [, b]) => (a.state < b.state ? -1 : a.state > b.state ? 1 : 0));
    const doomed = pendingFirst.slice(0, most);
    for (const [key] of doomed) this.#remove(key);
    return doomed.length;
  }

  async tuples({ text, limit }: TupleQuery): Promise<readonly StoredTuple[]> {
    return [...this.#tuples.values()].filter(tupleMatcher(text)).toSorted(newestFirst).slice(0, limit);
  }

  async count(): Promise<TupleCounts> {
    const pending = [...this.#tuples.values()].filter(({ state }) => state === 'pending').length;
    return { pending, valid: this.#tuples.size - pending };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #put(key: string, stored: StoredTuple): void {
    this.#remove(key);
    this.#tuples.set(key, stored);
    if (stored.state === 'pending') this.#countPending(stored, 1);
  }

  #remove(key: string): void {
    const stored = this.#tuples.get(key);
    this.#tuples.delete(key);
    if (stored?.state === 'pending') this.#countPending(stored, -1);
  }

  #countPending(stored: StoredTuple, by: number): void {
    const key = clientKey(parseAddress(stored.client) as Address);
    const pending = (this.#pending.get(key) ?? 0) + by;
    if (pending > 0) this.#pending.set(key, pending);
    else this.#pending.delete(key);
  }
}

function keyOf({ client, sender, recipient }: Tuple): string {
  return JSON.stringify([client, sender, recipient]);
}

function firstAttempt(remembrance: Remembrance, now: Seconds): StoredTuple {
  const { tuple, client, clientName, senderText, nullSender } = remembrance;
  const seen = { state: 'pending', firstSeen: now, lastSeen: now, uses: 1 } as const;
  return { tuple, client: client.text, clientName, senderText, nullSender, ...seen };
}

function lifetimeOf({ state, nullSender }: StoredTuple, lifetimes: Lifetimes): Seconds {
  if (state === 'valid') return lifetimes.valid;
  return nullSender ? lifetimes.pendingNullSender : lifetimes.pending;
}
