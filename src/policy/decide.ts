// The decision: the only place that makes a verdict. Pure; every step has its line in docs/flow.md.
import type { Address } from './address.ts';
import { type Check, isNullSender, type Seconds } from './check.ts';
import { decideByPolicy } from './decide-by-policy.ts';
import type { DewhiteFlag } from './dewhite.ts';
import { isKnown, judgeAttempt, REFRESH_AFTER, type TupleEntry } from './greylist.ts';
import type { ManualEntry } from './manual-entry.ts';
import type { Pass } from './pass.ts';
import type { Policy } from './rules.ts';
import { describeReasons, isHidden, type Standing } from './standing.ts';
import type { Tuple, TupleParts } from './tuple.ts';
import type { Verdict } from './verdict.ts';
import { type WaitingClient, type WindowRules, windowOf } from './window.ts';

/** What the administrator set, as the decision needs it. */
export interface Rules extends WindowRules {
  readonly greylisting: boolean;
  readonly isTrusted: (client: Address) => boolean;
  readonly policy: Policy;
  readonly parts: TupleParts;
  readonly validLifetime: Seconds;
  readonly passLifetime: Seconds;
  /** Whether anything depends on a sender's domain fitting the client's name; working that out takes some time. */
  readonly fitMatters: boolean;
  readonly dewhite: ReadonlySet<DewhiteFlag>;
  /** Pending entries that one client may have before further first attempts are no longer recorded; 0: no limit. */
  readonly pendingLimit: { readonly normal: number; readonly nullSender: number };
}

/** What is known of the client before its mail is looked at. */
export interface ClientView extends WaitingClient {
  /** What was entered by hand about it. */
  readonly manual: ManualEntry | undefined;
}

/** What the store knows about a check. */
export interface Recalled {
  readonly entry: TupleEntry | undefined;
  /**
   * The tuple under which the entry stands; without an entry, that under which a first attempt is recorded. Of a client whose
   * blacklisting does not show yet: its own tuple, under which its attempts are kept, whichever tuple the entry is of.
   */
  readonly tuple: Tuple;
  /** The tuple under which the entry stands, where that is another one. */
  readonly entryOf?: Tuple;
  readonly pass: Pass | undefined;
  /** Pending entries of this client. */
  readonly pendingOfClient: number;
}

/** What the store has to do to the check's tuple. */
export type Change =
  | 'none'
  /** Remember the first attempt; an entry that lives on is left as it is. */
  | 'record'
  /** Replace what is there by a first attempt now. */
  | 'restart'
  /** Pending becomes valid now. */
  | 'validate'
  /** Valid: used now, if its refresh is due. */
  | 'refresh'
  /** Valid now, whatever it was: what is valid already is refreshed if that is due. */
  | 'admit'
  /** Remove it. */
  | 'forget';

export interface Decision {
  readonly verdict: Verdict;
  readonly change: Change;
  /** The pass that let it through is due to be refreshed. */
  readonly refreshPass?: true;
}

/** What the static rules say: a verdict, or whether a good standing excuses from greylisting. */
export type Ruling = { readonly verdict: Verdict } | { readonly verdict: undefined; readonly excusable: boolean };

/** Steps 1 to 3: what needs neither memory nor standing. */
export function decideByRule(check: Check, rules: Rules): Ruling {
  if (!rules.greylisting) return { verdict: { kind: 'white', reason: 'off' } };
  if (rules.isTrusted(check.client)) return { verdict: { kind: 'white', reason: 'trusted' } };
  const { verdict, trace } = decideByPolicy(rules.policy, check);
  const last = trace.at(-1);
  if (verdict === 'no')
    return { verdict: { kind: 'white', reason: 'policy', because: `policy line ${last?.line}: ${last?.key}` } };
  return { verdict: undefined, excusable: verdict === undefined };
}

/** What was entered by hand, and step 5: the verdict on all mail of the client. */
function decideByClient({ manual, standing }: ClientView, now: Seconds): Verdict | undefined {
  if (manual !== undefined) {
    const because = `${manual.reason} (${manual.author})`;
    // A client may be blacklisted for its standing, too; whitelisted is always by hand.
    return manual.kind === 'white'
      ? { kind: 'white', reason: 'whitelisted', because }
      : { kind: 'black', reason: 'blacklisted', because: `by hand: ${because}` };
  }
  if (standing?.class !== 'black' || isHidden(standing, now)) return undefined;
  return { kind: 'black', reason: 'blacklisted', because: describeReasons(standing) };
}

