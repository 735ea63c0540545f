// A pass: a client and a sender domain that have proved themselves, so that their mail is no longer greylisted at all.
// (ze-filter's white table.)
import { type Address, clientKey, parseAddress } from './address.ts';
import type { Mailbox, Seconds } from './check.ts';
import { parents } from './domains.ts';

export interface PassKey {
  /** The client's verified domain, else its address (clientKey). */
  readonly client: string;
  /** The sender's domain; it covers subdomains too. */
  readonly domain: string;
}

export interface Pass extends PassKey {
  readonly firstSeen: Seconds;
  /** What its lifetime counts from; refreshed by use, at most every 6 hours. */
  readonly lastSeen: Seconds;
  /** How many uses it was given for, and one more for each refresh. */
  readonly uses: number;
}

/**
 * The passes that would cover mail of a sender from a client: for the sender's domain, then for the domains above it.
 * They belong to the client's domain, or to its address if the tuples that earned them were without its domain.
 */
export function passesFor(client: Address, domain: string | undefined, sender: Mailbox): readonly PassKey[] {
  // It is empty for bounces, too.
  if (sender.domain === '') return [];
  const keys: PassKey[] = [];
  const names = [sender.domain, ...parents(sender.domain)];
  for (const owner of domain === undefined ? [clientKey(client)] : [domain, clientKey(client)]) {
    // A top-level domain is nobody's; without it there is mostly one name to look for.
    for (const name of names) if (name.includes('.')) keys.push({ client: owner, domain: name });
  }
  return keys;
}

/**
 * The owner of a pass that a tuple earns: the verified domain, if that is the tuple's client part, else the client with this
 * address.
 */
export function passOwner(part: string, client: string): string {
  if (part !== '' && !part.includes('/') && parseAddress(part) === undefined) return part;
  const address = parseAddress(client);
  return address === undefined ? client : clientKey(address);
}

/** How much use makes a pass, and how long ago it must have begun (ze-filter's figures). */
export const PASS_USES = 5;
export const PASS_AGE: Seconds = 3 * 86_400;
