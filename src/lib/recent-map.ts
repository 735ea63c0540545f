// A map of bounded size that lets go of what was not used for long. It has two generations: what is used moves into the
// young one, and when that is full it becomes the old one, whose entries go. (Keeping all in the order of use would make
// each reading two changes.) Its keys are texts, which may be parts of what a client sent.
import { ownText } from './own-text.ts';

export class RecentMap<V> {
  readonly #half: number;
  readonly #sizeOf: (value: V, key: string) => number;
  #young = new Map<string, V>();
  #youngSize = 0;
  #old = new Map<string, V>();

  /**
   * Never holds more than `most`, and always the half of that which was used last. `sizeOf`: what an entry counts for, where
   * they are not all alike; one that is larger than the half is still held, but nothing of its generation beside it.
   */
  constructor(most: number, sizeOf: (value: V, key: string) => number = () => 1) {
    this.#half = Math.ceil(most / 2);
    this.#sizeOf = sizeOf;
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    const size = this.#sizeOf(value, key);
    this.#leaveYoung(key);
    if (this.#youngSize + size > this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngSize = 0;
    }
    this.#young.set(ownText(key), value);
    this.#youngSize += size;
  }

  delete(key: string): void {
    this.#leaveYoung(key);
    this.#old.delete(key);
  }

  clear(): void {
    this.#young.clear();
    this.#youngSize = 0;
    this.#old.clear();
  }

  #leaveYoung(key: string): void {
    const value = this.#young.get(key);
    if (value === undefined) return;
    this.#young.delete(key);
    this.#youngSize -= this.#sizeOf(value, key);
  }
}