/** Step 4: the client is answered and remembered like any greylisted sender, but never passes. */
function disguised({ check, client, rules }: Case, standing: Standing, { verdict, change }: Decision): Decision {
  const because = describeReasons(standing);
  return verdict.kind === 'grey'
    ? { verdict: { ...verdict, reason: 'blacklisted', told: verdict.reason, because }, change }
    : {
        verdict: {
          kind: 'grey',
          reason: 'blacklisted',
          told: 'first',
          wait: windowOf(check, client, rules).delay,
          because,
        },
        change: 'restart',
      };
}

export interface Case {
  readonly check: Check;
  readonly client: ClientView;
  readonly recalled: Recalled;
  readonly rules: Rules;
  /** Whether a good standing excuses from greylisting (decideByRule). */
  readonly excusable: boolean;
}

/** Steps 4 to 12: the verdict on a check that no rule settled. */
export function decide(asked: Case, now: Seconds): Decision {
  const { client, recalled, rules, excusable } = asked;
  const verdict = decideByClient(client, now);
  if (verdict !== undefined) return { verdict, change: 'none' };
  if (client.standing !== undefined && isHidden(client.standing, now))
    return disguised(asked, client.standing, decideByTuple(asked, now));
  const passed = decideByPass(recalled.pass, rules.passLifetime, now);
  if (passed !== undefined) return { ...passed, change: useOf(recalled.entry, rules, now) };
  if (excusable && client.standing?.class === 'white') {
    const because = describeReasons(client.standing);
    return { verdict: { kind: 'white', reason: 'standing', because }, change: useOf(recalled.entry, rules, now) };
  }
  return decideByTuple(asked, now);
}

/** Step 6, and whether the pass is due to be refreshed. */
export function decideByPass(pass: Pass | undefined, lifetime: Seconds, now: Seconds): Decision | undefined {
  if (pass === undefined || pass.lastSeen + lifetime < now) return undefined;
  const verdict = { kind: 'white', reason: 'pass', because: `${pass.client} ${pass.domain}` } as const;
  return pass.lastSeen + REFRESH_AFTER < now
    ? { verdict, change: 'none', refreshPass: true }
    : { verdict, change: 'none' };
}

/**
 * Whether mail that passes, for whatever reason, refreshes its tuple. The lifetime of a valid tuple counts from its
 * last mail: it must not be over when a pass or a good standing ends.
 */
function useOf(entry: TupleEntry | undefined, { validLifetime }: Rules, now: Seconds): 'refresh' | 'none' {
  const isDue = entry !== undefined && isKnown(entry, validLifetime, now) && entry.lastSeen + REFRESH_AFTER < now;
  return isDue ? 'refresh' : 'none';
}

function decideByTuple({ check, client, recalled, rules }: Case, now: Seconds): Decision {
  const { entry } = recalled;
  if (entry !== undefined && isKnown(entry, rules.validLifetime, now))
    return { verdict: KNOWN, change: useOf(entry, rules, now) };
  const bounce = isNullSender(check.sender);
  const window = windowOf(check, client, rules);
  const attempt = judgeAttempt(entry, window, now);
  switch (attempt.kind) {
    case 'retried':
      // A bounce passes once: whoever forges bounces would else have a free pass for the whole lifetime.
      return {
        verdict: { kind: 'white', reason: 'retried', waited: attempt.waited },
        change: bounce ? 'forget' : 'validate',
      };
    case 'early':
      return { verdict: { kind: 'grey', reason: 'early', wait: attempt.wait }, change: 'none' };
    case 'expired':
      return { verdict: { kind: 'grey', reason: 'first', wait: window.delay }, change: 'restart' };
    case 'first':
      return first(recalled, window.delay, bounce ? rules.pendingLimit.nullSender : rules.pendingLimit.normal);
  }
}

const KNOWN: Verdict = { kind: 'white', reason: 'known' };

function first(recalled: Recalled, wait: Seconds, limit: number): Decision {
  if (limit > 0 && recalled.pendingOfClient >= limit)
    return { verdict: { kind: 'grey', reason: 'limit', wait }, change: 'none' };
  // A valid entry past its lifetime is still there until maintenance comes by: it starts again.
  const change = recalled.entry === undefined ? 'record' : 'restart';
  return { verdict: { kind: 'grey', reason: 'first', wait }, change };
}
