// The entries made by hand, ready to be looked up: by the smallest network that holds the client, then by its domains.
import type { Address } from './address.ts';
import { exactPrefix } from './address-prefix.ts';
import type { Seconds } from './check.ts';
import { canonicalDomain, parents } from './domains.ts';
import type { ManualEntry } from './manual-entry.ts';
import { NetworkTable } from './network-table.ts';

export interface ManualEntries {
  /**
   * The entry that counts for a client with these names, which are verified; that of an earlier name before that of a
   * later one.
   */
  find(client: Address, names: readonly (string | undefined)[]): ManualEntry | undefined;
  /** When the first of the entries ends, or would have ended had it not been removed: then the index is to be made anew. */
  readonly until: Seconds;
  /** Takes in an entry, in the place of the one of its subject. Nothing else is touched, since there may be many. */
  put(entry: ManualEntry): void;
  /** Leaves out the entry of that subject. */
  remove(subject: string): void;
}

/** An index of these entries without those that were past their time when it was made. */
export function indexManualEntries(entries: readonly ManualEntry[], made: Seconds): ManualEntries {
  const networks = new NetworkTable<ManualEntry>();
  const domains = new Map<string, ManualEntry>();
  let until = Number.POSITIVE_INFINITY;
  const put = (entry: ManualEntry): void => {
    until = Math.min(until, entry.expires);
    const prefix = exactPrefix(entry.subject);
    if (prefix === undefined) domains.set(entry.subject, entry);
    else networks.set(prefix, entry);
  };
  for (const entry of entries) if (entry.expires > made) put(entry);
  const byName = (name: string): ManualEntry | undefined => {
    const domain = canonicalDomain(name);
    return [domain, ...parents(domain)].map((candidate) => domains.get(candidate)).find((entry) => entry !== undefined);
  };
  return {
    get until() {
      return until;
    },
    put,
    remove: (subject) => {
      const prefix = exactPrefix(subject);
      if (prefix === undefined) domains.delete(subject);
      else networks.delete(prefix);
    },
    find: (client, names) => {
      const entry = networks.find(client);
      if (entry !== undefined || domains.size === 0) return entry;
      return names.map((name) => name && byName(name)).find((found): found is ManualEntry => typeof found === 'object');
    },
  };
}
