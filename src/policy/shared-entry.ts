// An entry made by hand, as a report that tells other servers of it. Its events are known to this program only: the
// original daemon keeps such reports and passes them on, and they count for nobody. Fields: mtaId the subject, sender
// the author, recipient the end and the reason (of a removed entry only when it would have ended), ip the (first)
// address of the subject, or 0.0.0.0 for a domain.
import type { Seconds } from './check.ts';
import { LONGEST_ENTRY, type ManualEntry } from './manual-entry.ts';
import { LONGEST_FIELD, type StoredReport } from './report.ts';
import { parseSubject } from './subject.ts';

type EntryReport = Pick<StoredReport, 'reporter' | 'time' | 'ip' | 'event' | 'sender' | 'recipient' | 'mtaId'>;

/** The events of such reports. */
export const ENTRY_EVENTS: readonly string[] = ['entry_white', 'entry_black', 'entry_removed'];

/** Characters of a reason that have room in one field of the report, together with the end. */
export const LONGEST_REASON: number = LONGEST_FIELD - '99999999999 '.length;

/** What such a report tells: an entry was made or replaced, or removed. */
export type SharedEntry =
  | { readonly kind: 'put'; readonly entry: ManualEntry }
  | { readonly kind: 'removed'; readonly subject: string; readonly time: Seconds; readonly expires: Seconds };

/** The report that tells of the change. */
export function entryReport(shared: SharedEntry): EntryReport {
  if (shared.kind === 'removed') {
    const { subject, time, expires } = shared;
    const names = { ip: reportedAddress(subject), mtaId: subject };
    return { reporter: 'ddgrey', time, event: 'entry_removed', recipient: String(expires), ...names };
  }
  const { subject, kind, author, reason, made, expires } = shared.entry;
  return {
    reporter: 'ddgrey',
    time: made,
    ip: reportedAddress(subject),
    event: `entry_${kind}`,
    sender: author,
    recipient: `${expires} ${reason}`,
    mtaId: subject,
  };
}

/** What the report tells of entries; undefined if it is of another kind or makes no sense. */
export function sharedEntry(report: EntryReport): SharedEntry | undefined {
  const { event, time, sender, recipient, mtaId } = report;
  if (!ENTRY_EVENTS.includes(event)) return undefined;
  const subject = parseSubject(mtaId ?? '')?.text;
  if (subject === undefined) return undefined;
  if (event === 'entry_removed') return { kind: 'removed', subject, time, expires: entryEnd(report) };
  const kind = event === 'entry_white' ? 'white' : 'black';
  const [, expires, reason] = /^(\d{1,11}) (.*)$/s.exec(recipient ?? '') ?? [];
  if (expires === undefined || reason === undefined) return undefined;
  return { kind: 'put', entry: { subject, kind, author: sender ?? '', reason, made: time, expires: entryEnd(report) } };
}

/** When the entry ends, or would have ended, that a report of one of ENTRY_EVENTS tells of; 0 if it does not say. */
export function entryEnd({ time, recipient = '' }: Pick<StoredReport, 'time' | 'recipient'>): Seconds {
  const end = Number.parseInt(recipient, 10) || 0;
  // Not later than an entry may last: the report would be kept for ever.
  return Math.min(end, time + LONGEST_ENTRY);
}

/** What stands as the address in the reports about a subject. */
export function reportedAddress(subject: string): string {
  const parsed = parseSubject(subject);
  return parsed === undefined || parsed.kind === 'domain' ? '0.0.0.0' : subject.replace(/\/.*$/, '');
}
