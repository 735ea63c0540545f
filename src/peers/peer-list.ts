// The state of all peers, for `ddgrey peers`: those that we read from, and those that read from us or have done so.
import { type Clock, seconds } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import type { Log } from '../lib/log.ts';
import { Pace } from '../lib/pace.ts';
import { RecentMap } from '../lib/recent-map.ts';
import type { Caller } from './caller.ts';
import type { PeerState } from './sync-protocol.ts';

/** A peer that we read from tells what happens to it. */
export interface SourceState {
  connected(name: string): void;
  received(count: number): void;
  /** The peer has sent something that is no report. */
  malformed(cause: string): void;
  /** The peer is gone, or could not be reached. */
  waiting(cause: string): void;
  /** The peer is this server itself. */
  ourselves(): void;
}

export interface ReaderState {
  sent(count: number): void;
  /** The reader's connection has ended. `cause`: what went wrong, if anything did. */
  gone(cause: string | undefined): void;
}

export interface PeerListParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  /** The local id of the newest report. */
  readonly newest: () => Promise<number>;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A peer that reads from us. It may have several connections: it may have come back before a dead one is noticed. */
interface Reader {
  readonly state: Writable<PeerState>;
  /** For each connection, the id of the last report that it was sent. */
  readonly places: Set<() => number>;
  /** The place of the connection that ended last. */
  last: number;
}

/** Readers that are away and still listed; of more than these the latest. */
const MOST_AWAY = 100;
/** Lines of the log a minute about readers of one address, and at once: one may connect anew again and again. */
const LINES = 20;
/** Milliseconds. */
const MINUTE = 60_000;
/** Addresses of which it is known how many lines there were. */
const MOST_TOLD = 1000;

export class PeerList {
  readonly #parts: PeerListParts;
  readonly #sources: PeerState[] = [];
  /** By address and name; the one that went last is the last of those that are away. */
  readonly #readers = new Map<string, Reader>();
  /** How many lines there were about an address lately. */
  readonly #lines = new RecentMap<Pace>(MOST_TOLD);

  constructor(parts: PeerListParts) {
    this.#parts = parts;
  }

  /** The peers as they are now. */
  async states(): Promise<readonly PeerState[]> {
    const newest = await this.#parts.newest();
    const readers = [...this.#readers.values()].map(({ state, places, last }) => {
      const place = places.size === 0 ? last : Math.max(...[...places].map((told) => told()));
      return { ...state, behind: Math.max(0, newest - place) };
    });
    return [...this.#sources, ...readers];
  }

  /** Adds a connection of a peer that reads from us; `place` tells how far it is. */
  addReader(caller: Caller, place: () => number): ReaderState {
    const { log, counters } = this.#parts;
    const reader = this.#reader(caller);
    const fields = { peer: caller.address, name: caller.name };
    let sent = 0;
    reader.places.add(place);
    this.#become(reader.state, 'connected');
    counters.add('peer readers connected');
    if (this.#mayTellOf(caller)) log.event(0, 'peer reads', fields);
    return {
      sent: (count) => {
        sent += count;
        reader.state.reports += count;
        counters.add('peer reports sent', count);
      },
      gone: (cause) => {
        reader.places.delete(place);
        reader.last = place();
        if (cause !== undefined) reader.state.lastError = cause;
        if (reader.places.size === 0) this.#goAway(reader);
        if (this.#mayTellOf(caller)) log.event(0, 'peer reads no more', { ...fields, sent, cause });
      },
    };
  }

  /** Whether the log may have one more line about that address. */
  #mayTellOf({ address }: Caller): boolean {
    const pace = this.#lines.get(address) ?? new Pace(() => LINES);
    this.#lines.set(address, pace);
    return pace.takeWithin(MINUTE);
  }

  #reader({ address, name }: Caller): Reader {
    const key = keyOf(address, name);
    const known = this.#readers.get(key);
    if (known !== undefined) return known;
    const reader: Reader = { state: { ...this.#state(address, 'to', 'away'), name }, places: new Set(), last: 0 };
    this.#readers.set(key, reader);
    return reader;
  }

  #goAway(reader: Reader): void {
    const { peer, name } = reader.state;
    this.#become(reader.state, 'away');
    this.#readers.delete(keyOf(peer, name));
    this.#readers.set(keyOf(peer, name), reader);
    const away = [...this.#readers].filter(([, { places }]) => places.size === 0);
    for (const [key] of away.slice(0, -MOST_AWAY)) this.#readers.delete(key);
  }

  /** Adds a peer that we read from. */
  addSource(peer: string): SourceState {
    const { log, counters } = this.#parts;
    const state = this.#state(peer, 'from', 'waiting');
    this.#sources.push(state);
    const malformed = new Set<string>();
    return {
      connected: (name) => {
        state.name = name;
        state.lastError = undefined;
        malformed.clear();
        this.#become(state, 'connected');
        log.event(0, 'peer connected', { peer, name });
      },
      received: (count) => {
        state.reports += count;
      },
      malformed: (cause) => {
        counters.add('peer reports malformed');
        // There may be thousands; of a connection, the log has each cause once.
        if (!malformed.has(cause)) log.event(1, 'peer report malformed', { peer, cause });
        malformed.add(cause);
      },
      waiting: (cause) => {
        // Of one that is away for days, the log has one line.
        if (state.state !== 'waiting' || state.lastError !== cause) log.event(0, 'peer lost', { peer, cause });
        state.lastError = cause;
        this.#become(state, 'waiting');
      },
      ourselves: () => {
        if (state.state !== 'ourselves') log.event(0, 'peer is this server', { peer });
        this.#become(state, 'ourselves');
      },
    };
  }

  #state(peer: string, direction: PeerState['direction'], state: PeerState['state']): Writable<PeerState> {
    const since = seconds(this.#parts.clock);
    return { peer, name: '', direction, state, since, reports: 0, behind: undefined, lastError: undefined };
  }

  #become(state: Writable<PeerState>, now: PeerState['state']): void {
    if (state.state !== now) state.since = seconds(this.#parts.clock);
    state.state = now;
  }
}

/** No address and no name has a space. */
function keyOf(address: string, name: string): string {
  return `${address} ${name}`;
}
