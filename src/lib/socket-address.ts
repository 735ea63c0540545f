// Where a socket listens or is found: `unix:PATH`, `local:PATH`, `inet:PORT@HOST`, `HOST:PORT`, `[v6]:PORT`.
// (`local:` and `inet:` are the spelling of sendmail's and ze-filter's configuration.)
import { isIPv4 } from 'node:net';
import { normalize, resolve } from 'node:path';

export type SocketAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** The address that the text spells, or undefined. */
export function parseSocketAddress(text: string): SocketAddress | undefined {
  const unix = /^(?:unix|local):(.+)$/.exec(text);
  if (unix?.[1] !== undefined) return { kind: 'unix', path: unix[1] };
  const inet = /^inet6?:(\d+)@(?:\[([^\s[\]@]+)\]|([^\s[\]@]+))$/.exec(text);
  if (inet) return tcp(inet[2] ?? inet[3], inet[1]);
  const pair = /^(?:\[([^\s[\]@]+)\]|([^\s:[\]@]+)):(\d+)$/.exec(text);
  if (pair) return tcp(pair[1] ?? pair[2], pair[3]);
  return undefined;
}

/** The address as parseSocketAddress reads it. */
export function formatSocketAddress(address: SocketAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** The address as it is for whoever is elsewhere: a relative path starts at the directory. */
export function absoluteAddress(address: SocketAddress, directory: string): SocketAddress {
  return address.kind === 'unix' ? { kind: 'unix', path: resolve(directory, address.path) } : address;
}

/** Whether only one of them can be listened on. Names of hosts are not looked up. */
export function collide(one: SocketAddress, other: SocketAddress): boolean {
  if (one.kind === 'unix') return other.kind === 'unix' && normalize(one.path) === normalize(other.path);
  if (other.kind === 'unix') return false;
  // Port 0 is another one each time.
  if (one.port !== other.port || one.port === 0) return false;
  return one.host === other.host || takesIn(one.host, other.host) || takesIn(other.host, one.host);
}

/** Whether who listens on `host` listens on `other`, too. No host: all addresses. Node opens `::` for IPv4, too. */
function takesIn(host: string, other: string): boolean {
  return host === '' || host === '::' || (host === '0.0.0.0' && isIPv4(other));
}

function tcp(host = '', port = ''): SocketAddress | undefined {
  // `inet:25` is an address that lacks its host, not port 25 of a host called inet.
  if (/^(?:unix|local|inet6?|\*)$/i.test(host) || Number(port) > 65535) return undefined;
  return { kind: 'tcp', host, port: Number(port) };
}
