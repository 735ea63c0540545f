// What an entry made by hand, a listing or `forget` is about: an address, a network, or a domain with what is below it.
import {
  type Address,
  clientKey,
  type Network,
  networkContains,
  networkText,
  parseAddress,
  parseNetwork,
  siteNetwork,
} from './address.ts';
import { canonicalDomain, isDomain, isPublicSuffix } from './domains.ts';
import type { StoredTuple } from './greylist.ts';
import type { PassKey } from './pass.ts';

export type Subject =
  | { readonly kind: 'address'; readonly text: string; readonly address: Address; readonly network: Network }
  | { readonly kind: 'network'; readonly text: string; readonly network: Network }
  | { readonly kind: 'domain'; readonly text: string };

type NetworkSubject = Exclude<Subject, { readonly kind: 'domain' }>;

/** What the text names, with its canonical text (`203.0.113.7/24`: `203.0.113.0/24`); undefined if it is none of these. */
export function parseSubject(text: string): Subject | undefined {
  const address = parseAddress(text.replace(/\/.*$/, ''));
  if (address === undefined) {
    const domain = canonicalDomain(text);
    return isDomain(domain) ? { kind: 'domain', text: domain } : undefined;
  }
  const network = parseNetwork(text);
  if (network === undefined) return undefined;
  if (network.bits === network.bytes.length * 8) return { kind: 'address', text: address.text, address, network };
  return { kind: 'network', text: networkText(address, network.bits), network };
}

/** Leading bits of the widest network that one owner has; what has fewer is everybody's. */
const WIDEST = { 4: 8, 6: 16 } as const;

/** Whether the subject is no owner's, but takes in clients of everybody. */
export function isWide(subject: Subject): boolean {
  if (subject.kind === 'domain') return isPublicSuffix(subject.text);
  return subject.network.bits < WIDEST[subject.network.family];
}

/**
 * Whether the subject is the client, or holds the client, that a tuple was recorded for. A tuple of a network is that of each
 * address in it.
 */
export function coversTuple(subject: Subject, { client, clientName, tuple }: StoredTuple): boolean {
  if (subject.kind === 'domain')
    return isWithin(tuple.client, subject.text) || isWithin(clientName ?? '', subject.text);
  if (subject.kind === 'address' && tuple.client === siteNetwork(subject.address)) return true;
  const address = parseAddress(client);
  return address !== undefined && networkContains(subject.network, address);
}

/** Whether the subject is the owner of a pass, or holds it. */
export function coversPass(subject: Subject, { client }: PassKey): boolean {
  if (subject.kind === 'domain') return isWithin(client, subject.text);
  if (subject.kind === 'address' && client === clientKey(subject.address)) return true;
  const address = parseAddress(client.replace(/\/.*$/, ''));
  return address !== undefined && networkContains(subject.network, address);
}

/** Whether one of the two holds the other. */
export function overlaps(one: Subject, other: Subject): boolean {
  if (one.kind === 'domain' || other.kind === 'domain')
    return one.kind === other.kind && (isWithin(one.text, other.text) || isWithin(other.text, one.text));
  return holds(one, other) || holds(other, one);
}

function holds(outer: NetworkSubject, inner: NetworkSubject): boolean {
  const first = parseAddress(inner.text.replace(/\/.*$/, ''));
  return outer.network.bits <= inner.network.bits && first !== undefined && networkContains(outer.network, first);
}

function isWithin(name: string, domain: string): boolean {
  const lower = canonicalDomain(name);
  return lower === domain || lower.endsWith(`.${domain}`);
}
