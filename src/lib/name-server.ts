// A DNS server to ask: `ADDRESS`, `ADDRESS:PORT`, `[IPV6]` or `[IPV6]:PORT`.
import { isIP, isIPv6 } from 'node:net';

export interface NameServer {
  /** An IP address as text; link-local IPv6 may carry a zone index. */
  readonly address: string;
  readonly port: number;
}

const DNS_PORT = 53;

/** The server that the text spells, or undefined. The port is 53 when none is given. */
export function parseNameServer(text: string): NameServer | undefined {
  if (isIP(text) !== 0) return { address: text, port: DNS_PORT };
  const [, v6, v4, digits] = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = v6 ?? v4 ?? '';
  const port = digits === undefined ? DNS_PORT : Number(digits);
  if (v6 === undefined ? isIP(address) !== 4 : !isIPv6(address)) return undefined;
  return port === 0 || port > 65_535 ? undefined : { address, port };
}

/** The server as parseNameServer reads it. */
export function formatNameServer({ address, port }: NameServer): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
