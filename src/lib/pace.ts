// Holds something to a rate a minute, evenly: whoever comes too early waits. The rate may be changed at any time.
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds after which who waits looks whether the rate was changed. */
const LOOK_AGAIN = 250;

export class Pace {
  readonly #rate: () => number;
  readonly #now: () => number;
  /** How many were counted so far. */
  #taken = 0;
  /** How many of these the rate has had room for, and when that was found out. */
  #past = 0;
  #at = 0;

  /** `rate` a minute, asked each time; 0: as many as there are. `now` in milliseconds, of a clock that never goes back. */
  constructor(rate: () => number, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
  }

  /**
   * Counts `count` more. Returns what tells the milliseconds that are left until their turn, when the rate, as it is
   * then, has room for more than those before.
   */
  take(count: number): () => number {
    const before = this.#taken;
    this.#goOn();
    this.#taken += count;
    return () => this.#left(before);
  }

  /** Counts one more if its turn comes within this time, and nothing otherwise; whether it does. */
  takeWithin(milliseconds: number): boolean {
    if (this.#left(this.#taken) > milliseconds) return false;
    this.take(1);
    return true;
  }

  #left(before: number): number {
    this.#goOn();
    return this.#past >= before ? 0 : ((before - this.#past) * 60_000) / this.#rate();
  }

  #goOn(): void {
    const [rate, now] = [this.#rate(), this.#now()];
    const room = rate === 0 ? Number.POSITIVE_INFINITY : ((now - this.#at) * rate) / 60_000;
    // What was not used is not saved up.
    this.#past = Math.min(this.#taken, this.#past + room);
    this.#at = now;
  }
}

/** Resolves when no time is left, by the rate as it is then. */
export async function untilTurn(left: () => number, signal?: AbortSignal): Promise<void> {
  const options = { ref: false, ...(signal && { signal }) };
  for (let wait = left(); wait > 0; wait = left()) await sleep(Math.min(wait, LOOK_AGAIN), undefined, options);
}
