// The decision: the only place that makes a verdict. Pure; every step has its line in docs/flow.md.
import { type Address, type Network, networkContains } from './address.ts';
import { type Check, isNullSender, type Seconds } from './check.ts';
import { judgeAttempt, REFRESH_AFTER, type TupleEntry, type Window } from './greylist.ts';
import type { TupleParts } from './tuple.ts';
import type { Verdict } from './verdict.ts';

/** What the administrator set, as the decision needs it. */
export interface Rules {
  readonly greylisting: boolean;
  readonly trusted: readonly Network[];
  readonly parts: TupleParts;
  readonly normal: Window;
  readonly nullSender: Window;
  readonly validLifetime: Seconds;
  /** Pending entries that one client may have before further first attempts are no longer recorded; 0: no limit. */
  readonly pendingLimit: { readonly normal: number; readonly nullSender: number };
}

/** What the store knows about a check. */
export interface Recalled {
  readonly entry: TupleEntry | undefined;
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
  /** Valid: used now. */
  | 'refresh'
  /** Remove it. */
  | 'forget';

export interface Decision {
  readonly verdict: Verdict;
  readonly change: Change;
}

/** A verdict that needs no memory, or undefined. */
export function decideByRule(client: Address, rules: Rules): Verdict | undefined {
  if (!rules.greylisting) return { kind: 'white', reason: 'off' };
  if (rules.trusted.some((network) => networkContains(network, client))) return { kind: 'white', reason: 'trusted' };
  return undefined;
}

/** The verdict on a check that no rule settled, by what is remembered. */
export function decide(check: Check, recalled: Recalled, rules: Rules, now: Seconds): Decision {
  const bounce = isNullSender(check.sender);
  const window = bounce ? rules.nullSender : rules.normal;
  const attempt = judgeAttempt(recalled.entry, window, rules.validLifetime, now);
  switch (attempt.kind) {
    case 'known': {
      const stale = recalled.entry !== undefined && recalled.entry.lastSeen + REFRESH_AFTER < now;
      return { verdict: { kind: 'white', reason: 'known' }, change: stale ? 'refresh' : 'none' };
    }
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
      return first(recalled, window, bounce ? rules.pendingLimit.nullSender : rules.pendingLimit.normal);
  }
}

function first(recalled: Recalled, window: Window, limit: number): Decision {
  const wait = window.delay;
  if (limit > 0 && recalled.pendingOfClient >= limit)
    return { verdict: { kind: 'grey', reason: 'limit', wait }, change: 'none' };
  // A valid entry past its lifetime is still there until maintenance comes by: it starts again.
  const change = recalled.entry === undefined ? 'record' : 'restart';
  return { verdict: { kind: 'grey', reason: 'first', wait }, change };
}
