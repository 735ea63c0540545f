// Tells the log when the name servers answer nothing any more, and when they do again.
import type { Log } from '../lib/log.ts';
import type { Lookup } from './resolver.ts';

/** Questions in a row without an answer: more than come of a client with a broken domain and of a list that is gone. */
const MANY = 20;

/** To be called with the outcome of every question. */
export function watchAnswers(log: Log): (lookup: Lookup<unknown>) => void {
  let failures = 0;
  return (lookup) => {
    if (lookup.kind === 'failed') {
      failures += 1;
      if (failures === MANY) log.event(0, 'name servers do not answer', { cause: lookup.error });
      return;
    }
    if (failures >= MANY) log.event(0, 'name servers answer again');
    failures = 0;
  };
}
