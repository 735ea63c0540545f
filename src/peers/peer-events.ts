// Which events are taken from a server: the first line of `peer_events` that names it decides. While the addresses of a
// name in a line are not known, it could be anybody's line: no more is taken then than will be once they are.
import { type Address, socketHost } from '../policy/address.ts';
import type { NamedHosts } from './hosts.ts';

/** Undefined: every event. */
export type Events = ReadonlySet<string> | undefined;

/** A line of `peer_events`. */
export interface EventLine {
  readonly hosts: NamedHosts;
  /** The name in it; undefined where it names a network. */
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

  /** What one may report that has connected to us: it is told what is refused. */
  ofCaller(address: Address): Events {
    return this.#find(address).events;
  }

  /**
   * What is taken from a server that we have connected to, by the name or address that it is called by in the
   * configuration; to be asked for each report, since what is known of names may change. What it sends is not sent again,
   * so rejects while that can't be told: it is read later then. A name that can never be looked up must not keep us from
   * reading for ever: in the end the same is taken as from a caller.
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
