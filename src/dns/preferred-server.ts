// Which name server is asked first: the one that answers, not the one that knows a domain whose own servers are slow or broken
// for the other. Now and then a question goes to the first of the list again, which is the one that is wanted: it may be the
// only one that block lists answer.
import type { Clock } from '../lib/clock.ts';
import { formatNameServer, type NameServer } from '../lib/name-server.ts';

/** Milliseconds after which the first one is tried again. */
const ANOTHER_TRY = 60_000;
/** Milliseconds for which one that has answered is not given up because of questions to which another has the answer. */
const ALIVE = 10_000;

export class PreferredServer {
  readonly #clock: Clock;
  /** Not itself, since the list may be made anew. */
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

  /** This one has answered a question that went to `first` at first. */
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

  /** Once in a while, so that only one question waits for a server that is still silent. */
  #isDue(): boolean {
    const now = this.#clock.now();
    if (Math.abs(now - this.#since) < ANOTHER_TRY) return false;
    this.#since = now;
    return true;
  }
}
