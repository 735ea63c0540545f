// What it says about a client that the MTA itself refused a recipient. Sendmail and Postfix tell a milter that asked for
// refused recipients (SMFIP_RCPT_REJ): {rcpt_mailer} is `error`, {rcpt_host} the enhanced status code (Sendmail also
// `nouser`), {rcpt_addr} the text.
import type { Event } from '../policy/report.ts';
import type { Macros } from './milter-packets.ts';

/** The first that fits counts; refusals for other reasons say nothing about the client. */
const EVENTS: readonly (readonly [pattern: RegExp, event: Event | undefined])[] = [
  // Their own words only: the text may be an administrator's, a list's or another server's (where addresses are verified),
  // which speak of relays for other reasons.
  [/^\S* "?(?:\d{3} )?(?:\d[.\d]+ )?(?:relay access|relaying) denied\b/i, 'relay'],
  // Postfix's reject_unauth_pipelining.
  [/\bImproper use of SMTP command pipelining\b/i, 'smtp_no_wait'],
  // Postfix refuses senders at RCPT, too, and says of them as well that the user is unknown.
  [/^\S* (?:Sender address|Client host|Helo command) rejected:/, undefined],
  // With soft_bounce, or unknown_..._reject_code = 450: whoever sets that is not sure yet that it knows all users.
  [/^4\S* Recipient address rejected: User unknown\b/, undefined],
  // RFC 3463 section 3.2, RFC 7505 (5.1.10).
  [/\b5\.1\.(?:1|6|10)\b|\bnouser\b|\buser unknown\b/i, 'unknown'],
];

/** Whether the MTA refuses the recipient that these macros belong to. */
export function isRefused(macros: Macros): boolean {
  return macros.get('rcpt_mailer') === 'error';
}

/** The event to report; undefined if there is none. An MTA that gives no reason is taken to not know the recipient. */
export function refusalEvent(macros: Macros): Event | undefined {
  const reason = `${macros.get('rcpt_host') ?? ''} ${macros.get('rcpt_addr') ?? ''}`;
  if (reason === ' ') return 'unknown';
  return EVENTS.find(([pattern]) => pattern.test(reason))?.[1];
}
