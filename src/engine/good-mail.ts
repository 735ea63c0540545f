// What accepted mail does to standings. It counts for whom its client belongs to, from a day on: the standings that it could
// better end then, and are computed anew.
import { type Clock, seconds } from '../lib/clock.ts';
import type { Seconds } from '../policy/check.ts';
import { GOOD_AGE } from '../policy/points.ts';
import type { Standing } from '../policy/standing.ts';
import type { Store } from '../store/store.ts';
import type { KeptStandings } from './kept-standings.ts';

/** Good reports that are assigned in one turn: about a millisecond of work. */
const STEP = 50;
/** And before a standing is computed; what is left is for the next time. */
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

  /** Mail was accepted then. `standing`: that of its client, if it has one; `domain`: whom it belongs to, if known. */
  async accepted(standing: Standing | undefined, domain: string | undefined, time: Seconds): Promise<void> {
    await this.#endInTime(this.#kept.newest(standing), domain, time);
  }

  /** Mail that came while nobody knew whom the client belongs to counts for that identity from now on. */
  async assign(ip: string, identity: string): Promise<void> {
    const previous = await this.#kept.last(ip);
    let assigned = 0;
    for (let step = STEP; step === STEP && assigned < MOST_ASSIGNED; assigned += step)
      step = await this.#store.assignGood(ip, identity, STEP);
    if (assigned === 0) return;
    // Some of it may count already; for its own address it does not count any more.
    await this.#endInTime(this.#kept.newest(previous), identity, seconds(this.#clock) - GOOD_AGE);
  }

  /** The client's own and those of its domain end when the mail of that time counts, unless they can't get better. */
  async #endInTime(own: Standing | undefined, domain: string | undefined, time: Seconds): Promise<void> {
    const counts = Math.max(time + GOOD_AGE, seconds(this.#clock));
    const others = domain === undefined ? [] : this.#kept.liveOf(domain);
    const ending = [...new Set(own === undefined ? others : [own, ...others])].filter(
      (one) => one.class !== 'white' && counts < one.expires,
    );
    await Promise.all(ending.map((standing) => this.#kept.save({ ...standing, expires: counts })));
  }
}
