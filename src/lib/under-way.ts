// Work that nobody waits for until the end.

export class UnderWay {
  readonly #work = new Set<Promise<unknown>>();

  /** Takes work that has begun; returns it. Who began it deals with its failure. */
  add<T>(work: Promise<T>): Promise<T> {
    const forget = (): void => void this.#work.delete(work);
    this.#work.add(work);
    work.then(forget, forget);
    return work;
  }

  /** Resolves when there is none any more, what is begun meanwhile included. */
  async ended(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }
}
