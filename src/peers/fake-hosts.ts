// Sets of hosts, for tests.
import { exactPrefix } from '../policy/address-prefix.ts';
import { NetworkTable } from '../policy/network-table.ts';
import type { NamedHosts } from './hosts.ts';

/** The hosts of these networks. */
export function hostsOf(...networks: readonly string[]): NamedHosts {
  const table = new NetworkTable<true>();
  for (const text of networks) {
    const prefix = exactPrefix(text);
    if (prefix !== undefined) table.set(prefix, true);
  }
  return { has: (client) => table.find(client) === true, complete: () => true, tried: Promise.resolve() };
}

/** Hosts of a name of which nothing is known yet. */
export const UNKNOWN_HOSTS: NamedHosts = { ...hostsOf(), complete: () => false };
