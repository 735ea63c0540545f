// What the verbs for the command line have in common.
import { type Address, parseAddress } from '../policy/address.ts';
import { parseSubject, type Subject } from '../policy/subject.ts';
import { formatDocument } from './sync-protocol.ts';

/** The address that an argument spells. Throws if it spells none. */
export function needAddress(text: string | undefined): Address {
  if (text === undefined) throw new Error('arguments missing');
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is not an IP address`);
  return address;
}

/** Likewise an address, network or domain. */
export function needSubject(text: string | undefined): Subject {
  if (text === undefined) throw new Error('arguments missing');
  const subject = parseSubject(text);
  if (subject === undefined) throw new Error(`${text} is not an address, network or domain`);
  return subject;
}

/** One thing as a document. */
export function item(value: unknown): string {
  return formatDocument([JSON.stringify(value)]);
}
