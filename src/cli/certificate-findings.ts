// How long this server's certificate is good; once it has expired, other servers refuse it.
import type { Seconds } from '../policy/check.ts';
import type { Finding } from './doctor-finding.ts';

/** The certificate that peer_certificate names. */
export interface CertificateFacts {
  readonly path: string;
  /** The last moment at which it is good. */
  readonly until: Seconds;
}

const DAY = 24 * 3600;
/** Programs that renew certificates by themselves do so earlier: here none does. */
const SOON = 14 * DAY;

/** What is to be said about this server's certificate; the command `reload` puts a renewed one in force. */
export function certificateFindings(
  { path, until }: CertificateFacts,
  now: Seconds,
  reload: string,
): readonly Finding[] {
  const about = `certificate ${path}`;
  const day = new Date(until * 1000).toISOString().slice(0, 10);
  const mend = `renew it, then ${reload}`;
  if (until < now)
    return [{ state: 'bad', about, text: `expired on ${day}; other servers do not take it any more`, mend }];
  if (until < now + SOON) return [{ state: 'note', about, text: `expires on ${day}`, mend }];
  return [{ state: 'good', about, text: `is good until ${day}` }];
}
