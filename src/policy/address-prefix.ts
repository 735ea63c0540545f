// Addresses and their prefixes as words of 16 bits, a character each, so that a network is one short string to look up.
// Own parsing, since ipaddr.js takes 8 to 25 us an address and a policy file may have 200,000 of them.
import { type Address, withoutQuad } from './address.ts';

/** Two characters of 16 bits (IPv4), or eight (IPv6). */
export type AddressWords = string;

/** All addresses whose first `length` bits are those of `words`; the others are 0. */
export interface Prefix {
  readonly family: 4 | 6;
  readonly words: AddressWords;
  readonly length: number;
}

const HEXADECIMAL = /^[\da-f]{1,4}$/i;
const DECIMAL = /^(?:0|[1-9]\d{0,2})$/;
const DOTTED_QUAD = /^\d+\.\d+\.\d+\.\d+$/;
const BITS = { 4: 32, 6: 128 } as const;
/** ::ffff:0:0/96, which holds the IPv4-mapped addresses (RFC 4291 section 2.5.5.2). */
const MAPPED = '\0\0\0\0\0\uffff';

/** The words of an address. */
export function addressWords({ family, text }: Address): AddressWords {
  return (family === 4 ? quadWords(text) : groupsWithGap(text)) ?? '';
}

/** The words with all but the first `length` bits cleared; words without any bit left are left out. */
export function leadingBits(words: AddressWords, length: number): AddressWords {
  const whole = words.slice(0, length >> 4);
  const rest = length & 15;
  return rest === 0 ? whole : whole + String.fromCharCode(words.charCodeAt(length >> 4) & (0xffff << (16 - rest)));
}

/**
 * The prefix that the text spells, or undefined. IPv4: 1 to 4 numbers, with `.` or `.*` at the end as one likes
 * (`10.1`, `10.1.`, `10.1.*.*`). IPv6: 1 to 7 groups (`2001:db8`, `2001:db8:`, `2001:db8::`) or an address. Each also with
 * `/BITS`, IPv4 with `/NETMASK`; bits behind them are ignored. IPv4-mapped IPv6 is IPv4, `IPv6:` in front is accepted.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const base = slash < 0 ? text : text.slice(0, slash);
  const written = base.includes(':') ? parseIpv6(withoutQuad(base.replace(/^ipv6:/i, ''))) : parseIpv4(base);
  if (written === undefined || slash < 0) return written && unmapped(written);
  const length = prefixLength(text.slice(slash + 1), written.family);
  return length === undefined ? undefined : unmapped({ ...written, length });
}

/** The prefix of an address or network as parseNetwork reads it: `2001:db8::` is one address here, not all that begin so. */
export function exactPrefix(text: string): Prefix | undefined {
  return parsePrefix(text.includes('/') ? text : `${text}/${text.includes(':') ? BITS[6] : BITS[4]}`);
}

function parseIpv4(text: string): Prefix | undefined {
  const bare = text.replace(/(?:\.\*)+$|\.$/, '');
  const words = quadWords(bare);
  return words === undefined ? undefined : { family: 4, words, length: 8 * bare.split('.').length };
}

function parseIpv6(text: string): Prefix | undefined {
  if (!text.includes(':')) return undefined;
  // No host has an address that ends in `::`, but people write networks so.
  const bare = text === '::' ? text : text.replace(/::?$/, '');
  const words = bare === text ? groupsWithGap(text) : groupWords(bare);
  return words === undefined ? undefined : { family: 6, words: words.padEnd(8, '\0'), length: 16 * words.length };
}

function unmapped({ family, words, length }: Prefix): Prefix {
  if (family === 6 && length >= 96 && words.startsWith(MAPPED)) {
    return { family: 4, words: leadingBits(words.slice(MAPPED.length), length - 96), length: length - 96 };
  }
  return { family, words: leadingBits(words, length), length };
}

/** The words of groups, of which some may be left out as `::`. */
function groupsWithGap(text: string): AddressWords | undefined {
  const gap = text.indexOf('::');
  if (gap < 0) return groupWords(text);
  const before = gap === 0 ? '' : groupWords(text.slice(0, gap));
  const after = gap + 2 === text.length ? '' : groupWords(text.slice(gap + 2));
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  // RFC 4291 section 2.2: `::` stands for one or more groups.
  return missing < 1 ? undefined : before + '\0'.repeat(missing) + after;
}

/** The words of up to eight groups. */
function groupWords(text: string): AddressWords | undefined {
  let words = '';
  for (const group of text.split(':', 9)) {
    if (!HEXADECIMAL.test(group)) return undefined;
    words += String.fromCharCode(Number.parseInt(group, 16));
  }
  return words.length > 8 ? undefined : words;
}

/** The words of one to four numbers below 256. */
function quadWords(text: string): AddressWords | undefined {
  const parts = text.split('.', 5);
  if (parts.length > 4) return undefined;
  let bits = 0;
  for (let i = 0; i < 4; i += 1) {
    const part = parts[i] ?? '0';
    if (!DECIMAL.test(part) || Number(part) > 255) return undefined;
    bits = (bits << 8) | Number(part);
  }
  return String.fromCharCode(bits >>> 16, bits & 0xffff);
}

function prefixLength(text: string, family: 4 | 6): number | undefined {
  if (DECIMAL.test(text)) return Number(text) <= BITS[family] ? Number(text) : undefined;
  const mask = family === 4 && DOTTED_QUAD.test(text) ? quadWords(text) : undefined;
  if (mask === undefined) return undefined;
  const bits = ((mask.charCodeAt(0) << 16) | mask.charCodeAt(1)) >>> 0;
  const length = bits === 0 ? 0 : 32 - Math.log2(2 ** 32 - bits);
  return Number.isInteger(length) ? length : undefined;
}
