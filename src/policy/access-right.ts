// What a host may do on the greyd socket, by the GreydAccess lines of the policy file: its address decides, else its name,
// else `default` or `*`. Where it is not certain which names the host has, it has no right that one of them could take away.
import type { Address } from './address.ts';
import type { AccessRight } from './rule-values.ts';
import type { Policy } from './rules.ts';

/** The names of a host, as far as they are known. */
export interface HostNames {
  /** Names that lead back to its address. */
  readonly verified: readonly string[];
  /** Names that do not, or may not: they are the host's own word, which can only be to its disadvantage. */
  readonly claimed: readonly string[];
  /** Whether the host has no other names. */
  readonly complete: boolean;
}

/** Of a host about which the DNS was not asked, or could not be. */
export const UNKNOWN_NAMES: HostNames = { verified: [], claimed: [], complete: false };

const RANKS: { readonly [R in AccessRight]: number } = { refused: 0, ok: 1, 'ok-admin': 2 };

/** The right of a host; undefined if the policy file does not say. Of several names the one with the least right counts. */
export function accessRight({ access }: Policy, client: Address, names: HostNames): AccessRight | undefined {
  const own = access.byAddress(client);
  if (own !== undefined) return own.value;
  const rightsOf = (list: readonly string[]): readonly AccessRight[] =>
    list.flatMap((name) => access.byName(name)?.value ?? []);
  const verified = rightsOf(names.verified);
  const right = verified[0] ?? access.fallback?.value;
  if (right === undefined) return undefined;
  const limits = [...verified, ...rightsOf(names.claimed), ...(names.complete ? [] : access.valuesOfNames)];
  return limits.reduce((least, limit) => (RANKS[limit] < RANKS[least] ? limit : least), right);
}

/** Whether the right of a host may depend on its names. */
export function namesMatter({ access }: Policy, client: Address): boolean {
  return access.valuesOfNames.size > 0 && access.byAddress(client) === undefined;
}
