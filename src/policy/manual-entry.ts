// An entry made by hand: this client, network or domain is white or black, says somebody, for a reason, until then.
import type { Seconds } from './check.ts';

/** How long an entry may last: a hundred years. Whoever says more has mistyped it. */
export const LONGEST_ENTRY: Seconds = 36_500 * 86_400;

export interface ManualEntry {
  /** Canonical text of an address or network (`203.0.113.0/24`), or a domain in lower case, which covers its subdomains. */
  readonly subject: string;
  readonly kind: 'white' | 'black';
  readonly author: string;
  readonly reason: string;
  readonly made: Seconds;
  readonly expires: Seconds;
}
