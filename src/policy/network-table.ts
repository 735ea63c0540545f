// Networks by address, in the time of one hash lookup for each prefix length in use, however many there are.
import type { Address } from './address.ts';
import { addressWords, leadingBits, type Prefix } from './address-prefix.ts';

/** The networks of one family that are equally large. */
interface SameLength<T> {
  readonly length: number;
  readonly entries: Map<string, T>;
}

/** Something for each of many networks. */
export class NetworkTable<T> {
  /** Smallest networks first. */
  readonly #families: { readonly [F in Address['family']]: SameLength<T>[] } = { 4: [], 6: [] };

  get isEmpty(): boolean {
    return this.#families[4].length === 0 && this.#families[6].length === 0;
  }

  /** The entry of this very network. */
  get({ family, words, length }: Prefix): T | undefined {
    return this.#families[family].find((same) => same.length === length)?.entries.get(words);
  }

  set({ family, words, length }: Prefix, entry: T): void {
    const lengths = this.#families[family];
    const same = lengths.find((known) => known.length === length);
    if (same !== undefined) same.entries.set(words, entry);
    else {
      lengths.push({ length, entries: new Map([[words, entry]]) });
      lengths.sort((a, b) => b.length - a.length);
    }
  }

  /** Removes the entry of this very network. */
  delete({ family, words, length }: Prefix): void {
    const lengths = this.#families[family];
    const at = lengths.findIndex((same) => same.length === length);
    const entries = lengths[at]?.entries;
    if (entries?.delete(words) === true && entries.size === 0) lengths.splice(at, 1);
  }

  /** The entry of the smallest network that holds the address. */
  find(address: Address): T | undefined {
    const lengths = this.#families[address.family];
    if (lengths.length === 0) return undefined;
    const words = addressWords(address);
    for (const { length, entries } of lengths) {
      const entry = entries.get(leadingBits(words, length));
      if (entry !== undefined) return entry;
    }
    return undefined;
  }
}
