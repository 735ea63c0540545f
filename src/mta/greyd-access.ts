// Who may do what in the greyd protocol, by where a client connects from.
import type { Peer } from '../lib/line-protocol.ts';
import { type HostNames, UNKNOWN_NAMES } from '../policy/access-right.ts';
import { type Address, socketHost } from '../policy/address.ts';
import type { AccessRight } from '../policy/rule-values.ts';

/** What a client may do: nothing; ask, tell and download; or everything, also change and stop things. */
export type GreydAccess = 'none' | 'use' | 'admin';

/** The access of one connection. */
export interface GreydCaller {
  /** Resolves when the names on which the access depends are looked up; undefined: there is nothing to look up. */
  readonly ready?: Promise<void> | undefined;
  /** What the caller may do now: the policy file may have changed since it connected. */
  access(): GreydAccess;
}

export interface GreydRights {
  /** What the policy file says about a client (its GreydAccess lines). */
  readonly rightOf: (client: Address, names: HostNames) => AccessRight | undefined;
  readonly namesMatter: (client: Address) => boolean;
  readonly lookUpNames: (client: Address) => Promise<HostNames>;
}

const ACCESS: { readonly [R in AccessRight]: GreydAccess } = { ok: 'use', 'ok-admin': 'admin', refused: 'none' };

/** Whole addresses: 127.0.0.10 is not 127.0.0.1. */
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1']);

const OWNER: GreydCaller = { access: () => 'admin' };
const NOBODY: GreydCaller = { access: () => 'none' };

/**
 * The access of a peer. Who reaches a unix socket may do all: its owner, group and mode are the rule there. The
 * machine itself may always ask, and has no names worth waiting for; anyone else has what the policy says, which is
 * nothing if it says nothing.
 */
export function greydAccess(rights: GreydRights): (peer: Peer) => GreydCaller {
  return (peer) => {
    if (peer.kind === 'unix') return OWNER;
    const client = socketHost(peer.address);
    if (client === undefined) return NOBODY;
    const isLocal = LOOPBACK.has(client.text);
    let names = UNKNOWN_NAMES;
    const ready =
      isLocal || !rights.namesMatter(client)
        ? undefined
        : rights.lookUpNames(client).then((found) => {
            names = found;
          });
    const access = (): GreydAccess => {
      const granted = ACCESS[rights.rightOf(client, names) ?? 'refused'];
      return granted === 'none' && isLocal ? 'use' : granted;
    };
    return { ready, access };
  };
}
