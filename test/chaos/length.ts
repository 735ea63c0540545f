// How long the tests of this folder are.
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    readonly long: boolean;
  }
}

/** The one figure as a rule, the other with `--mode long`. */
export function shortOrLong(short: number, long: number): number {
  return inject('long') ? long : short;
}
