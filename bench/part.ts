// A part of the benchmark, and how big its runs are.

export interface Size {
  /** Of each measurement. */
  readonly seconds: number;
  /** Tuples in a store that is called full. */
  readonly entries: number;
  /** Reports, likewise. */
  readonly reports: number;
}

export interface Part {
  readonly name: string;
  readonly about: string;
  /** Measures and prints. */
  readonly run: (size: Size) => Promise<void>;
}
