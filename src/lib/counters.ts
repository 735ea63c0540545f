// Counters by name since the start of the process, as `ddgrey stats` shows them.

export interface Counters {
  add(name: string, by?: number): void;
  /** All counters, sorted by name. */
  list(): readonly (readonly [name: string, count: number])[];
}

/** Counters that are all 0. */
export function createCounters(): Counters {
  const counts = new Map<string, number>();
  return {
    add: (name, by = 1) => {
      counts.set(name, (counts.get(name) ?? 0) + by);
    },
    list: () => [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  };
}
