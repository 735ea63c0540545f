// Which tuples the database may have, by a bit for each. Where most tuples that are asked about were never seen before,
// looking for them costs more than the rest of their checks. The sketch is made only where that happens often, and made
// again when too many lookups are in vain all the same, since tuples were added and others have expired.
import type { TupleKey } from './tuple-key.ts';

/** The hashes of all tuples. */
export interface TupleHashes {
  /** About how many tuples there are. */
  count(): Promise<number>;
  /** The hashes of all tuples that were added before this is called, piece by piece. */
  pieces(): AsyncIterable<readonly number[]>;
}

type Key = Pick<TupleKey, 'hash'>;

/** Lookups in vain after which all hashes are read, at least; with many hashes only after more. */
const WORTH = 1000;
/** Hashes that are read in the time of a lookup. */
const READ_MEANWHILE = 8;
/** Bits for each tuple, at least: one of sixteen unknown ones at most is looked up at first, and more as others are added. */
const BITS_EACH = 16;
/** Digits of the smallest sketch, which takes 2 MiB. */
const FEWEST_DIGITS = 24;

export class TupleSketch {
  readonly #hashes: TupleHashes | undefined;
  /** Undefined: any tuple may be there. */
  #bits: Bits | undefined;
  /** The next bits, in the making, with all that was added meanwhile. */
  #coming: Bits | undefined;
  #making = false;
  #missed = 0;
  #worth = WORTH;

  /** Without hashes the sketch is never made. */
  constructor(hashes?: TupleHashes) {
    this.#hashes = hashes;
  }

  /** False: the tuple is certainly not there. */
  mayHave({ hash }: Key): boolean {
    return this.#bits?.has(hash) ?? true;
  }

  /** Told that the tuple is about to be added. */
  add({ hash }: Key): void {
    this.#bits?.add(hash);
    this.#coming?.add(hash);
  }

  /** Told that a tuple that might have been there was looked for in vain. */
  missed(): void {
    this.#missed += 1;
    if (this.#hashes === undefined || this.#making || this.#missed < this.#worth) return;
    // If it fails, nothing is wrong without a sketch, and after as many lookups in vain it is tried again.
    this.#make(this.#hashes).catch(() => {});
  }

  async #make(hashes: TupleHashes): Promise<void> {
    this.#making = true;
    try {
      const count = await hashes.count();
      // Set also for the case that the sketch can't be made: trying should never take longer than the lookups in vain.
      this.#worth = Math.max(WORTH, count / READ_MEANWHILE);
      const bits = new Bits(BITS_EACH * count);
      this.#coming = bits;
      for await (const piece of hashes.pieces()) for (const hash of piece) bits.add(hash);
      this.#bits = bits;
    } finally {
      this.#coming = undefined;
      this.#making = false;
      this.#missed = 0;
    }
  }
}

/** The leading bits of hashes. In their order, so that reading the index of the database goes through memory once. */
class Bits {
  readonly #words: Uint32Array;
  readonly #shift: number;

  /** Has at least `fewest` bits. */
  constructor(fewest: number) {
    const digits = Math.min(Math.max(Math.ceil(Math.log2(fewest)), FEWEST_DIGITS), 32);
    this.#words = new Uint32Array(2 ** (digits - 5));
    this.#shift = 32 - digits;
  }

  has(hash: number): boolean {
    const bit = hash >>> this.#shift;
    return ((this.#words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  add(hash: number): void {
    const bit = hash >>> this.#shift;
    this.#words[bit >>> 5] = (this.#words[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }
}
