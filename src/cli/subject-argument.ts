// Arguments that name a client, or clients. One that names none is a mistake of whoever typed it: no daemon is asked about it.
import { UsageError } from '../lib/usage-error.ts';
import { parseAddress } from '../policy/address.ts';
import { NULL_SENDER } from '../policy/check.ts';
import { parseSubject, type Subject } from '../policy/subject.ts';

const SUCH_AS = '203.0.113.7, 203.0.113.0/24, or example.com with all below it';

/** The address, network or domain that the argument names; undefined if it names none. */
export function readSubject(text: string): Subject | undefined {
  return parseSubject(withoutBrackets(text));
}

/** The same. Throws a UsageError if it names none. */
export function needSubject(text: string): Subject {
  const subject = readSubject(text);
  if (subject === undefined) throw new UsageError(`${text} is not an address, network or domain, such as ${SUCH_AS}`);
  return subject;
}

/** The address that the argument is. Throws a UsageError if it is none. */
export function needAddress(text: string): string {
  const address = parseAddress(withoutBrackets(text));
  if (address === undefined) throw new UsageError(`${text} is not an IP address`);
  return address.text;
}

/** `[203.0.113.7]`, as it stands in the logs of mail servers and in Received lines. */
function withoutBrackets(text: string): string {
  return text.replace(/^\[([^[\]]*)\]/, '$1');
}

/** The text of such a subject, or the mail address that the argument is; `<>` is the sender of bounces. */
export function subjectOrMailbox(text: string): string {
  return text === NULL_SENDER || /[^@]@[^@]/.test(text) ? text : needSubject(text).text;
}
