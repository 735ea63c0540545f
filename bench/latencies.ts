// Latencies in a histogram of fixed size: steps of 2%, from a microsecond up.

const STEP = Math.log(1.02);

export class Latencies {
  readonly #counts: number[] = [];
  count = 0;

  /** Adds one, in milliseconds. */
  add(milliseconds: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(milliseconds * 1000) / STEP));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.count += 1;
  }

  /** The latency in milliseconds that this share (0 to 1) of all stayed within. */
  percentile(share: number): number {
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count ?? 0;
      if (seen >= share * this.count) return Math.exp(bucket * STEP) / 1000;
    }
    return Number.NaN;
  }
}
