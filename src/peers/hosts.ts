// Some hosts, as the configuration names them: by network, or by name. Those with a name are known once it is looked up.
import type { Address } from '../policy/address.ts';

export interface Hosts {
  has(client: Address): boolean;
}

export interface NamedHosts extends Hosts {
  /** Whether all addresses of every name are known that are of that family. */
  complete(family: Address['family']): boolean;
  /** Resolves when each name was looked up once, with or without success. */
  readonly tried: Promise<void>;
}
