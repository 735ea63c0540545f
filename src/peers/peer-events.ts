// Which events are taken from a server: the first line of `peer_events` that names the server decides. While the
// addresses of the name in a line are not known, the line may be about any server: no event is taken then that may be
// refused once they are.
import { type Address, socketHost } from '../policy/address.ts';
import type { NamedHosts } from './hosts.ts';

/** Undefined: every event. */
export type Events = ReadonlySet<string> | undefined;

/** A line of `peer_events`. */
export interface EventLine {
  readonly hosts: NamedHosts;
  /** The name in the line; undefined where it names a network. */
  readonly name: string | undefined;
  readonly events: ReadonlySet<string>;
}

/** Connections that are given up, over some minutes, in the hope that names can be looked up soon. */
const PATIENCE = 10;

export class PeerEvents {
  readonly #lines: readonly EventLine[];
  /** Of each server that we read from, the connections that were given up. */
  readonly #givenUp = new Map<string, number>();

  constructor(lines: readonly EventLine[]) {
    this.#lines = lines;
  }

  /** The events that are taken from a server that has connected to us; it is told which reports are refused. */
  ofCaller(address: Address): Events {
    return this.#find(address).events;
  }

  /**
   * The events that are taken from a server that we have connected to, `called` as in the configuration; to be asked
   * for each report, since what is known of names may change. Rejects while that can't be told, so that the server is
   * read later: what it sends is not sent again. But a name that can never be looked up must not keep us from reading
   * for ever: in the end the same events are taken as from a caller.
   */
  async ofSource(socketAddress: string | undefined, called: string): Promise<() => Events> {
    const address = socketHost(socketAddress);
    if (address === undefined) throw new Error('closed at once');
    if (this.#find(address, called).unknown !== undefined)
      await Promise.all(this.#lines.map(({ hosts }) => hosts.tried));
    const { unknown } = this.#find(address, called);
    const givenUp = this.#givenUp.get(called) ?? 0;
    if (unknown !== undefined && givenUp < PATIENCE) {
      this.#givenUp.set(called, givenUp + 1);
      throw new Error(`peer_events: the addresses of ${unknown} are not known yet`);
    }
    return () => this.#find(address, called).events;
  }

  #find(address: Address, called = ''): { readonly events: Events; readonly unknown: string | undefined } {
    let most: Events;
    let unknown: string | undefined;
    for (const { hosts, name, events } of this.#lines) {
      const isNamed = name !== undefined && name.toLowerCase() === called.toLowerCase();
      const holds = isNamed || hosts.has(address);
      if (!holds && hosts.complete(address.family)) continue;
      most = most === undefined ? events : new Set([...most].filter((event) => events.has(event)));
      if (holds) break;
      unknown ??= name;
    }
    return { events: most, unknown };
  }
}
