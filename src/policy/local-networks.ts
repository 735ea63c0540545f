// Networks whose addresses mean another host at every site, or none. The documentation networks are not among them: nobody's
// mail comes from there, and examples and tests use them.
import type { Address } from './address.ts';
import { parsePrefix } from './address-prefix.ts';
import { NetworkTable } from './network-table.ts';

const LOCAL_NETWORKS = new NetworkTable<true>();
for (const text of [
  '0.0.0.0/8', // this network, RFC 1122
  '10.0.0.0/8', // private, RFC 1918
  '100.64.0.0/10', // shared by carriers, RFC 6598
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, RFC 3927
  '172.16.0.0/12', // private, RFC 1918
  '192.168.0.0/16', // private, RFC 1918
  '224.0.0.0/3', // multicast, reserved and broadcast
  '::/127', // unspecified and loopback
  'fc00::/7', // unique local, RFC 4193
  'fe80::/10', // link-local
  'ff00::/8', // multicast
]) {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) LOCAL_NETWORKS.set(prefix, true);
}

/** Whether the address is private or reserved, so that nobody outside can know whose it is. */
export function isLocal(address: Address): boolean {
  return LOCAL_NETWORKS.find(address) === true;
}
