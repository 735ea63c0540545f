// Work that may come in any number, done a few at a time.

/** The work, done for `most` things at a time; others wait in their order. */
export function atMost<T, R>(most: number, work: (thing: T) => Promise<R>): (thing: T) => Promise<R> {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return async (thing) => {
    if (underWay >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay += 1;
    try {
      return await work(thing);
    } finally {
      const next = waiting.shift();
      // Its place goes to the next one.
      if (next === undefined) underWay -= 1;
      else next();
    }
  };
}
