// What is made from something that rarely changes, such as the configuration, and asked for with each check or report.

/** A function that returns what was made from the source, made anew when that is another one. */
export function madeFrom<S, V>(source: () => S, make: (from: S) => V): () => V {
  let from = source();
  let made = make(from);
  return () => {
    const now = source();
    if (now !== from) {
      from = now;
      made = make(now);
    }
    return made;
  };
}
