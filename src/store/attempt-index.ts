// Which tuples have an attempt in a journal, and since when, by 64 bits of a keyed hash. Arrays of numbers: a map of as many
// objects costs the garbage collector more than a check takes.
import type { Seconds } from '../policy/check.ts';
import type { TupleKey } from './tuple-key.ts';

const FEWEST_SLOTS = 1024;
const EMPTY = 0;
const TAKEN = 1;
/** Of an attempt that was removed; one that was added later may stand behind it. */
const REMOVED = 2;

/** What a tuple is found by here. */
export type AttemptKey = Pick<TupleKey, 'hash' | 'more'>;

export class AttemptIndex {
  #hashes = new Int32Array(FEWEST_SLOTS);
  #more = new Int32Array(FEWEST_SLOTS);
  #times = new Float64Array(FEWEST_SLOTS);
  #states = new Uint8Array(FEWEST_SLOTS);
  #taken = 0;
  #removed = 0;

  /** Slots, of 17 bytes each. */
  get slots(): number {
    return this.#states.length;
  }

  /** The time of the attempt, if there is one. */
  find(key: AttemptKey): Seconds | undefined {
    const slot = this.#slot(key);
    return this.#states[slot] === TAKEN ? this.#times[slot] : undefined;
  }

  /** Adds an attempt whose tuple is not there. */
  add(key: AttemptKey, time: Seconds): void {
    if (2 * (this.#taken + this.#removed) >= this.#states.length) this.#rebuild();
    const slot = this.#slot(key);
    this.#hashes[slot] = key.hash;
    this.#more[slot] = key.more;
    this.#times[slot] = time;
    this.#states[slot] = TAKEN;
    this.#taken += 1;
  }

  remove(key: AttemptKey): void {
    const slot = this.#slot(key);
    if (this.#states[slot] !== TAKEN) return;
    this.#states[slot] = REMOVED;
    this.#taken -= 1;
    this.#removed += 1;
  }

  /** The slot of the attempt, or else the empty one at the end of its row. */
  #slot({ hash, more }: AttemptKey): number {
    const last = this.#states.length - 1;
    for (let slot = hash & last; ; slot = (slot + 1) & last) {
      const state = this.#states[slot];
      if (state === EMPTY) return slot;
      if (state === TAKEN && this.#hashes[slot] === hash && this.#more[slot] === more) return slot;
    }
  }

  /** Makes room: without those that were removed, and twice as large unless these were the most. */
  #rebuild(): void {
    const [hashes, more, times, states] = [this.#hashes, this.#more, this.#times, this.#states];
    const slots = this.#taken > this.#removed ? 2 * states.length : states.length;
    this.#hashes = new Int32Array(slots);
    this.#more = new Int32Array(slots);
    this.#times = new Float64Array(slots);
    this.#states = new Uint8Array(slots);
    this.#taken = 0;
    this.#removed = 0;
    // A loop, which is quicker than entries(): all checks wait for this.
    for (let slot = 0; slot < states.length; slot += 1) {
      if (states[slot] !== TAKEN) continue;
      this.add({ hash: hashes[slot] ?? 0, more: more[slot] ?? 0 }, times[slot] ?? 0);
    }
  }
}
