// How long a retry has to wait, and how long it is waited for.
import { type Check, isNullSender, type Seconds } from './check.ts';
import type { Window } from './greylist.ts';
import type { Standing, StandingClass } from './standing.ts';

/** The delays of the standings that greylist. */
export type Delays = { readonly [C in Exclude<StandingClass, 'white' | 'black'>]: Seconds };

export interface WindowRules {
  readonly delays: Delays;
  /** How long a retry counts. */
  readonly retry: Seconds;
  /** The least delay of bounces, and their own retry window. */
  readonly nullSender: Window;
  /** Whether a sender whose domain does not fit the client's name waits longer. */
  readonly misfitsWait: boolean;
}

/** What is known of a client that may have to wait. */
export interface WaitingClient {
  /** Undefined while reputation is switched off. */
  readonly standing: Standing | undefined;
  /** Whether its name does not fit the sender's domain. */
  readonly misfit: boolean;
}

/** A sender that does not fit its client waits twice as long, and at least 15 minutes (ze-filter's figures). */
export function misfitDelay(standard: Seconds): Seconds {
  return Math.max(2 * standard, 15 * 60);
}

/**
 * The window of a check. Without a standing the delay is grey_default. A bounce waits as its client's standing says, up to half
 * of the retry window of bounces, which is the shorter one, so that it can pass; but no less than the least delay of bounces.
 */
export function windowOf(check: Check, client: WaitingClient, rules: WindowRules): Window {
  const standard = delayOf(client.standing, rules.delays);
  if (isNullSender(check.sender)) {
    const { delay, retry } = rules.nullSender;
    return { delay: Math.max(delay, Math.min(standard, Math.floor(retry / 2))), retry };
  }
  const delay = rules.misfitsWait && client.misfit ? misfitDelay(standard) : standard;
  return { delay, retry: rules.retry };
}

function delayOf(standing: Standing | undefined, delays: Delays): Seconds {
  if (standing === undefined || standing.class === 'white') return delays.grey_default;
  return standing.class === 'black' ? delays.grey_max : delays[standing.class];
}
