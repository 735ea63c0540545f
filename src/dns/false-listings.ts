// What lists said while they listed everything. A standing that was made by that does not count: else it would for
// days, though the list was switched off or is sane again, also after a restart, which often is what an administrator
// does about it.
import type { Seconds } from '../policy/check.ts';
import { DNS_REASONS, falseListing } from '../policy/points.ts';
import type { Standing } from '../policy/standing.ts';
import type { DnsList } from './lists.ts';

type Written = { readonly [F in 4 | 6]: readonly (readonly [reason: string, until: Seconds | null])[] };

export class FalseListings {
  /** Until when each reason was false, for the addresses of each family. */
  readonly #until: { readonly [F in 4 | 6]: Map<string, Seconds> } = { 4: new Map(), 6: new Map() };

  /** All of it, for the next start. */
  text(): string {
    // Infinity, for a list that still lists everything, is written as null.
    const written: Written = { 4: [...this.#until[4]], 6: [...this.#until[6]] };
    return JSON.stringify(written);
  }

  /** Takes over what `text` told before the start. Whether a list still lists everything is to be found out anew. */
  restore(text: string, now: Seconds): void {
    const written = JSON.parse(text) as Written;
    for (const family of [4, 6] as const)
      for (const [reason, until] of written[family]) this.#until[family].set(reason, until ?? now);
  }

  /** The list lists everything, until further notice. */
  begin(list: DnsList, family: 4 | 6): void {
    this.#set(list, family, Infinity);
  }

  /** The list does not list everything any more. */
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
