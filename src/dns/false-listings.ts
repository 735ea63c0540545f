// What lists said while they listed everything. Standings that were made by that would count for days, after the list was
// switched off and when it is sane again; they are no standings.
import type { Seconds } from '../policy/check.ts';
import { DNS_REASONS, falseListing } from '../policy/points.ts';
import type { Standing } from '../policy/standing.ts';
import type { DnsList } from './lists.ts';

export class FalseListings {
  /** Until when each reason was false, for the addresses of each family. */
  readonly #until: { readonly [F in 4 | 6]: Map<string, Seconds> } = { 4: new Map(), 6: new Map() };

  /** The list lists everything, until further notice. */
  begin(list: DnsList, family: 4 | 6): void {
    this.#set(list, family, Infinity);
  }

  /** It does not any more. */
  end(list: DnsList, family: 4 | 6, now: Seconds): void {
    this.#set(list, family, now);
  }

  /** Whether the standing rests on such a listing. */
  areBehind({ ip, reasons, computed }: Pick<Standing, 'ip' | 'reasons' | 'computed'>): boolean {
    const until = this.#until[ip.includes(':') ? 6 : 4];
    return until.size > 0 && reasons.some(({ reason }) => computed <= (until.get(reason) ?? -Infinity));
  }

  #set(list: DnsList, family: 4 | 6, until: Seconds): void {
    for (const reason of reasonsBy(list)) this.#until[family].set(reason, until);
  }
}

/** The reasons of a standing that such a list may be behind. */
function reasonsBy({ kind, title }: DnsList): readonly string[] {
  return kind === 'dnsbl' ? [title, falseListing(title)] : [DNS_REASONS.dnswlLow, DNS_REASONS.dnswlHigh];
}
