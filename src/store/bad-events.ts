// How the reports of each bad event are counted, and how far: the same for every backend.
import type { BadCounts } from '../policy/facts.ts';
import type { Event } from '../policy/report.ts';

/** Each distinct (sender, recipient) once; each report; or, since they carry neither, at most one a minute. */
export type CountedBy = 'pair' | 'report' | 'minute';

interface BadEvent {
  readonly event: Event;
  readonly fact: Exclude<keyof BadCounts, 'newest'>;
  readonly by: CountedBy;
}

export const BAD_EVENTS: readonly BadEvent[] = [
  { event: 'manual', fact: 'manual', by: 'pair' },
  { event: 'hard_trap', fact: 'hardTrap', by: 'report' },
  { event: 'soft_trap', fact: 'softTrap', by: 'pair' },
  { event: 'unknown', fact: 'unknown', by: 'pair' },
  { event: 'spam', fact: 'spam', by: 'pair' },
  { event: 'relay', fact: 'relay', by: 'pair' },
  { event: 'disconnect', fact: 'disconnect', by: 'minute' },
  { event: 'smtp_no_mail', fact: 'noMail', by: 'minute' },
  { event: 'smtp_no_wait', fact: 'noWait', by: 'minute' },
  { event: 'smtp_connection_lost', fact: 'connectionLost', by: 'minute' },
];

/**
 * `ok` reports that are kept of one domain (else address) and UTC day. Far fewer would do for its standing; they also prove
 * that a mail was accepted, which report_verify asks for.
 */
export const OK_PER_DAY = 1000;
export const MINUTE = 60;
export const DAY = 86_400;
