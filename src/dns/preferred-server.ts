// Which name server is asked first: the one that answers. Not every answer of another server changes that: it may be
// about a domain whose own servers are slow or broken. Now and then a question goes to the first of the list again,
// since that is the one that is wanted: it may be the only one that block lists answer.
import type { Clock } from '../lib/clock.ts';
import { formatNameServer, type NameServer } from '../lib/name-server.ts';

/** Milliseconds after which the first one is tried again. */
const ANOTHER_TRY = 60_000;
/** Milliseconds for which a server that has answered is not given up because another one has answered in its place. */
const ALIVE = 10_000;

export class PreferredServer {
  readonly #clock: Clock;
  /** The text of the preferred server: the list of servers may be made anew. */
  #name = '';
  #since = 0;
  #answered = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The servers in the order in which to ask them. */
  order(servers: readonly NameServer[]): readonly NameServer[] {
    const at = servers.findIndex((server) => formatNameServer(server) === this.#name);
    if (at <= 0 || this.#isDue()) return servers;
    return [...servers.slice(at), ...servers.slice(0, at)];
  }

  /** Told that this server has answered a question that went to `first` at first. */
  answered(server: NameServer, first: NameServer | undefined): void {
    const name = formatNameServer(server);
    const now = this.#clock.now();
    const isOther = name !== this.#name;
    if (isOther && server !== first && Math.abs(now - this.#answered) < ALIVE) return;
    this.#answered = now;
    if (!isOther) return;
    this.#name = name;
    this.#since = now;
  }

  /**
   * Whether the first server is to be tried again: once in a while, so that few questions wait for one that is still
   * silent.
   */
  #isDue(): boolean {
    const now = this.#clock.now();
    if (Math.abs(now - this.#since) < ANOTHER_TRY) return false;
    this.#since = now;
    return true;
  }
}
