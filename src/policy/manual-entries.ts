// The entries made by hand, ready to be looked up: by the smallest network that holds the client, then by its domains.
import type { Address } from './address.ts';
import { parsePrefix } from './address-prefix.ts';
import type { Seconds } from './check.ts';
import { canonicalDomain, parents } from './domains.ts';
import type { ManualEntry } from './manual-entry.ts';
import { NetworkTable } from './network-table.ts';

export interface ManualEntries {
  /** The entry that counts for a client with these names (verified domain, name that the MTA verified). */
  find(client: Address, names: readonly (string | undefined)[], now: Seconds): ManualEntry | undefined;
}

/** The entries as they were when it was made; those past their time do not count. */
export function indexManualEntries(entries: readonly ManualEntry[], made: Seconds): ManualEntries {
  const networks = new NetworkTable<ManualEntry>();
  const domains = new Map<string, ManualEntry>();
  for (const entry of entries) {
    if (entry.expires <= made) continue;
    const prefix = parsePrefix(entry.subject);
    if (prefix === undefined) domains.set(entry.subject, entry);
    else networks.set(prefix, entry);
  }
  const byName = (name: string): ManualEntry | undefined => {
    const domain = canonicalDomain(name);
    return [domain, ...parents(domain)].map((candidate) => domains.get(candidate)).find((entry) => entry !== undefined);
  };
  const find = (client: Address, names: readonly (string | undefined)[]): ManualEntry | undefined => {
    const entry = networks.find(client);
    if (entry !== undefined || domains.size === 0) return entry;
    return names.map((name) => name && byName(name)).find((found): found is ManualEntry => typeof found === 'object');
  };
  return {
    find: (client, names, now) => {
      const entry = find(client, names);
      return entry !== undefined && entry.expires > now ? entry : undefined;
    },
  };
}
