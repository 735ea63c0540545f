// Holds something to a rate a minute, evenly: whoever comes too early is told how long to wait.

export class Pace {
  readonly #rate: () => number;
  readonly #now: () => number;
  /** When the rate has room for more than was counted so far. */
  #next = 0;

  /** `rate` a minute, asked each time; 0: as many as there are. `now` in milliseconds, of a clock that never goes back. */
  constructor(rate: () => number, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Counts `count` more. Returns the milliseconds until their turn, when the rate has room for more than those before. */
  take(count: number): number {
    const rate = this.#rate();
    if (rate === 0) return 0;
    const now = this.#now();
    const turn = Math.max(this.#next, now);
    this.#next = turn + (count * 60_000) / rate;
    return turn - now;
  }

  /** Counts one more if its turn comes within this time, and nothing otherwise; whether it does. */
  takeWithin(milliseconds: number): boolean {
    if (this.#next - this.#now() > milliseconds) return false;
    this.take(1);
    return true;
  }
}
