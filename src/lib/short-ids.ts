// Short ids that are unique among those of one machine for years: for log lines and for people to read out.
import { randomInt } from 'node:crypto';

/** A source of ids of 7 or more characters of [0-9a-z]: a random start, so that restarts do not repeat ids, and a count. */
export function createShortIds(start: number = randomInt(36 ** 3)): () => string {
  const run = start.toString(36).padStart(3, '0');
  let next = 0;
  return () => {
    next += 1;
    return run + next.toString(36).padStart(4, '0');
  };
}
