// What accepted mail does to standings. It counts for the domain of its client, or for the client alone, once it is a day old:
// the standings that could get better by it end at that time, and are computed anew.
import { type Clock, seconds } from '../lib/clock.ts';
import type { Seconds } from '../policy/check.ts';
import { GOOD_AGE } from '../policy/points.ts';
import type { Standing } from '../policy/standing.ts';
import type { Store } from '../store/store.ts';
import type { KeptStandings } from './kept-standings.ts';

/** Good reports that are assigned in one turn: about a millisecond of work. */
const STEP = 50;
/** Good reports that are assigned before a standing is computed; the rest is left for the next one. */
const MOST_ASSIGNED = 1000;

export class GoodMail {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #kept: KeptStandings;

  constructor({ store, clock }: { readonly store: Store; readonly clock: Clock }, kept: KeptStandings) {
    this.#store = store;
    this.#clock = clock;
    this.#kept = kept;
  }

  /**
   * Mail was accepted at that time. `standing`: that of its client, if it has one; `domain`: that of its client, if it
   * is known.
   */
  async accepted(standing: Standing | undefined, domain: string | undefined, time: Seconds): Promise<void> {
    await this.#endInTime(this.#kept.newest(standing), domain, time);
  }

  /** Mail of the client that came while nobody knew whom the client belongs to counts for that identity from now on. */
  async assign(ip: string, identity: string): Promise<void> {
    const previous = await this.#kept.last(ip);
    let assigned = 0;
    for (let step = STEP; step === STEP && assigned < MOST_ASSIGNED; assigned += step)
      step = await this.#store.assignGood(ip, identity, STEP);
    if (assigned === 0) return;
    // Some of that mail may count for the identity already; for the client's own address it does not count any more.
    await this.#endInTime(this.#kept.newest(previous), identity, seconds(this.#clock) - GOOD_AGE);
  }

  /**
   * Ends the client's own standing and those of its domain when mail of that time begins to count; white ones can't get
   * better.
   */
  async #endInTime(own: Standing | undefined, domain: string | undefined, time: Seconds): Promise<void> {
    const counts = Math.max(time + GOOD_AGE, seconds(this.#clock));
    const others = domain === undefined ? [] : this.#kept.liveOf(domain);
    const ending = [...new Set(own === undefined ? others : [own, ...others])].filter(
      (one) => one.class !== 'white' && counts < one.expires,
    );
    await Promise.all(ending.map((standing) => this.#kept.save({ ...standing, expires: counts })));
  }
}
