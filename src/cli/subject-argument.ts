// Arguments that name a client, or clients. What is none is a mistake of whoever typed it: no daemon is asked about it.
import { UsageError } from '../lib/usage-error.ts';
import { parseAddress } from '../policy/address.ts';
import { NULL_SENDER } from '../policy/check.ts';
import { parseSubject, type Subject } from '../policy/subject.ts';

/** The address, network or domain that the argument names. Throws a UsageError if it names none. */
export function needSubject(text: string): Subject {
  const subject = parseSubject(text);
  if (subject === undefined) throw new UsageError(`${text} is not an address, network or domain`);
  return subject;
}

/** Throws a UsageError if the argument is no address. */
export function needAddress(text: string): void {
  if (parseAddress(text) === undefined) throw new UsageError(`${text} is not an IP address`);
}

/** The text of such a subject, or the mail address that the argument is; `<>` is the sender of bounces. */
export function subjectOrMailbox(text: string): string {
  return text === NULL_SENDER || /[^@]@[^@]/.test(text) ? text : needSubject(text).text;
}
