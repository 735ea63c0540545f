// Client addresses: IPv4 and IPv6 as equals. Parsed once, at the edge; everything inside uses the canonical text.
import ipaddr from 'ipaddr.js';

/** An IP address. `text` is canonical: dotted quad, or lower-case compressed IPv6 (RFC 5952). */
export interface Address {
  readonly family: 4 | 6;
  readonly text: string;
}

/** Addresses that belong to one network: `bits` leading bits are equal. */
export interface Network {
  /** As it was written. */
  readonly text: string;
  readonly family: 4 | 6;
  readonly bits: number;
  readonly bytes: readonly number[];
}

const DOTTED_QUAD = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const IPV6_TAG = /^ipv6:/i;
/** Of ::ffff:0:0/96, which holds the IPv4-mapped addresses (RFC 4291 section 2.5.5.2). */
const MAPPED_BITS = 96;

/**
 * The address that the text spells, or undefined. IPv4 only as four decimal numbers without leading zeros; IPv4-mapped
 * IPv6 is IPv4; sendmail's `IPv6:` tag (RFC 5321 section 4.1.3) is accepted; a zone index (`%eth0`) is not an address.
 */
export function parseAddress(text: string): Address | undefined {
  if (DOTTED_QUAD.test(text)) return { family: 4, text };
  const bare = withoutQuad(text.replace(IPV6_TAG, ''));
  if (!bare.includes(':') || /[.%]/.test(bare) || !ipaddr.IPv6.isValid(bare)) return undefined;
  const parsed = ipaddr.IPv6.parse(bare);
  if (parsed.isIPv4MappedAddress()) return { family: 4, text: parsed.toIPv4Address().toString() };
  return { family: 6, text: parsed.toRFC5952String() };
}

/** The address of the other end, as a socket tells it; undefined if the other end is gone. */
export function socketHost(text = ''): Address | undefined {
  // A link-local address comes with the interface that it is on.
  return parseAddress(text.replace(/%.*$/, ''));
}

/** The eight groups of an IPv6 address in canonical text. */
export function ipv6Groups(text: string): readonly string[] {
  const [first = [], last = []] = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => '0'), ...last];
}

/** `203.0.113.7` with 24 bits: `203.0.113.0/24`. IPv6 likewise; the text of a network is its canonical form. */
export function networkText(address: Address, bits: number): string {
  if (address.family === 4 && bits === 24) return `${address.text.slice(0, address.text.lastIndexOf('.'))}.0/24`;
  const bytes = ipaddr.parse(address.text).toByteArray();
  for (let bit = bits; bit < bytes.length * 8; bit += 1) clearBit(bytes, bit);
  const base = ipaddr.fromByteArray(bytes);
  return `${base.kind() === 'ipv6' ? (base as ipaddr.IPv6).toRFC5952String() : base.toString()}/${bits}`;
}

/** The network that stands for one site: /24 in IPv4, /64 in IPv6 (what one customer is given at least, RFC 6177). */
export function siteNetwork(address: Address): string {
  return networkText(address, address.family === 4 ? 24 : 64);
}

/** What one client is counted under: the IPv4 address, or the IPv6 /64, within which a client picks addresses freely. */
export function clientKey(address: Address): string {
  return address.family === 4 ? address.text : networkText(address, 64);
}

/**
 * `ADDRESS`, `ADDRESS/BITS` or `ADDRESS/NETMASK` (IPv4) as a network; undefined if it is none. Host bits are ignored. Of
 * IPv4-mapped IPv6 the bits are counted as of IPv6, and are 96 or more.
 */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const base = slash < 0 ? text : text.slice(0, slash);
  const address = parseAddress(base);
  if (address === undefined) return undefined;
  const { family } = address;
  const bytes = ipaddr.parse(address.text).toByteArray();
  if (slash < 0) return { text, family, bits: bytes.length * 8, bytes };
  const mapped = family === 4 && base.includes(':') ? MAPPED_BITS : 0;
  const bits = prefixLength(text.slice(slash + 1), mapped > 0 ? 6 : family);
  return bits === undefined || bits < mapped ? undefined : { text, family, bits: bits - mapped, bytes };
}

/** What to say of each address that somebody may have meant as a network, such as `2001:db8::`. */
export function notNetworks(addresses: readonly string[]): readonly string[] {
  return addresses
    .filter((text) => text.endsWith('::'))
    .map((text) => `${text} is one address; a network has its bits behind it, as in ${text}/64`);
}

/** Whether the network holds the address. */
export function networkContains(network: Network, address: Address): boolean {
  if (network.family !== address.family) return false;
  const bytes = ipaddr.parse(address.text).toByteArray();
  const whole = network.bits >> 3;
  for (let i = 0; i < whole; i += 1) if (bytes[i] !== network.bytes[i]) return false;
  const rest = network.bits & 7;
  return rest === 0 || (bytes[whole] ?? 0) >> (8 - rest) === (network.bytes[whole] ?? 0) >> (8 - rest);
}

/**
 * IPv6 with a dotted quad at its end (RFC 4291 section 2.2), all in hexadecimal: ipaddr.js would take octal numbers there,
 * and `::192.0.2.1` for IPv4.
 */
export function withoutQuad(text: string): string {
  const start = text.lastIndexOf(':') + 1;
  const quad = text.slice(start);
  if (start === 0 || !DOTTED_QUAD.test(quad)) return text;
  const [a = 0, b = 0, c = 0, d = 0] = quad.split('.').map(Number);
  return `${text.slice(0, start)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function prefixLength(text: string, family: 4 | 6): number | undefined {
  if (/^(?:0|[1-9]\d{0,2})$/.test(text)) {
    const bits = Number(text);
    return bits <= (family === 4 ? 32 : 128) ? bits : undefined;
  }
  if (family === 6 || !DOTTED_QUAD.test(text)) return undefined;
  return ipaddr.IPv4.parse(text).prefixLengthFromSubnetMask() ?? undefined;
}

function clearBit(bytes: number[], bit: number): void {
  const index = bit >> 3;
  bytes[index] = (bytes[index] ?? 0) & ~(0x80 >> (bit & 7));
}
