// Spreads work that comes all at once over turns of the event loop, so that others have theirs between.

interface Waiting {
  readonly amount: number;
  readonly begin: () => void;
}

export class Turns {
  readonly #most: number;
  /** The amount that this turn still has room for: none as long as somebody waits. */
  #left: number;
  readonly #waiting: Waiting[] = [];
  #renewing = false;

  /** `most`: the amount that a turn has room for. Work that begins while there is some left may take more than that. */
  constructor(most: number) {
    this.#most = most;
    this.#left = most;
  }

  /** Resolves when this amount of work may be done, in the order of asking. */
  async take(amount: number): Promise<void> {
    this.#renewLater();
    if (this.#left > 0) this.#left -= amount;
    else await new Promise<void>((begin) => this.#waiting.push({ amount, begin }));
  }

  #renewLater(): void {
    if (this.#renewing) return;
    this.#renewing = true;
    setImmediate(() => this.#renew());
  }

  #renew(): void {
    this.#renewing = false;
    this.#left = this.#most;
    while (this.#left > 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#left -= next.amount;
      next.begin();
    }
    this.#renewLater();
  }
}
