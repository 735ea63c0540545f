// Work that is begun step by step, each when the one before is done. A step that takes long, such as while a name server is
// silent, is not waited for: some further steps begin meanwhile.
import { inTime } from '../lib/in-time.ts';

/** Milliseconds for which a step is waited for in any case. */
const PATIENCE = 100;
/** Steps under way at a time: each may ask the DNS, which checks need as well. */
const MOST = 8;

export class StepsUnderWay {
  readonly #onFailure: (error: Error) => void;
  readonly #steps = new Set<Promise<unknown>>();
  /** Resolves when all steps so far are done. */
  #all: Promise<void> = Promise.resolve();

  /** `onFailure`: something has failed, perhaps while nobody waits for it. */
  constructor(onFailure: (error: Error) => void) {
    this.#onFailure = onFailure;
  }

  /** Takes a step that has begun; resolves when the next one may begin. */
  async add(step: Promise<unknown>): Promise<void> {
    const forget = (): void => void this.#steps.delete(step);
    this.#steps.add(step);
    step.then(forget, forget);
    // Without its results: each promise would hold those of all before it.
    this.#wait(Promise.all([this.#all, step]).then(() => {}));
    await inTime(step, PATIENCE);
    if (this.#steps.size >= MOST) await Promise.race(this.#steps);
  }

  /** Does the work once all steps so far are done, and never if one has failed; resolves when the next one may begin. */
  async behind(work: () => Promise<void>): Promise<void> {
    const done = this.#all.then(work);
    this.#wait(done);
    await inTime(done, PATIENCE);
  }

  /** Resolves when nothing is under way any more, however it ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#steps);
    await this.#all.catch(this.#onFailure);
  }

  #wait(all: Promise<void>): void {
    this.#all = all;
    all.catch(this.#onFailure);
  }
}
