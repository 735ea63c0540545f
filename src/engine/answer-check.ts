// Answers one check: what do the rules say, who is the client, what is remembered; decide, remember, tell. Every way
// through it ends in conclude().
import { type Clock, seconds } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import type { Log } from '../lib/log.ts';
import { chain, type MaybePromise } from '../lib/maybe-promise.ts';
import { type Check, isNullSender, type Seconds } from '../policy/check.ts';
import { type Decision, decide, decideByRule, type Rules } from '../policy/decide.ts';
import type { Pass } from '../policy/pass.ts';
import { type Reason, REASONS, type Verdict } from '../policy/verdict.ts';
import type { Store } from '../store/store.ts';
import type { CentralServer } from './central-server.ts';
import { type CheckedTuple, recall, remember } from './check-memory.ts';
import { type ClientParts, knowClient } from './know-client.ts';

/** What may change while the daemon runs. */
export interface CheckSettings {
  readonly rules: Rules;
  /** The longest that a check may take. */
  readonly deadline: Seconds;
  /** The answer when something fails or the deadline passes. */
  readonly onFailure: 'white' | 'grey';
}

export interface CheckParts extends ClientParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  /** The settings in force now. */
  readonly settings: () => CheckSettings;
  /** Of client mode; undefined: this server decides alone. */
  readonly server: CentralServer | undefined;
  /** Told of every answer once it is made: what follows from a check must not show in its answer. */
  readonly onAnswer: (check: Check, verdict: Verdict) => void;
}

/**
 * Answers a check, at once if nothing has to be waited for. Never throws or rejects, and never waits longer than the deadline:
 * when something fails, the verdict says so.
 */
export type AnswerCheck = (check: Check) => MaybePromise<Verdict>;

/** The function that answers checks. */
export function createAnswerCheck(parts: CheckParts): AnswerCheck {
  return (check) => {
    const { rules, deadline, onFailure } = parts.settings();
    let own: Verdict | undefined;
    const onOwn = (verdict: Verdict): void => {
      own = verdict;
    };
    const judged = judgeSafely(parts, check, rules, onOwn);
    if (!(judged instanceof Promise)) return conclude(parts, check, judged);
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    let answered = false;
    const end = (verdict: Verdict, cause?: string): void => {
      // After the deadline the check has its answer already.
      if (answered) return;
      answered = true;
      clearTimeout(timer);
      resolve(conclude(parts, check, verdict, cause));
    };
    const fail = (cause: string): void => end(own ?? { ...failure(onFailure, rules), because: cause }, cause);
    const timer = setTimeout(fail, deadline * 1000, 'deadline passed');
    judged.then(end, (error: unknown) => fail(String(error)));
    return promise;
  };
}

/** As judge; never throws. */
function judgeSafely(...asked: Parameters<typeof judge>): MaybePromise<Verdict> {
  try {
    return judge(...asked);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** `onOwn` is told of our own verdict before a central server is asked: it stands when that fails. */
function judge(
  parts: CheckParts,
  check: Check,
  rules: Rules,
  onOwn: (verdict: Verdict) => void,
): MaybePromise<Verdict> {
  const ruling = decideByRule(check, rules);
  if (ruling.verdict !== undefined) return ruling.verdict;
  const { excusable } = ruling;
  return chain(knowClient(parts, check, rules), (client) =>
    chain(recall(parts, check, client, rules), (recalled) => {
      const now = seconds(parts.clock);
      const decision = decide({ check, client, recalled, rules, excusable }, now);
      const checked = { check, client, tuple: recalled.tuple };
      return chain(keep(parts.store, { checked, decision, pass: recalled.pass }, now), () => {
        if (parts.server === undefined) return decision.verdict;
        onOwn(decision.verdict);
        return consult(parts, parts.server, checked, decision);
      });
    }),
  );
}

interface Decided {
  readonly checked: CheckedTuple;
  readonly decision: Decision;
  readonly pass: Pass | undefined;
}

/** Makes the changes of a decision. */
function keep(store: Store, { checked, decision, pass }: Decided, now: Seconds): MaybePromise<void> {
  const kept = remember(store, checked, decision.change, now);
  return decision.refreshPass === true && pass !== undefined ? chain(kept, () => store.refreshPass(pass, now)) : kept;
}

/** Client mode: what is new here may be known to the server, and what has passed here it should know. */
function consult(
  parts: CheckParts,
  server: CentralServer,
  checked: CheckedTuple,
  { verdict, change }: Decision,
): MaybePromise<Verdict> {
  // The server is not asked about a blacklisting that must not show yet: it might let the check pass.
  if (verdict.reason === 'blacklisted') return verdict;
  if (change === 'validate' || change === 'refresh') server.tell(checked.check);
  return change === 'record' || change === 'restart' ? askServer(parts, server, checked, verdict) : verdict;
}

/** Our own verdict, unless the server has one. */
async function askServer(
  { store, clock }: CheckParts,
  server: CentralServer,
  checked: CheckedTuple,
  own: Verdict,
): Promise<Verdict> {
  const answer = await server.ask(checked.check);
  if (answer !== 'ok' && answer !== 'reject') return own;
  // What was rejected must not pass here by waiting: the next attempt asks again.
  const isKept = answer === 'ok' && !isNullSender(checked.check.sender);
  await remember(store, checked, isKept ? 'admit' : 'forget', seconds(clock));
  return { kind: answer === 'ok' ? 'white' : 'black', reason: 'server' };
}

function failure(onFailure: 'white' | 'grey', rules: Rules): Verdict {
  return onFailure === 'white'
    ? { kind: 'white', reason: 'failed' }
    : { kind: 'grey', reason: 'failed', wait: rules.delays.grey_default };
}

/** The one line that every check leaves in the log, its counters, and what follows from it (onAnswer). */
function conclude(parts: CheckParts, check: Check, verdict: Verdict, cause?: string): Verdict {
  parts.counters.add(VERDICT_COUNTERS[verdict.kind]);
  parts.counters.add(REASON_COUNTERS[verdict.reason]);
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
    // Of a failure, `cause` tells the same.
    because: verdict.reason === 'failed' ? undefined : verdict.because,
    cause,
  });
  parts.onAnswer(check, verdict);
  return verdict;
}

/** Made once: a new text a check would have to be hashed each time. */
const REASON_COUNTERS = Object.fromEntries(Object.keys(REASONS).map((reason) => [reason, `reason ${reason}`])) as {
  readonly [R in Reason]: string;
};
const VERDICT_COUNTERS = { white: 'verdict white', grey: 'verdict grey', black: 'verdict black' } as const;
