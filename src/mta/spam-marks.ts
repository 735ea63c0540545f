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
  /** Shared by all messages. */
  readonly slow: SlowPatterns;
  /** The patterns took all the time that they have for a message, most of it for this header. */
  readonly onSlowPattern: (header: string) => void;
}

const LONGEST_VALUE = 16_384;
/** Milliseconds that the patterns have for one message. */
const PATIENCE = 100;
/** Milliseconds for which a slow pattern is left out: each message that it is tried on holds up all the others. */
const LEFT_OUT = 60_000;

/** Patterns that took too long lately. */
export class SlowPatterns {
  readonly #until = new WeakMap<RegExp, number>();
  readonly #now: () => number;

  /** `now` in milliseconds, of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  add(pattern: RegExp): void {
    this.#until.set(pattern, this.#now() + LEFT_OUT);
  }

  has(pattern: RegExp): boolean {
    return (this.#until.get(pattern) ?? 0) > this.#now();
  }
}

/** The spam marks of one message. */
export class SpamMarks {
  readonly #parts: SpamMarkParts;
  #left = PATIENCE;
  /** The time that was spent on each header. */
  readonly #spent = new Map<SpamHeader, number>();
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
      if (header.name === name && this.#mayTry(header)) this.#try(header, inOneLine(value));
    }
  }

  #mayTry({ pattern }: SpamHeader): boolean {
    return this.#left > 0 && !this.#found && !this.#parts.slow.has(pattern);
  }

  #try(header: SpamHeader, text: string): void {
    const started = performance.now();
    const answer = this.#parts.test(header.pattern, text, Math.ceil(this.#left));
    const spent = answer === 'late' ? this.#left : performance.now() - started;
    this.#left -= spent;
    this.#spent.set(header, (this.#spent.get(header) ?? 0) + spent);
    this.#found = answer === true;
    if (this.#left <= 0) this.#leaveOutSlowest();
  }

  /** Leaves out the pattern that took longest: the one that ran out of time may only have had what that one left. */
  #leaveOutSlowest(): void {
    const [slowest] = [...this.#spent].toSorted(([, a], [, b]) => b - a);
    if (slowest === undefined) return;
    const [{ name, pattern }] = slowest;
    this.#parts.slow.add(pattern);
    this.#parts.onSlowPattern(name);
  }
}

/** Mail servers hand on a long value as it was folded (RFC 5322 section 2.2.3); each fold becomes a blank. */
function inOneLine(value: string): string {
  return value
    .replace(/\r?\n[\t ]*/g, ' ')
    .trim()
    .slice(0, LONGEST_VALUE);
}
