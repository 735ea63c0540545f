// Answers one check: ask the memory, decide, remember, tell. Every way through it ends in conclude().
import { type Clock, seconds } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import type { Log } from '../lib/log.ts';
import { type Check, isNullSender, type Seconds } from '../policy/check.ts';
import { decide, decideByRule, type Rules } from '../policy/decide.ts';
import { tupleOf } from '../policy/tuple.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Store } from '../store/store.ts';

/** What may change while the daemon runs. */
export interface CheckSettings {
  readonly rules: Rules;
  /** The longest that a check may take. */
  readonly deadline: Seconds;
  /** The answer when something fails or the deadline passes. */
  readonly onFailure: 'white' | 'grey';
}

export interface CheckParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  /** The settings in force now. */
  readonly settings: () => CheckSettings;
}

/** Answers a check. Never rejects and never waits longer than the deadline: when something fails, the verdict says so. */
export type AnswerCheck = (check: Check) => Promise<Verdict>;

/** The function that answers checks. */
export function createAnswerCheck(parts: CheckParts): AnswerCheck {
  return (check) => {
    const { rules, deadline, onFailure } = parts.settings();
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    let answered = false;
    const end = (verdict: Verdict, cause?: string): void => {
      // What comes after the deadline was answered already.
      if (answered) return;
      answered = true;
      clearTimeout(timer);
      resolve(conclude(parts, check, verdict, cause));
    };
    const fail = (cause: string): void => end(failure(onFailure, rules), cause);
    const timer = setTimeout(fail, deadline * 1000, 'deadline passed');
    judge(parts, check, rules).then(end, (error: unknown) => fail(String(error)));
    return promise;
  };
}

async function judge(parts: CheckParts, check: Check, rules: Rules): Promise<Verdict> {
  const ruled = decideByRule(check.client, rules);
  if (ruled !== undefined) return ruled;
  const tuple = tupleOf(check, rules.parts);
  const recalled = await parts.store.recall({ tuple, client: check.client });
  const now = seconds(parts.clock);
  const { verdict, change } = decide(check, recalled, rules, now);
  const nullSender = isNullSender(check.sender);
  const { client, clientName, sender } = check;
  await parts.store.remember({ tuple, client, change, nullSender, senderText: sender.text, clientName }, now);
  return verdict;
}

function failure(onFailure: 'white' | 'grey', rules: Rules): Verdict {
  return onFailure === 'white'
    ? { kind: 'white', reason: 'failed' }
    : { kind: 'grey', reason: 'failed', wait: rules.normal.delay };
}

/** The one line that every check leaves in the log, and its counters. */
function conclude(parts: CheckParts, check: Check, verdict: Verdict, cause?: string): Verdict {
  parts.counters.add(VERDICT_COUNTERS[verdict.kind]);
  parts.counters.add(`reason ${verdict.reason}`);
  parts.log.event(0, 'check', {
    verdict: verdict.kind,
    reason: verdict.reason,
    id: check.id,
    ip: check.client.text,
    from: `<${check.sender.text}>`,
    to: `<${check.recipient.text}>`,
    name: check.clientName,
    helo: check.helo,
    queue: check.queueId,
    via: check.via,
    wait: verdict.kind === 'grey' ? verdict.wait : undefined,
    waited: verdict.kind === 'white' ? verdict.waited : undefined,
    cause,
  });
  return verdict;
}

const VERDICT_COUNTERS = { white: 'verdict white', grey: 'verdict grey', black: 'verdict black' } as const;
