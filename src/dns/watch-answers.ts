// Tells the log when the name servers answer nothing any more, and when they do again.
import type { Log } from '../lib/log.ts';
import type { Lookup } from './resolver.ts';

/** Questions without an answer, one after the other: more than a client with a broken domain and a list that is gone take. */
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
