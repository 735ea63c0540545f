// Which tuples the database may have, by a bit for each: most of what is asked about was never seen before, and looking for
// it costs more than the rest of its check. It is made only where that happens often, and made again when too many lookups
// are in vain all the same: tuples were added since, and others have expired.
import type { TupleKey } from './tuple-key.ts';

/** The hashes of all tuples. */
export interface TupleHashes {
  /** About how many there are. */
  count(): Promise<number>;
  /** Those of all tuples that were added before this is called, piece by piece. */
  pieces(): AsyncIterable<readonly number[]>;
}

type Key = Pick<TupleKey, 'hash'>;

/** Lookups in vain that are worth reading all hashes for, be they ever so few. */
const WORTH = 1000;
/** So many are read in the time of a lookup. */
const READ_MEANWHILE = 8;
/** Bits for each tuple: one of eight unknown ones is looked up at first, and more as others are added. */
const BITS_EACH = 8;
/** Half a MiB at least. */
const FEWEST_DIGITS = 22;

export class TupleSketch {
  readonly #hashes: TupleHashes | undefined;
  /** None: any tuple may be there. */
  #bits: Bits | undefined;
  /** In the making, with all that was added meanwhile. */
  #coming: Bits | undefined;
  #making = false;
  #missed = 0;
  #worth = WORTH;

  /** Without hashes it is never made. */
  constructor(hashes?: TupleHashes) {
    this.#hashes = hashes;
  }

  /** False: the tuple is certainly not there. */
  mayHave({ hash }: Key): boolean {
    return this.#bits?.has(hash) ?? true;
  }

  /** The tuple is about to be added. */
  add({ hash }: Key): void {
    this.#bits?.add(hash);
    this.#coming?.add(hash);
  }

  /** One that may have been there was not. */
  missed(): void {
    this.#missed += 1;
    if (this.#hashes === undefined || this.#making || this.#missed < this.#worth) return;
    // Nothing is wrong without it, and after as many again it is tried again.
    this.#make(this.#hashes).catch(() => {});
  }

  async #make(hashes: TupleHashes): Promise<void> {
    this.#making = true;
    try {
      const count = await hashes.count();
      // Also if it can't be made: what was in vain should never take longer than the lookups.
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

  /** At least so many. */
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
