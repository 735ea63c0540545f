// A first attempt that another mail server saw: it is remembered as if it had been made here, so that the retry may come
// here as well.
import { seconds } from '../lib/clock.ts';
import { parseAddress } from '../policy/address.ts';
import { type Check, parseMailbox } from '../policy/check.ts';
import { decide, decideByRule } from '../policy/decide.ts';
import type { StoredReport } from '../policy/report.ts';
import { standingDomain } from '../policy/standing.ts';
import type { CheckParts } from './answer-check.ts';
import { recall, remember } from './check-memory.ts';
import type { Standings } from './standings.ts';

export type AttemptParts = Pick<CheckParts, 'store' | 'clock' | 'manual' | 'settings'> & {
  readonly standings: Pick<Standings, 'known'>;
};

export type Attempted = Pick<StoredReport, 'ip' | 'time' | 'sender' | 'recipient' | 'domain'>;

/** The report's tuple becomes pending since then, unless more is known of it here. Nothing is looked up in the DNS. */
export async function recordPeerAttempt(parts: AttemptParts, report: Attempted): Promise<void> {
  const client = parseAddress(report.ip);
  if (client === undefined) return;
  const sender = parseMailbox(report.sender ?? '');
  const check: Check = { id: 'peer', client, sender, recipient: parseMailbox(report.recipient ?? ''), via: 'peer' };
  const { rules } = parts.settings();
  const ruling = decideByRule(check, rules);
  if (ruling.verdict !== undefined) return;
  const standing = await parts.standings.known(client);
  // The client may never come here itself, only others of its domain.
  const domain = (standing && standingDomain(standing)) ?? report.domain;
  const recalled = await recall(parts, check, { domain, standing }, rules);
  const known = { manual: parts.manual.find(client, [domain]), standing, misfit: false };
  // By a clock that is ahead of ours it may have been made in our future.
  const time = Math.min(report.time, seconds(parts.clock));
  // What is known here already stays, however much later it was.
  if ((recalled.entry?.firstSeen ?? time) > time) return;
  const decision = decide({ check, client: known, recalled, rules, excusable: ruling.excusable }, time);
  if (decision.change !== 'record' && decision.change !== 'restart') return;
  const { tuple } = recalled;
  await remember(parts.store, { check, client: { shortLived: false }, tuple }, decision.change, time);
}
