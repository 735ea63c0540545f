// What DNS and the reports say about a client: the input of its standing. What could not be learnt is undefined.
import type { Seconds } from './check.ts';

/** Counts of reports of one client (bad events) within the search duration. */
export interface BadCounts {
  /** Distinct (sender, recipient) pairs. */
  readonly manual: number;
  readonly hardTrap: number;
  readonly softTrap: number;
  readonly unknown: number;
  readonly spam: number;
  readonly relay: number;
  /** Separate events, at most one a minute, since they carry no sender and recipient. */
  readonly disconnect: number;
  readonly noMail: number;
  readonly noWait: number;
  readonly connectionLost: number;
  /** Of the newest bad report; a blacklisting counts from it. */
  readonly newest: Seconds | undefined;
}

/** Counts of accepted mails of an identity within the search duration. */
export interface GoodCounts {
  readonly olderThanDay: number;
  readonly olderThanWeek: number;
  /** When the first of them were, in order; no more than points.ts looks at. */
  readonly first: readonly Seconds[];
}

/** A list that has the client, with what the configuration makes of it. */
export interface Listing {
  readonly title: string;
  readonly points: number;
  /** Lists that err now and then are not believed against good history. */
  readonly mayBeWrong: boolean;
}

/** All facts about a client. */
export interface Facts {
  /** The verified reverse domain (registrable part), or undefined if there is none. */
  readonly domain: string | undefined;
  /** The reverse names that lead back to the address, in order; those that are kept. */
  readonly names: readonly string[];
  /** Whether the address looks like an access line's: no name, or a name made of its digits. */
  readonly dynamic: boolean;
  readonly listings: readonly Listing[];
  /** 0 none, 1 low, 2 medium, 3 high. */
  readonly dnswl: 0 | 1 | 2 | 3;
  readonly bad: BadCounts;
  readonly good: GoodCounts;
  /** Some lookup failed: what is here is not the whole truth. */
  readonly incomplete: boolean;
  /** The lookup of the name itself failed: nothing is held against the name. */
  readonly nameUnknown: boolean;
}

export const NO_BAD: BadCounts = {
  manual: 0,
  hardTrap: 0,
  softTrap: 0,
  unknown: 0,
  spam: 0,
  relay: 0,
  disconnect: 0,
  noMail: 0,
  noWait: 0,
  connectionLost: 0,
  newest: undefined,
};

export const NO_GOOD: GoodCounts = { olderThanDay: 0, olderThanWeek: 0, first: [] };

/** The facts of a client with a name, of which nothing is known that speaks for or against it. */
export const PLAIN: Facts = {
  domain: 'example.com',
  names: [],
  dynamic: false,
  nameUnknown: false,
  listings: [],
  dnswl: 0,
  bad: NO_BAD,
  good: NO_GOOD,
  incomplete: false,
};
