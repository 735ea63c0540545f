// The port of the memory: what the rest of the house may ask of a store. It speaks the domain, in one round trip a check.
// Every promise made here is tested in store-contract.ts (and store-contract-*.ts) against each backend.
import type { MaybePromise } from '../lib/maybe-promise.ts';
import type { Address } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import type { Change, Recalled } from '../policy/decide.ts';
import type { ManualEntry } from '../policy/manual-entry.ts';
import type { BadCounts, GoodCounts } from '../policy/facts.ts';
import type { StoredTuple, TupleCounts } from '../policy/greylist.ts';
import type { Pass, PassKey } from '../policy/pass.ts';
import type { NumberedReport, StoredReport } from '../policy/report.ts';
import type { Standing, StandingKind } from '../policy/standing.ts';
import type { Tuple } from '../policy/tuple.ts';

export type ReportOrder = 'newest first' | 'oldest first';

/** What a check asks the memory. */
export interface Recall {
  /** The tuples under which the check is looked for, in this order: that of the verified domain, then that of the network. */
  readonly tuples: readonly Tuple[];
  readonly client: Address;
  /** The passes that would cover the check, in this order: for the sender's domain, then for its parents. */
  readonly passes: readonly PassKey[];
  /** A pass that was last used before this time is past its lifetime. */
  readonly passesSince: Seconds;
}

/** What a check leaves in the memory. */
export interface Remembrance {
  readonly tuple: Tuple;
  readonly client: Address;
  readonly change: Change;
  /** Bounces have a retry window of their own. */
  readonly nullSender: boolean;
  /** Whether the entry has a shorter lifetime (GREY_DEWHITE_FLAGS). */
  readonly shortLived: boolean;
  /** The sender and the client's name as they were at the first attempt, for listings and for maintenance. */
  readonly senderText: string;
  readonly clientName: string | undefined;
}

/** Listings: by client (address, network or domain), by address or domain of sender or recipient, or all. */
export interface TupleQuery {
  readonly text: string | undefined;
  readonly limit: number;
}

/** Listings of standings. */
export interface StandingQuery {
  /** An address, network or domain; undefined: all. */
  readonly text: string | undefined;
  readonly kinds: readonly StandingKind[];
  /** Only standings that expire later than this; undefined: all. */
  readonly now: Seconds;
}

/** How long entries live, in seconds since their `lastSeen`. */
export interface Lifetimes {
  readonly pending: Seconds;
  readonly pendingShort: Seconds;
  readonly pendingNullSender: Seconds;
  readonly valid: Seconds;
  readonly validShort: Seconds;
  readonly pass: Seconds;
  /** Reports, by their `time`. */
  readonly report: Seconds;
  /** Plain standings (policy/standing.ts), after they expired. */
  readonly plainStanding: Seconds;
  /** First attempts that are kept as reports for peers. */
  readonly checkReport: Seconds;
}

/** Valid tuples of one owner, client, client name and sender domain, taken together. */
export interface PassCandidate {
  /** Who would own the pass (passOwner). */
  readonly owner: string;
  /** Canonical text of the first client's address. */
  readonly client: string;
  readonly clientName: string | undefined;
  /** The domain of the recorded sender, lower case. */
  readonly senderDomain: string;
  readonly uses: number;
}

/** Which reports count for a standing. */
export interface ReportQuery {
  /** Canonical text of the address: bad reports count for it. */
  readonly ip: string;
  /** Whom the address belongs to: good reports count for it. */
  readonly identity: string;
  /** Reports of [since, until] count; times in seconds since 1970. */
  readonly since: Seconds;
  readonly until: Seconds;
  /** The age of good reports is counted back from here. */
  readonly now: Seconds;
}

export type Stored = 'stored' | 'duplicate' | 'capped';

/** What happened to an entry made by hand, and when. */
export type EntryNews = Pick<StoredReport, 'event' | 'time'>;

export interface Store extends AsyncDisposable {
  // --- tuples and passes: the way of a check ---

  /**
   * What is known about a check: the first of its tuples that is there; the first pass within its lifetime, else the
   * first that is there; and how many pending entries its client has, counted when somebody asks for that.
   */
  recall(recall: Recall): MaybePromise<Recalled>;

  /**
   * Makes the change. Returns, or resolves, when the change survives the process being killed, and with it all that was
   * recalled to decide it: an answer may leave only then. A change that no longer applies (to validate a tuple that is
   * gone) does nothing.
   */
  remember(remembrance: Remembrance, now: Seconds): MaybePromise<void>;

  /** Notes a use of a pass if that is due, once for checks that came at once; not if it is gone. Promises as `remember`. */
  refreshPass(key: PassKey, now: Seconds): Promise<void>;

  /** Creates the pass, or replaces it. */
  addPass(pass: Pass): Promise<void>;

  /** Removes passes and tuples; returns how many were there. */
  forget(what: { readonly tuples?: readonly Tuple[]; readonly passes?: readonly PassKey[] }): Promise<number>;

  // --- maintenance ---

  /**
   * Removes at most `most` things with `lastSeen + lifetime < now`, in the order of `Lifetimes`, of each sort the oldest
   * first; returns how many it removed. Reports count from their `time`; those of entries made by hand stay at least until
   * the entry ends that they tell of (policy/shared-entry.ts). Plain standings go
   * that long after they expired, others when a report would, since a blacklisting may go on; entries made by hand when
   * they expire.
   */
  expire(lifetimes: Lifetimes, now: Seconds, most: number): Promise<number>;

