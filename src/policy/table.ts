// The tables of the memory by the names of ze-filter, whose form they are exported and imported in: tuples that are pending
// or valid, and passes, which are its white table.
export const TABLES = ['pending', 'valid', 'white'] as const;
export type Table = (typeof TABLES)[number];

/** Entries of a table being taken over, as lines of that form. */
export interface Upload {
  /** Takes a line; returns a promise, which never rejects, when the client had better wait before it sends much more. */
  take(line: string): Promise<void> | undefined;
  /** Resolves when everything is stored; never rejects. */
  end(): Promise<UploadResult>;
}

export interface UploadResult {
  readonly lines: number;
  /** Entries that were new to us, or took the place of ours. */
  readonly taken: number;
  readonly refused: number;
  /** Entries that were past their lifetime, and so not stored. */
  readonly expired: number;
  /** Of the first lines that were refused: their number and what is wrong. */
  readonly problems: readonly (readonly [line: number, problem: string])[];
  /** Why storing failed, if it did; nothing more was stored after that. */
  readonly failure?: string | undefined;
}
