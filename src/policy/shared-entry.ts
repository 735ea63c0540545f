// What was entered by hand, as a report that tells other servers of it. Events that only this program knows; the original
// daemon keeps and passes them on, and they do not count for anybody. The subject stands in mtaId, the author in sender,
// in recipient when it ends and why; ip is the (first) address of the subject, 0.0.0.0 for a domain.
import type { Seconds } from './check.ts';
import type { ManualEntry } from './manual-entry.ts';
import type { StoredReport } from './report.ts';
import { parseSubject } from './subject.ts';

/** The events that tell of entries. */
export const ENTRY_EVENTS: readonly string[] = ['entry_white', 'entry_black', 'entry_removed'];

type EntryReport = Pick<StoredReport, 'reporter' | 'time' | 'ip' | 'event' | 'sender' | 'recipient' | 'mtaId'>;

/** What such a report tells. */
export type SharedEntry =
  | { readonly kind: 'put'; readonly entry: ManualEntry }
  | { readonly kind: 'removed'; readonly subject: string; readonly time: Seconds };

/** The report that tells of it. */
export function entryReport(shared: SharedEntry): EntryReport {
  if (shared.kind === 'removed') {
    const { subject, time } = shared;
    return { reporter: 'ddgrey', time, ip: addressOf(subject), event: 'entry_removed', mtaId: subject };
  }
  const { subject, kind, author, reason, made, expires } = shared.entry;
  return {
    reporter: 'ddgrey',
    time: made,
    ip: addressOf(subject),
    event: `entry_${kind}`,
    sender: author,
    recipient: `${expires} ${reason}`,
    mtaId: subject,
  };
}

/** What the report tells of entries; undefined if it is of another kind or makes no sense. */
export function sharedEntry({ event, time, sender, recipient, mtaId }: EntryReport): SharedEntry | undefined {
  if (!event.startsWith('entry_')) return undefined;
  const subject = parseSubject(mtaId ?? '')?.text;
  if (subject === undefined) return undefined;
  if (event === 'entry_removed') return { kind: 'removed', subject, time };
  const [, kind] = /^entry_(white|black)$/.exec(event) ?? [];
  const [, expires, reason] = /^(\d{1,11}) (.*)$/s.exec(recipient ?? '') ?? [];
  if ((kind !== 'white' && kind !== 'black') || expires === undefined || reason === undefined) return undefined;
  return { kind: 'put', entry: { subject, kind, author: sender ?? '', reason, made: time, expires: Number(expires) } };
}

function addressOf(subject: string): string {
  const parsed = parseSubject(subject);
  return parsed === undefined || parsed.kind === 'domain' ? '0.0.0.0' : subject.replace(/\/.*$/, '');
}