  /**
   * Valid tuples with `firstSeen <= before`, by owner, client, client name and sender domain, in chunks. Only those
   * whose owner and sender domain have no pass yet and at least so many uses in all; those of one owner and sender domain
   * come one after the other. A tuple that is used meanwhile may be left out. Never holds up a check. Chunks may be empty, as
   * in all listings: whoever reads is told that it goes on.
   */
  passCandidates(before: Seconds, uses: number): AsyncIterable<readonly PassCandidate[]>;

  /**
   * The valid tuples of these clients (canonical addresses; of IPv6 the /64 counts, as in clientKey), in chunks. Never
   * holds up a check either; what is listed may be forgotten meanwhile.
   */
  validTuplesOf(clients: readonly string[]): AsyncIterable<readonly StoredTuple[]>;

  // --- listings; they never hold up a check, however much there is to read ---

  /** The stored tuples that match, newest first. */
  tuples(query: TupleQuery): Promise<readonly StoredTuple[]>;

  /**
   * All tuples of a state with `lastSeen > after`, in chunks, for exports. One that is used meanwhile is not left out, but
   * may come twice, before and after: they are read in the order of their last use, and it moves to the end.
   */
  exportTuples(state: 'pending' | 'valid', after: Seconds): AsyncIterable<readonly StoredTuple[]>;
  /** Passes likewise. */
  exportPasses(after: Seconds): AsyncIterable<readonly Pass[]>;

  /**
   * Takes tuples and passes over as they are; of a tuple that is there already takenOver() says what becomes, of two
   * passes the newer one stays. Returns how many were taken. All of a call are one transaction: a few hundred at a time
   * hold up no check.
   */
  importTuples(tuples: readonly StoredTuple[]): Promise<number>;
  importPasses(passes: readonly Pass[]): Promise<number>;

  /** How many tuples there are of each state. */
  count(): Promise<TupleCounts>;

  // --- entries made by hand ---

  /** All of them, by subject, also those past their time until they are removed. */
  entries(): Promise<readonly ManualEntry[]>;
  /** Creates or replaces the entry of a subject. */
  putEntry(entry: ManualEntry): Promise<void>;
  /** Whether there was one. */
  removeEntry(subject: string): Promise<boolean>;

  // --- reports and standings ---

  /**
   * Keeps a report. One with the same origin, originId, time, ip and event (a server that has lost its database may
   * give an id again), or else with the same origin, ip, event, time, reporter, mtaId, sender and recipient, is a
   * duplicate; `ok` reports of one domain (else ip) beyond the cap of a UTC day are not kept. originId 0 asks for an id
   * that no report of this origin has or ever had here, which `report` then has in listings.
   */
  addReport(report: StoredReport): Promise<Stored>;

  /**
   * `ok` reports of an address that were kept without a domain count for that identity from now on, and have it as their
   * domain; at most `most`, the oldest first. Returns how many there were.
   */
  assignGood(ip: string, identity: string, most: number): Promise<number>;

  /** What the reports say. Counts stop at the limits of policy/points.ts; the cost does not grow with the reports. */
  countReports(query: ReportQuery): Promise<{ readonly bad: BadCounts; readonly good: GoodCounts }>;

  /** What it says of when the first accepted mails were, alone: much less work. */
  firstGood(query: Omit<ReportQuery, 'ip'>): Promise<GoodCounts['first']>;

  /**
   * The newest of the reports that count for a standing, bad and good ones, at most `most` of each; the newest first. Never
   * holds up a check.
   */
  countedReports(query: ReportQuery, most: number): Promise<readonly StoredReport[]>;

  /** Reports in the order in which they were stored, with their local ids, after `id`, at most `limit`. */
  reportsAfter(id: number, limit: number): Promise<readonly NumberedReport[]>;

  /** The local id before the first report with that `stored` or a later one; that of the last report if there is none. */
  reportIdBefore(stored: Seconds): Promise<number>;

  /**
   * Reports of an address, network or domain, or all, in chunks, in the order of `time`; the newest first unless the order
   * says otherwise. Never holds up a check.
   */
  reports(text: string | undefined, order?: ReportOrder): AsyncIterable<readonly StoredReport[]>;

  /**
   * Of the reports of entries made by hand with this ip and mtaId, and with that `time` or a later one, the newest; of
   * one second a removal.
   */
  newestEntryReport(ip: string, mtaId: string, since: Seconds): Promise<EntryNews | undefined>;

  /** Whether there is an `ok` report of this address with this id of the MTA, or one of `spam`: mail that was marked. */
  wasAccepted(ip: string, mtaId: string): Promise<boolean>;

  /** The addresses with bad reports whose local id is greater, each once. */
  badClientsAfter(id: number): Promise<readonly string[]>;

  /** The standing of an address as it was saved last. */
  standing(ip: string): Promise<Standing | undefined>;
  /** Takes the place of the one that its address had; resolves when it is kept. */
  saveStanding(standing: Standing): Promise<void>;
  /** Removes those of an address, network or domain, also past their time; returns how many there were. */
  removeStandings(text: string): Promise<number>;
  /** Standings that have not expired, by identity and address, in chunks. Never holds up a check. */
  standings(query: StandingQuery): AsyncIterable<readonly Standing[]>;

  // --- places in files that are followed, and the like ---

  /** What was saved under the name last. */
  place(name: string): Promise<string | undefined>;
  /** Resolves when it is kept. */
  savePlace(name: string, value: string): Promise<void>;
}
