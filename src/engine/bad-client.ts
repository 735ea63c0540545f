// Whether a client is bad, by what reports say of it and GREY_DEWHITE_FLAGS looks at.
import { seconds } from '../lib/clock.ts';
import { badClientScore } from '../policy/dewhite.ts';
import type { RoundParts } from './maintain.ts';

/** Whether the client with this address is bad now. */
export async function isBad({ store, clock, settings }: RoundParts, ip: string): Promise<boolean> {
  const { dewhite: rules, searchDuration } = settings();
  const now = seconds(clock);
  const { bad, good } = await store.countReports({ ip, identity: ip, since: now - searchDuration, now });
  return badClientScore(bad, good, rules.flags) > rules.threshold;
}
