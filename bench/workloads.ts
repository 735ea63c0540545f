// What is asked in a benchmark: lines for the greylist socket, without command and line end.

export interface Workload {
  readonly name: string;
  readonly about: string;
  /** The arguments of the next check. */
  readonly next: () => string;
}

const KNOWN = 10_000;
const HEAVY = 20;

/** A tuple of the benchmark: every number is another client network, sender domain and recipient. */
export function tuple(number: number): string {
  const client = `${10 + (number >>> 22)}.${(number >>> 14) & 255}.${(number >>> 6) & 255}.${1 + (number & 63)}`;
  return `${client} u${number}@example${number % 5000}.com user${number}@example.org`;
}

/** A supply of tuples that were never asked about, from that number on. */
export function newTuples(from: number): () => string {
  let number = from;
  return () => {
    number += 1;
    return tuple(number);
  };
}

/** The first so many tuples, all over, again and again. */
export function randomTuples(count: number): () => string {
  return () => tuple(Math.floor(Math.random() * count));
}

/** The tuples that passed before the measurement starts. */
export const KNOWN_TUPLES: readonly string[] = Array.from({ length: KNOWN }, (_, number) => tuple(number));

/** The workloads, sharing one supply of new tuples, so that new ones are new in every measurement. */
export function createWorkloads(): readonly Workload[] {
  let turn = 0;
  const takeNew = newTuples(KNOWN);
  const takeKnown = (): string => {
    turn = (turn + 7919) % KNOWN;
    return KNOWN_TUPLES[turn] ?? '';
  };
  const takeHeavy = (): string => {
    turn += 1;
    return KNOWN_TUPLES[turn % HEAVY] ?? '';
  };
  let step = 0;
  const mixed = [takeNew, takeKnown, takeNew, takeHeavy, takeNew, takeKnown, takeNew, takeHeavy, takeNew, takeKnown];
  return [
    { name: 'new', about: 'every check is a first attempt', next: takeNew },
    { name: 'repeat', about: `${KNOWN} tuples that have passed`, next: takeKnown },
    {
      name: 'mix',
      about: '50% new, 30% known, 20% of 20 busy tuples',
      next: () => {
        step = (step + 1) % mixed.length;
        return (mixed[step] ?? takeNew)();
      },
    },
  ];
}
