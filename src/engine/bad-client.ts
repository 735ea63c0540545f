// Whether a client is bad, by those of its reports that GREY_DEWHITE_FLAGS looks at.
import { seconds } from '../lib/clock.ts';
import { badClientScore } from '../policy/dewhite.ts';
import { countedTimes } from '../policy/report.ts';
import type { RoundParts } from './maintain.ts';

/** Whether the client with this address is bad now. */
export async function isBad({ store, clock, settings }: RoundParts, ip: string): Promise<boolean> {
  const { dewhite: rules, searchDuration } = settings();
  const times = countedTimes(searchDuration, seconds(clock));
  const { bad, good } = await store.countReports({ ip, identity: ip, ...times });
  return badClientScore(bad, good, rules.flags) > rules.threshold;
}
