// The arguments of ddgrey white and ddgrey black: [local] SUBJECT [DURATION] [REASON...].
import { duration } from '../config/option-types.ts';
import { UsageError } from '../lib/usage-error.ts';
import { isWide, type Subject } from '../policy/subject.ts';
import { needSubject } from './subject-argument.ts';

export interface EntryArguments {
  /** Peers are not told of it. */
  readonly local: boolean;
  readonly subject: Subject;
  /** Seconds; undefined if none was given. */
  readonly span: number | undefined;
  readonly reason: string;
}

/** What the words mean. Throws a UsageError if they mean nothing. */
export function entryArguments(kind: string, words: readonly string[]): EntryArguments {
  const local = words[0] === 'local';
  const [text, ...rest] = local ? words.slice(1) : words;
  if (text === undefined) throw new UsageError(`${kind} local needs an address, network or domain`);
  if (text.includes('@')) refuseMailbox(kind, text);
  const subject = needSubject(text);
  const { span, reason } = splitDuration(rest);
  // As a reason it would be told to peers with the entry.
  if (/^local(?: \d.*)?$/.test(reason)) throw new UsageError(`local comes first: ${kind} local ${subject.text} ...`);
  return { local, subject, span, reason };
}

/** Throws a UsageError that says where a sender or recipient is named instead. */
function refuseMailbox(kind: string, text: string): never {
  const instead =
    kind === 'white'
      ? `the policy file exempts senders and recipients: GreyCheckFrom:${text} NO, GreyCheckTo:${text} NO`
      : 'senders and recipients are refused by the mail server itself';
  throw new UsageError(`${text} is a mail address, and no client; ${instead}`);
}

/** Throws a UsageError if the subject takes in everybody's clients: that may be a slip after which no mail comes any more. */
export function refuseWide(subject: Subject): void {
  if (!isWide(subject)) return;
  const why =
    subject.kind === 'domain'
      ? 'a public suffix, below which anybody can have a domain'
      : `more than anybody's network`;
  throw new UsageError(`${subject.text} is ${why}; if it is really meant, say --wide`);
}

/**
 * Duration and reason. What begins with a digit is a duration: mistyped, it must not become the reason of an entry of
 * weeks.
 */
function splitDuration(words: readonly string[]): Pick<EntryArguments, 'span' | 'reason'> {
  if (!/^\d/.test(words[0] ?? '')) return { span: undefined, reason: words.join(' ') };
  for (const count of [2, 1]) {
    const parts = words.slice(0, count);
    const span = /[a-z]/i.test(parts.join('')) && parts.length === count ? duration.parse(parts) : undefined;
    if (span === 0) throw new UsageError('a duration of 0 is over at once');
    if (span !== undefined) return { span, reason: words.slice(count).join(' ') };
  }
  throw new UsageError(`${words[0]} is not ${duration.allowed}; a reason that begins with a digit comes after one`);
}
