// What is there at once, or comes later. Most checks find all that they ask for in memory: a promise for each step would
// cost them more than all rules do.

export type MaybePromise<T> = T | Promise<T>;

/**
 * What `follow` makes of the value: at once if it is there. Throws or rejects as `follow` does, and rejects as the
 * value does.
 */
export function chain<T, U>(value: MaybePromise<T>, follow: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(follow) : follow(value);
}
