// What we answer, and why. Every way a check can end is one of these.
import type { Seconds } from './check.ts';

export type WhiteReason =
  | 'off'
  | 'trusted'
  | 'whitelisted'
  | 'policy'
  | 'pass'
  | 'standing'
  | 'known'
  | 'retried'
  | 'server'
  | 'failed';
export type GreyReason = 'first' | 'early' | 'limit' | 'blacklisted' | 'failed';

/** The client may deliver now. `waited`: since its first attempt, where that is known. */
export interface White {
  readonly kind: 'white';
  readonly reason: WhiteReason;
  readonly waited?: Seconds;
  /**
   * What the reason rests on: a standing's reasons, a line of the policy file, who made an entry, what failed. For the
   * log, never the sender.
   */
  readonly because?: string;
}

/** The client may deliver later; `wait` seconds are left. */
export interface Grey {
  readonly kind: 'grey';
  readonly reason: GreyReason;
  readonly wait: Seconds;
  /** The reason that the sender is told, where the real one must not show. */
  readonly told?: GreyReason;
  readonly because?: string;
}

/** The client may not deliver. */
export interface Black {
  readonly kind: 'black';
  readonly reason: 'blacklisted' | 'server';
  readonly because?: string;
}

export type Verdict = White | Grey | Black;
export type Reason = Verdict['reason'];

/** Each reason in words that a mail administrator understands; printed by the command line and in the documentation. */
export const REASONS: { readonly [R in Reason]: string } = {
  off: 'greylisting is switched off',
  trusted: 'the client is trusted',
  whitelisted: 'the client is whitelisted by hand',
  policy: 'the policy file exempts it',
  pass: 'mail of this domain from this client has proved itself',
  standing: 'the client has a good standing',
  known: 'this client, sender and recipient passed before',
  retried: 'the sender waited and tried again',
  server: 'the central server decided',
  failed: 'something ddgrey needs did not work; on_failure decided',
  first: 'first attempt of this client, sender and recipient',
  early: 'tried again before the delay was over',
  limit: 'too many attempts of this client are pending already',
  blacklisted: 'the client is blacklisted',
};
