// Who may do what over the network: by address, since the original daemon has nothing else to go by.
import type { Address } from '../policy/address.ts';
import { parseAddress } from '../policy/address.ts';
import type { Peer } from '../lib/line-protocol.ts';
import { type Caller, localCaller } from './caller.ts';

/** Some hosts. */
export interface Hosts {
  has(client: Address): boolean;
}

export interface PeerRights {
  readonly readers: Hosts;
  readonly writers: Hosts;
  /** The events that some hosts may report, and no others; the first that holds the caller counts. */
  readonly events: readonly { readonly hosts: Hosts; readonly events: ReadonlySet<string> }[];
}

export interface PeerAccess {
  /** What this caller may do; undefined: nothing. */
  callerOf(peer: Peer): Caller | undefined;
}

/** Access by these rights. */
export function createPeerAccess({ readers, writers, events }: PeerRights): PeerAccess {
  return {
    callerOf: (peer) => {
      if (peer.kind === 'unix') return localCaller();
      // A link-local address comes with the interface that it is on.
      const address = parseAddress(peer.address.replace(/%.*$/, ''));
      if (address === undefined) return undefined;
      const [mayRead, mayWrite] = [readers.has(address), writers.has(address)];
      if (!mayRead && !mayWrite) return undefined;
      const allowed = events.find(({ hosts }) => hosts.has(address))?.events;
      return { address: address.text, mayRead, mayWrite, sender: { events: allowed, restores: false }, name: '' };
    },
  };
}
