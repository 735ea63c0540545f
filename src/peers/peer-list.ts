// The state of all peers, for `ddgrey peers`: those that we read from, and those that read from us now.
import { type Clock, seconds } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Caller } from './caller.ts';
import type { PeerState } from './sync-protocol.ts';

/** A peer that we read from tells what happens to it. */
export interface SourceState {
  connected(name: string): void;
  received(count: number): void;
  /** It is gone, or could not be reached. */
  waiting(cause: string): void;
  ourselves(): void;
}

export interface ReaderState {
  sent(count: number): void;
  gone(): void;
}

export interface PeerListParts {
  readonly clock: Clock;
  readonly log: Log;
  /** The local id of the newest report. */
  readonly newest: () => Promise<number>;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
interface Entry {
  readonly state: Writable<PeerState>;
  /** The id of the last report that it was sent. */
  readonly place?: () => number;
}

export class PeerList {
  readonly #parts: PeerListParts;
  readonly #entries = new Set<Entry>();

  constructor(parts: PeerListParts) {
    this.#parts = parts;
  }

  /** The peers as they are now. */
  async states(): Promise<readonly PeerState[]> {
    const newest = await this.#parts.newest();
    return [...this.#entries].map(({ state, place }) => ({
      ...state,
      behind: place === undefined ? undefined : Math.max(0, newest - place()),
    }));
  }

  /** One that reads from us, at the place that the function tells. */
  addReader({ address, name }: Caller, place: () => number): ReaderState {
    const { log } = this.#parts;
    const entry: Entry = { state: this.#state(address, 'to', 'connected'), place };
    entry.state.name = name;
    this.#entries.add(entry);
    log.event(0, 'peer reads', { peer: address, name });
    return {
      sent: (count) => {
        entry.state.reports += count;
      },
      gone: () => {
        this.#entries.delete(entry);
        log.event(0, 'peer reads no more', { peer: address, name, sent: entry.state.reports });
      },
    };
  }

  /** One that we read from. */
  addSource(peer: string): SourceState {
    const { log } = this.#parts;
    const state = this.#state(peer, 'from', 'waiting');
    this.#entries.add({ state });
    return {
      connected: (name) => {
        state.name = name;
        this.#become(state, 'connected');
        log.event(0, 'peer connected', { peer, name });
      },
      received: (count) => {
        state.reports += count;
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
