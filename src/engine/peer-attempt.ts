// A first attempt that another mail server saw: it is remembered as if it had been made here, so that the retry may come
// here as well, and what was accepted there is known here.
import { manualClock, seconds } from '../lib/clock.ts';
import { parseAddress } from '../policy/address.ts';
import { type Check, isNullSender, parseMailbox, type Seconds } from '../policy/check.ts';
import { type Change, decide, decideByRule, type Recalled, type Rules } from '../policy/decide.ts';
import type { StoredReport } from '../policy/report.ts';
import { type Standing, standingDomain } from '../policy/standing.ts';
import type { CheckParts } from './answer-check.ts';
import { recall, remember } from './check-memory.ts';
import { entryFor } from './know-client.ts';
import type { Standings } from './standings.ts';

export type AttemptParts = Pick<CheckParts, 'store' | 'clock' | 'manual' | 'settings'> & {
  readonly standings: Pick<Standings, 'known'>;
};

export type Attempted = Pick<StoredReport, 'ip' | 'time' | 'sender' | 'recipient' | 'domain'>;

/**
 * The tuple of the report is pending from the report's time on, unless more is known of it here. Nothing is looked up
 * in the DNS.
 */
export async function recordPeerAttempt(parts: AttemptParts, report: Attempted): Promise<void> {
  const attempt = await recallAttempt(parts, report);
  if (attempt === undefined) return;
  const { check, standing, domain, recalled, time } = attempt;
  const { rules } = parts.settings();
  const ruling = decideByRule(check, rules);
  // An entry that is here already stays as it is, also where it began later.
  if (ruling.verdict !== undefined || (recalled.entry?.firstSeen ?? time) > time) return;
  const known = { manual: entryFor(parts, check, { standing, domain }), standing, misfit: false };
  const limited = { ...rules, pendingLimit: peerLimit(rules.pendingLimit) };
  const decision = decide({ check, client: known, recalled, rules: limited, excusable: ruling.excusable }, time);
  if (decision.change === 'record' || decision.change === 'restart') await keep(parts, attempt, decision.change);
}

/**
 * The other server has accepted the mail of the report: its tuple becomes valid if it is pending here, and was used if
 * it is valid. Where there is no such tuple, nothing follows.
 */
export async function recordPeerDelivery(parts: AttemptParts, report: Attempted): Promise<void> {
  const attempt = await recallAttempt(parts, report);
  const entry = attempt?.recalled.entry;
  if (attempt === undefined || entry === undefined || entry.lastSeen > attempt.time) return;
  const passed = isNullSender(attempt.check.sender) ? 'forget' : 'validate';
  await keep(parts, attempt, entry.state === 'pending' ? passed : 'refresh');
}

/**
 * Half of what a client may have pending. Most of its first attempts at other servers pass there, and wait here in
 * vain; when such a server is away, the client comes here instead, and must not find all its places taken.
 */
function peerLimit({ normal, nullSender }: Rules['pendingLimit']): Rules['pendingLimit'] {
  return { normal: Math.ceil(normal / 2), nullSender: Math.ceil(nullSender / 2) };
}

interface RecalledAttempt {
  readonly check: Check;
  readonly standing: Standing | undefined;
  readonly domain: string | undefined;
  readonly recalled: Recalled;
  /** Of the report; but now, if the other server's clock is ahead of ours. */
  readonly time: Seconds;
}

/** What is known here of a check that another server was asked. */
async function recallAttempt(parts: AttemptParts, report: Attempted): Promise<RecalledAttempt | undefined> {
  const client = parseAddress(report.ip);
  if (client === undefined) return undefined;
  const sender = parseMailbox(report.sender ?? '');
  const check: Check = { id: 'peer', client, sender, recipient: parseMailbox(report.recipient ?? ''), via: 'peer' };
  const standing = await parts.standings.known(client);
  const told = report.domain === client.text ? undefined : report.domain;
  // The client may never come here itself, only others of its domain: so what the other server says of that counts.
  const domain = (standing && standingDomain(standing)) ?? told;
  const time = Math.min(report.time, seconds(parts.clock));
  // As it would have been recalled then: it is judged by that time as well.
  const then = { store: parts.store, clock: manualClock(time) };
  const recalled = await recall(then, check, { domain, standing }, parts.settings().rules);
  return { check, standing, domain, recalled, time };
}

async function keep(
  { store }: AttemptParts,
  { check, recalled, time }: RecalledAttempt,
  change: Change,
): Promise<void> {
  await remember(store, { check, client: { shortLived: false }, tuple: recalled.tuple }, change, time);
}
