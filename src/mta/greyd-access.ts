// Who may do what in the greyd protocol, by where a client connects from.
import type { Peer } from '../lib/line-protocol.ts';
import { type Address, parseAddress } from '../policy/address.ts';

/** Nothing; ask, tell and download; or all, which is changing and stopping things too. */
export type GreydAccess = 'none' | 'use' | 'admin';

/** What the policy file says about a client (its GreydAccess lines). */
export type GreydRight = 'ok' | 'ok-admin' | 'refused';

const ACCESS: { readonly [R in GreydRight]: GreydAccess } = { ok: 'use', 'ok-admin': 'admin', refused: 'none' };

/** Whole addresses: 127.0.0.10 is not 127.0.0.1. */
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1']);

/**
 * The access of a peer. Who reaches a unix socket may do all: its owner, group and mode are the rule there. The
 * machine itself may always ask; anyone else has what the policy says, which is nothing if it says nothing.
 */
export function greydAccess(rightOf: (client: Address) => GreydRight | undefined): (peer: Peer) => GreydAccess {
  return (peer) => {
    if (peer.kind === 'unix') return 'admin';
    // Without the zone of a link-local address.
    const client = parseAddress(peer.address.replace(/%.*$/, ''));
    if (client === undefined) return 'none';
    const access = ACCESS[rightOf(client) ?? 'refused'];
    return access === 'none' && LOOPBACK.has(client.text) ? 'use' : access;
  };
}
