// Which events are taken from a server: the first line of `peer_events` that names it decides. While the addresses of a
// name in a line are not known, it could be anybody's line: no more is taken then than will be once they are.
import type { Address } from '../policy/address.ts';
import { type NamedHosts, socketHost } from './hosts.ts';

/** Undefined: every event. */
export type Events = ReadonlySet<string> | undefined;

/** A line of `peer_events`. */
export interface EventLine {
  readonly hosts: NamedHosts;
  /** The name in it; undefined where it names a network. */
  readonly name: string | undefined;
  readonly events: ReadonlySet<string>;
}

export class PeerEvents {
  readonly #lines: readonly EventLine[];

  constructor(lines: readonly EventLine[]) {
    this.#lines = lines;
  }

  /** What one may report that has connected to us: it is told what is refused. */
  ofCaller(address: Address): Events {
    return this.#find(address).events;
  }

  /**
   * What is taken from a server that we have connected to, by the name or address that it is called by in the
   * configuration. What it sends is not sent again, so rejects while that can't be told: it is read later then.
   */
  async ofSource(socketAddress: string | undefined, called: string): Promise<Events> {
    const address = socketHost(socketAddress);
    if (address === undefined) throw new Error('closed at once');
    if (this.#find(address, called).unknown !== undefined)
      await Promise.all(this.#lines.map(({ hosts }) => hosts.tried));
    const { events, unknown } = this.#find(address, called);
    if (unknown !== undefined) throw new Error(`peer_events: the addresses of ${unknown} are not known yet`);
    return events;
  }

  #find(address: Address, called = ''): { readonly events: Events; readonly unknown: string | undefined } {
    let most: Events;
    let unknown: string | undefined;
    for (const { hosts, name, events } of this.#lines) {
      const isNamed = name !== undefined && name.toLowerCase() === called.toLowerCase();
      const holds = isNamed || hosts.has(address);
      if (!holds && hosts.complete()) continue;
      most = most === undefined ? events : new Set([...most].filter((event) => events.has(event)));
      if (holds) break;
      unknown ??= name;
    }
    return { events: most, unknown };
  }
}
