// The marks by which another filter calls a message spam. The patterns are the administrator's, the values may be the
// sender's: what is looked at, and for how long, has its limits.
import type { TimedTest } from '../lib/timed-pattern.ts';

/** A header by which another filter marks spam. */
export interface SpamHeader {
  /** In lower case. */
  readonly name: string;
  /** For the value in one line, without blanks at its ends. */
  readonly pattern: RegExp;
}

export interface SpamMarkParts {
  readonly test: TimedTest;
  /** The patterns took all the time that they have for a message, the last of it for this header. */
  readonly onSlowPattern: (header: string) => void;
}

const LONGEST_VALUE = 16_384;
/** Milliseconds that the patterns have for one message. */
const PATIENCE = 100;

/** Those of one message. */
export class SpamMarks {
  readonly #parts: SpamMarkParts;
  #left = PATIENCE;
  #found = false;

  constructor(parts: SpamMarkParts) {
    this.#parts = parts;
  }

  /** Whether a header that was looked at is such a mark. */
  get found(): boolean {
    return this.#found;
  }

  /** Looks at a header; the name in lower case. */
  look(headers: readonly SpamHeader[], name: string, value: string): void {
    for (const header of headers) {
      if (header.name === name && this.#left > 0 && !this.#found) this.#try(header, inOneLine(value));
    }
  }

  #try({ name, pattern }: SpamHeader, text: string): void {
    const started = performance.now();
    const answer = this.#parts.test(pattern, text, Math.ceil(this.#left));
    this.#left = answer === 'late' ? 0 : this.#left - (performance.now() - started);
    this.#found = answer === true;
    if (this.#left <= 0) this.#parts.onSlowPattern(name);
  }
}

/** Mail servers hand on a long value as it was folded (RFC 5322 section 2.2.3); each fold becomes a blank. */
function inOneLine(value: string): string {
  return value
    .replace(/\r?\n[\t ]*/g, ' ')
    .trim()
    .slice(0, LONGEST_VALUE);
}
