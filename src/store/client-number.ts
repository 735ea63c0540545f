// A client in memory, by what its pending entries are counted under.
import type { Address } from '../policy/address.ts';
import { addressBytes } from './packed-address.ts';
import { countKey } from './pending-counts.ts';

/** A number where that is enough, since numbers are no garbage. */
export type ClientNumber = number | string;

/** The client with an address of 4 or 16 bytes. */
export function clientNumber(address: Uint8Array): ClientNumber {
  const [a = 0, b = 0, c = 0, d = 0] = address;
  return address.length === 4 ? (a << 24) | (b << 16) | (c << 8) | d : countKey(address).join();
}

/** The client of an attempt. */
export function clientOf({ client }: { readonly client: Address }): ClientNumber {
  return clientNumber(addressBytes(client));
}
