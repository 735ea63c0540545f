// Which stored tuples a listing shows, and in which order: the same for every backend.
import { asciiDomain } from '../policy/domains.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import { coversTuple, parseSubject } from '../policy/subject.ts';

/**
 * Whether a stored tuple belongs into the listing for `text`; upper and lower case are the same. No text: all. An
 * address or network: what `forget` would forget of it. `LOCAL@DOMAIN`: that sender or recipient. `<>`: bounces.
 * Anything else: a part of the tuple, or the domain, or a parent of the domain, of client, sender or recipient, in
 * Unicode or as the DNS has it.
 */
export function tupleMatcher(text: string | undefined): (stored: StoredTuple) => boolean {
  if (text === undefined) return () => true;
  const wanted = canonical(text);
  const subject = parseSubject(wanted);
  if (subject !== undefined && subject.kind !== 'domain') return (stored) => coversTuple(subject, stored);
  if (wanted === '<>') return (stored) => stored.nullSender;
  return (stored) => texts(stored).some((known) => matches(canonical(known), wanted));
}

/** The latest `lastSeen` first. */
export function newestFirst(a: StoredTuple, b: StoredTuple): number {
  return b.lastSeen - a.lastSeen;
}

function texts({ tuple, clientName, senderText }: StoredTuple): readonly string[] {
  return [tuple.client, tuple.sender, tuple.recipient, clientName ?? '', senderText];
}

function canonical(text: string): string {
  const domainStart = text.lastIndexOf('@') + 1;
  return `${text.slice(0, domainStart)}${asciiDomain(text.slice(domainStart))}`.toLowerCase();
}

function matches(known: string, wanted: string): boolean {
  if (wanted === '') return false;
  if (known === wanted) return true;
  if (wanted.includes('@')) return false;
  return known.endsWith(`@${wanted}`) || known.endsWith(`.${wanted}`);
}
