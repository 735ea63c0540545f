// Which clients a text means in listings of reports and standings: the same for every backend.
import { parseAddress, parseNetwork, type Network } from '../policy/address.ts';
import { addressBytes } from './packed-address.ts';

/** Addresses of one family from `low` to `high`, whom a domain or one below it stands for, all, or none. */
export type ClientQuery =
  | { readonly kind: 'all' }
  | { readonly kind: 'addresses'; readonly low: Uint8Array; readonly high: Uint8Array }
  | { readonly kind: 'domain'; readonly domain: string }
  | { readonly kind: 'none' };

interface ClientCondition {
  readonly sql: string;
  readonly params: readonly (Uint8Array | string)[];
}

/** No text: all. An address or network: the clients in it. A domain: its clients and those of its subdomains. */
export function clientQuery(text: string | undefined): ClientQuery {
  if (text === undefined) return { kind: 'all' };
  const network = parseNetwork(text);
  if (network !== undefined) return { kind: 'addresses', low: ends(network, 0), high: ends(network, 1) };
  // Without the check on the last label `113.7` would be a parent of the identity 203.0.113.7.
  if (text === '' || /(?:^|\.)\d+$/.test(text)) return { kind: 'none' };
  return { kind: 'domain', domain: text.toLowerCase() };
}

/** Whether the query means the client with this address and identity. */
export function meansClient(query: ClientQuery, ip: string, identity: string | undefined): boolean {
  switch (query.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'domain':
      return identity === query.domain || identity?.endsWith(`.${query.domain}`) === true;
    case 'addresses': {
      const address = parseAddress(ip);
      if (address === undefined) return false;
      const bytes = addressBytes(address);
      const inside = Buffer.compare(query.low, bytes) <= 0 && Buffer.compare(bytes, query.high) <= 0;
      return bytes.length === query.low.length && inside;
    }
  }
}

/** The query as a condition of SQL on a column `ip` and another, with its parameters. */
export function clientCondition(query: ClientQuery, identity: string): ClientCondition {
  switch (query.kind) {
    case 'all':
      return { sql: 'true', params: [] };
    case 'none':
      return { sql: 'false', params: [] };
    case 'domain':
      return {
        sql: `(${identity} = ? OR substr(${identity}, -length(?)) = ?)`,
        params: [query.domain, `.${query.domain}`, `.${query.domain}`],
      };
    case 'addresses':
      // IPv4 and IPv6 addresses stand among each other.
      return {
        sql: `(ip BETWEEN ? AND ? AND length(ip) = ${query.low.length})`,
        params: [query.low, query.high],
      };
  }
}

/** The first (bit 0) or last (bit 1) address of a network. */
function ends({ bytes, bits }: Network, bit: 0 | 1): Uint8Array {
  return Uint8Array.from(bytes, (byte, i) => {
    const host = 0xff >> Math.min(Math.max(bits - 8 * i, 0), 8);
    return bit === 0 ? byte & ~host : byte | host;
  });
}
