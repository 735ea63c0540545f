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

/** The address, network or domain that an argument spells. Throws if it spells none. */
export function needSubject(text: string | undefined): Subject {
  if (text === undefined) throw new Error('arguments missing');
  const subject = parseSubject(text);
  if (subject === undefined) throw new Error(`${text} is not an address, network or domain`);
  return subject;
}

/** A value as a document of one line. */
export function item(value: unknown): string {
  return formatDocument([JSON.stringify(value)]);
}
