// Some hosts, as the configuration names them: by network, or by name. The engine has such sets (host-set.ts).
import type { Address } from '../policy/address.ts';

export interface Hosts {
  has(client: Address): boolean;
}

export interface NamedHosts extends Hosts {
  /** Whether all addresses of that family are known, of every name. */
  complete(family: Address['family']): boolean;
  /** Resolves when each name was looked up once, with or without success. */
  readonly tried: Promise<void>;
}
