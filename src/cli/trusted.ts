// Who is trusted, as the command line sees it: the configuration's networks, and what its host names mean now.
import { lookup } from 'node:dns/promises';
import type { TrustedHost } from '../config/host-types.ts';
import type { Config } from '../config/options.ts';
import { type Address, type Network, networkContains, parseNetwork } from '../policy/address.ts';

/** Whether an address is trusted. Names are looked up once; one without an address trusts nobody. */
export async function trustedBy({ trusted }: Pick<Config, 'trusted'>): Promise<(address: Address) => boolean> {
  const networks = await Promise.all(trusted.map(networksOf));
  return (address) => networks.flat().some((network) => networkContains(network, address));
}

async function networksOf(host: TrustedHost): Promise<readonly Network[]> {
  if (host.kind === 'network') return [host.network];
  const found = await lookup(host.name, { all: true }).catch(() => []);
  return found.flatMap(({ address }) => parseNetwork(address) ?? []);
}
