// Who is trusted, as the command line sees it: the configuration's networks, and what its host names mean now. The same
// DNS servers are asked as the daemon asks, and what this machine knows by itself counts as there.
import { Resolver } from 'node:dns/promises';
import type { TrustedHost } from '../config/host-types.ts';
import type { Config } from '../config/options.ts';
import { type HostsFile, hostsFile } from '../dns/hosts-file.ts';
import { systemClock } from '../lib/clock.ts';
import { formatNameServer } from '../lib/name-server.ts';
import { type Address, type Network, networkContains, parseNetwork } from '../policy/address.ts';

export type TrustConfig = Pick<Config, 'trusted' | 'resolver' | 'dns_timeout'>;

/** Whether an address is trusted. Names are looked up once; one without an address trusts nobody. */
export async function trustedBy(
  config: TrustConfig,
  known: HostsFile = hostsFile(systemClock),
): Promise<(address: Address) => boolean> {
  const { trusted, resolver: servers, dns_timeout: timeout } = config;
  const resolver = new Resolver({ timeout: timeout * 1000, tries: 1 });
  if (servers.length > 0) resolver.setServers(servers.map(formatNameServer));
  const networks = await Promise.all(trusted.map((host) => networksOf(host, resolver, known)));
  return (address) => networks.flat().some((network) => networkContains(network, address));
}

async function networksOf(host: TrustedHost, resolver: Resolver, known: HostsFile): Promise<readonly Network[]> {
  if (host.kind === 'network') return [host.network];
  const found = await Promise.all([
    known(host.name),
    resolver.resolve4(host.name).catch(() => []),
    resolver.resolve6(host.name).catch(() => []),
  ]);
  return found.flat().flatMap((address) => parseNetwork(address) ?? []);
}
