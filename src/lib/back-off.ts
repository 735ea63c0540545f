// How long to leave something alone that failed: longer each time, and by chance, so that not all come back at once.

export interface BackOff {
  /** Milliseconds to wait after one more failure. */
  failed(): number;
  /** It works again: the next failure is a first one. */
  worked(): void;
}

export interface BackOffOptions {
  /** Milliseconds; the waits double from the first to the longest, and each is shortened by up to a half. */
  readonly first: number;
  readonly longest: number;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** A back-off that has seen no failure. */
export function createBackOff({ first, longest, random = Math.random }: BackOffOptions): BackOff {
  let next = first;
  return {
    failed: () => {
      const wait = next;
      next = Math.min(next * 2, longest);
      return wait * (1 - random() / 2);
    },
    worked: () => {
      next = first;
    },
  };
}
