// Addresses and site networks as bytes, as the database keeps them: IPv4 in 4 or 3 bytes, IPv6 in 16 or 8.
import type { SQLOutputValue } from 'node:sqlite';
import { type Address, networkText, parseAddress, parseNetwork } from '../policy/address.ts';

/** The 4 or 16 bytes of an address. */
export function addressBytes(address: Address): Uint8Array {
  const bytes = address.family === 4 ? quadBytes(address.text) : networkBytes(address.text);
  if (bytes === undefined) throw new Error(`not an address: ${address.text}`);
  return bytes;
}

/** The address that has these 4 or 16 bytes. */
export function addressOf(bytes: Uint8Array): Address {
  const text =
    bytes.length === 4 ? bytes.join('.') : (Buffer.from(bytes).toString('hex').match(/.{4}/g) ?? []).join(':');
  const address = parseAddress(text);
  // An IPv4-mapped IPv6 address would come back as IPv4; parseAddress never lets one in.
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return address;
}

/** The 4 or 16 bytes of an address in canonical text; throws if it is none. */
export function packAddress(text: string): Uint8Array {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return addressBytes(address);
}

/** Whom a client belongs to: the bytes of an address, or a domain as it is. */
export function packIdentity(identity: string): Uint8Array | string {
  const address = parseAddress(identity);
  return address === undefined ? identity : addressBytes(address);
}

/** The canonical text of a column that packAddress made. */
export function unpackAddress(column: SQLOutputValue | undefined): string {
  return addressOf(column as Uint8Array).text;
}

/**
 * What is stored for a tuple's client part: the bytes of an address or of a site network (/24, /64) in canonical form,
 * and any other text as it is. Different texts give different values.
 */
export function packPart(text: string): Uint8Array | string {
  return packQuad(text) ?? (text.includes(':') ? packIPv6(text) : undefined) ?? text;
}

/** The client part that packPart made this of. */
export function unpackPart(part: Uint8Array | string): string {
  if (typeof part === 'string') return part;
  if (part.length === 4 || part.length === 16) return addressOf(part).text;
  const site = part.length === 3 ? 4 : 16;
  const base = new Uint8Array(site);
  base.set(part);
  return networkText(addressOf(base), part.length * 8);
}

function packQuad(text: string): Uint8Array | undefined {
  const network = text.endsWith('/24');
  const bytes = quadBytes(network ? text.slice(0, -3) : text);
  if (bytes === undefined || !network) return bytes;
  return bytes[3] === 0 ? bytes.slice(0, 3) : undefined;
}

function packIPv6(text: string): Uint8Array | undefined {
  const network = parseNetwork(text);
  if (network?.family !== 6 || (network.bits !== 64 && network.bits !== 128)) return undefined;
  const part = Uint8Array.from(network.bytes.slice(0, network.bits / 8));
  return unpackPart(part) === text ? part : undefined;
}

function networkBytes(text: string): Uint8Array | undefined {
  const network = parseNetwork(text);
  return network && Uint8Array.from(network.bytes);
}

/** Dotted quad without leading zeros; a loop, because every check comes through here. */
function quadBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let place = 0;
  let value = -1;
  for (let i = 0; i <= text.length; i += 1) {
    const digit = i < text.length ? text.charCodeAt(i) - 48 : -2;
    if (digit === -2) {
      if (value < 0) return undefined;
      bytes[place] = value;
      place += 1;
      value = -1;
    } else if (digit < 0 || digit > 9 || value === 0) return undefined;
    else value = value < 0 ? digit : value * 10 + digit;
    if (value > 255) return undefined;
  }
  return place === 4 ? bytes : undefined;
}
