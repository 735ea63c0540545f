// Which names a host has in the DNS, and which of them lead back to it.
import type { Resolver } from '../dns/resolver.ts';
import { inTime } from '../lib/in-time.ts';
import type { HostNames } from '../policy/access-right.ts';
import type { Address } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { leadsBack, lookUpClient } from './look-up-client.ts';

export interface HostNameParts {
  readonly resolver: Resolver;
  /** How long all lookups together may take. */
  readonly deadline: () => Seconds;
}

/** The names of a host; not complete if the DNS did not say in time. Never rejects. */
export async function lookUpHostNames({ resolver, deadline }: HostNameParts, host: Address): Promise<HostNames> {
  const { findings, done } = lookUpClient({ resolver, lists: () => [], useOf: () => 'ignored' }, host);
  await inTime(done, deadline() * 1000).catch(() => {});
  const { names, addresses } = findings;
  const found = names?.kind === 'found' ? names.value : [];
  const verified = found.filter((name) => leadsBack(addresses.get(name), host));
  const claimed = found.filter((name) => !verified.includes(name));
  return { verified, claimed, complete: names !== undefined && names.kind !== 'failed' };
}
