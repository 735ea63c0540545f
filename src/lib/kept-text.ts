// A text that is there again after a restart.

export interface KeptText {
  /** What was saved last. */
  load(): Promise<string | undefined>;
  /** Resolves when it is kept. */
  save(text: string): Promise<void>;
}
