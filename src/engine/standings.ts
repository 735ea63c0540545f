// The standings of clients: remembered, computed when there is none, computed again when something could change it. Never
// twice at the same time for one client.
import { canSayDynamic } from '../dns/lists.ts';
import { type Clock, seconds } from '../lib/clock.ts';
import { inTime } from '../lib/in-time.ts';
import type { Log } from '../lib/log.ts';
import type { MaybePromise } from '../lib/maybe-promise.ts';
import { type Address, parseAddress } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { COUNT_LIMIT } from '../policy/points.ts';
import { type RememberedFacts, rememberedFacts, rememberedName } from '../policy/remembered-facts.ts';
import type { StoredReport } from '../policy/report.ts';
import { describeReasons, type Standing, standingFrom, type StandingTimes, withGood } from '../policy/standing.ts';
import type { ReportQuery, Store } from '../store/store.ts';
import { factsFrom, nameFacts } from './gather-facts.ts';
import { type Findings, type LookupParts, lookUpClient } from './look-up-client.ts';
import { StandingCache } from './standing-cache.ts';

export interface StandingSettings {
  readonly times: StandingTimes;
  /** How far back reports count. */
  readonly searchDuration: Seconds;
  /** How long a check waits for all lookups together. */
  readonly lookupDeadline: Seconds;
}

export interface StandingParts extends LookupParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** From [0, 1). */
  readonly random: () => number;
  readonly settings: () => StandingSettings;
}

/** What is found about a client, the standing that it has or would get, and the newest reports that count for that. */
export interface StandingPreview {
  readonly standing: Standing;
  readonly findings: Findings;
  readonly reports: readonly StoredReport[];
}

const DAY: Seconds = 86_400;
/** Good reports that are assigned in one turn: about a millisecond of work. */
const STEP = 50;
/** And before a standing is computed; what is left is for the next time. */
const MOST_ASSIGNED = 1000;

export class Standings {
  readonly #parts: StandingParts;
  readonly #cache = new StandingCache();
  readonly #computing = new Map<string, Promise<Standing>>();
  #closed = false;

  constructor(parts: StandingParts) {
    this.#parts = parts;
  }

  /** The standing of a client, computed if there is none that lives. */
  of(client: Address): MaybePromise<Standing> {
    return this.#live(this.#cache.get(client.text)) ?? this.#getOrMake(client);
  }

  /** The standing as far as it is known already; nothing is computed. */
  async known(client: Address): Promise<Standing | undefined> {
    const cached = this.#cache.get(client.text);
    return cached === undefined ? this.#recall(client) : this.#live(cached);
  }

  /** What would be known of a client now; nothing is kept, but whose its good mail is. */
  async preview(client: Address): Promise<StandingPreview> {
    const { findings, done } = lookUpClient(this.#parts, client);
    await this.#inTime(done);
    const standing = (await this.known(client)) ?? (await this.#judge(client, findings));
    const counted = this.#countedFor(standing, seconds(this.#parts.clock));
    return { standing, findings, reports: await this.#parts.store.countedReports(counted, COUNT_LIMIT.goodForUnknown) };
  }

  /** Computes it again, now; one that is being computed is computed once more when that is done. */
  async renew(client: Address): Promise<Standing> {
    await this.#computing.get(client.text)?.catch(() => {});
    try {
      return await (this.#computing.get(client.text) ?? this.#start(client));
    } catch (error) {
      // What it was renewed for must not wait until it expires.
      this.#outdate(client);
      throw error;
    }
  }

  /** A new report was stored. What nobody asked about is computed when somebody does. */
  async reported({ ip, event, time, domain }: Pick<StoredReport, 'ip' | 'event' | 'time' | 'domain'>): Promise<void> {
    const client = parseAddress(ip);
    if (client === undefined || event === 'check') return;
    // Asked first: one that is being computed may have counted before the report was there, and is done soon.
    const computing = this.#computing.has(client.text);
    const standing = await this.known(client);
    if (event !== 'ok' && (computing || standing !== undefined)) await this.renew(client);
    else if (event === 'ok') await this.#awaitGoodOf(standing, domain, time);
  }

  /** Whom a client belongs to: its standing tells, else the DNS; undefined while that can't be known. */
  async identityOf(client: Address): Promise<string | undefined> {
    const standing = await this.known(client);
    if (standing !== undefined) return rememberedName(standing) && standing.identity;
    const lists = this.#parts.lists().filter(canSayDynamic);
    const { findings, done } = lookUpClient({ ...this.#parts, lists: () => lists }, client);
    await this.#inTime(done);
    const { domain, nameUnknown } = nameFacts(findings, client, this.#remembered(await this.#previous(client)));
    return nameUnknown ? undefined : (domain ?? client.text);
  }

  /** Forgets the standings of an address, network or domain; returns how many there were. */
  async remove(text: string): Promise<number> {
    this.#cache.clear();
    return this.#parts.store.removeStandings(text);
  }

  /** The standing is that of the client whose mail it was, if it has one; the others are those of its domain. */
  async #awaitGoodOf(standing: Standing | undefined, domain: string | undefined, time: Seconds): Promise<void> {
    const own = standing && (this.#live(this.#cache.get(standing.ip)) ?? standing);
    const others = domain === undefined ? [] : this.#liveMembers(domain).filter(({ ip }) => ip !== own?.ip);
    await Promise.all([...(own === undefined ? [] : [own]), ...others].map((one) => this.#awaitGood(one, time)));
  }

  #liveMembers(identity: string): readonly Standing[] {
    return [...this.#cache.membersOf(identity)].flatMap((ip) => this.#live(this.#cache.get(ip)) ?? []);
  }

  /** Good mail that came while nobody knew whom the client belongs to counts for its domain, once that is known. */
  async #assignGood(client: Address, findings: Findings): Promise<void> {
    const { store, clock } = this.#parts;
    const previous = await this.#previous(client);
    const { domain, nameUnknown } = nameFacts(findings, client, this.#remembered(previous));
    if (nameUnknown) return;
    const identity = domain ?? client.text;
    let assigned = 0;
    for (let step = STEP; step === STEP && assigned < MOST_ASSIGNED; assigned += step)
      step = await store.assignGood(client.text, identity, STEP);
    if (assigned === 0) return;
    // Some of it may count already; for its own address it does not count any more.
    const now = seconds(clock);
    const own = this.#live(previous);
    const known = own === undefined ? this.#liveMembers(identity) : [own, ...this.#liveMembers(identity)];
    await Promise.all(known.map((one) => this.#awaitGood(one, now - DAY)));
  }

  /** Whether that is done. A store that takes nothing now keeps no standing from being made: it lives for a short time. */
  async #assignIfPossible(client: Address, findings: Findings): Promise<boolean> {
    try {
      await this.#assignGood(client, findings);
      return true;
    } catch (error) {
      this.#failed(client, error);
      return false;
    }
  }

  /** Good mail counts from a day on: the standing ends then, unless it can't get better. */
  async #awaitGood(standing: Standing, time: Seconds): Promise<void> {
    const counts = Math.max(time + DAY, seconds(this.#parts.clock));
    if (standing.class !== 'white' && counts < standing.expires) await this.#save({ ...standing, expires: counts });
  }

  #outdate({ text }: Address): void {
    const standing = this.#cache.get(text);
    if (standing !== undefined) this.#cache.set({ ...standing, expires: seconds(this.#parts.clock) });
  }

  /** From now on late answers complete nothing; the store is about to close. */
  [Symbol.dispose](): void {
    this.#closed = true;
  }

  #live(standing: Standing | undefined): Standing | undefined {
    return standing !== undefined && standing.expires > seconds(this.#parts.clock) ? standing : undefined;
  }

  async #recallOrCompute(client: Address): Promise<Standing> {
    // What is in memory is never older than what was saved.
    const isNew = this.#cache.get(client.text) === undefined;
    const saved = isNew ? await this.#recall(client) : undefined;
    if (saved !== undefined) this.#cache.set(saved);
    return saved ?? this.#computing.get(client.text) ?? this.#start(client);
  }

  async #getOrMake(client: Address): Promise<Standing> {
    try {
      return await (this.#computing.get(client.text) ?? this.#recallOrCompute(client));
    } catch (error) {
      return this.#unkept(client, error);
    }
  }

  /** One that was made, though the store did not take it, is good for a check: a database that is locked lets nobody pass. */
  #unkept(client: Address, error: unknown): Standing {
    const made = this.#live(this.#cache.get(client.text));
    if (made === undefined) throw error;
    this.#failed(client, error);
    return made;
  }

  /** What was saved, if it lives. Of good mail of its domain it was told only while it was in memory. */
  async #recall(client: Address): Promise<Standing | undefined> {
    const { store, clock } = this.#parts;
    const saved = this.#live(await store.standing(client.text));
    if (saved === undefined || saved.class === 'white') return saved;
    const now = seconds(clock);
    return this.#live(withGood(saved, await store.firstGood(this.#countedFor(saved, now)), now));
  }

  #start(client: Address): Promise<Standing> {
    const computing = this.#compute(client).finally(() => this.#computing.delete(client.text));
    this.#computing.set(client.text, computing);
    return computing;
  }

  async #compute(client: Address): Promise<Standing> {
    const { findings, done } = lookUpClient(this.#parts, client);
    const late = !(await this.#inTime(done));
    try {
      return await this.#conclude(client, findings);
    } finally {
      // The answers that come after the deadline complete the standing for the next check.
      if (late)
        done.then(() => this.#complete(client, findings)).catch((error: unknown) => this.#failed(client, error));
    }
  }

  async #complete(client: Address, findings: Findings): Promise<void> {
    if (!this.#closed) await this.#conclude(client, findings);
  }

  /** Whether the lookups are done before the deadline. */
  #inTime(done: Promise<void>): Promise<boolean> {
    return inTime(done, this.#parts.settings().lookupDeadline * 1000);
  }

  async #conclude(client: Address, findings: Findings): Promise<Standing> {
    return this.#keep(await this.#judge(client, findings));
  }

  /** The standing that follows from what was found and reported. */
  async #judge(client: Address, findings: Findings): Promise<Standing> {
    const isAssigned = await this.#assignIfPossible(client, findings);
    const { store, clock, random, settings } = this.#parts;
    const { times } = settings();
    const now = seconds(clock);
    const ip = client.text;
    const previous = await this.#previous(client);
    const before = this.#remembered(previous);
    const { domain } = nameFacts(findings, client, before);
    const counts = await store.countReports(this.#countedFor({ ip, identity: domain ?? ip }, now));
    const found = factsFrom(findings, client, counts, before);
    const facts = { ...found, incomplete: found.incomplete || !isAssigned };
    return standingFrom({ ip, facts, times, previous, random: random(), now });
  }

  /** The reports that count. */
  #countedFor({ ip, identity }: Pick<Standing, 'ip' | 'identity'>, now: Seconds): ReportQuery {
    return { ip, identity, since: now - this.#parts.settings().searchDuration, now };
  }

  /** The last one, dead or alive. */
  async #previous({ text }: Address): Promise<Standing | undefined> {
    return this.#cache.get(text) ?? (await this.#parts.store.standing(text));
  }

  #remembered(standing: Standing | undefined): RememberedFacts | undefined {
    return standing && rememberedFacts(standing, seconds(this.#parts.clock));
  }

  async #keep(standing: Standing): Promise<Standing> {
    const { ip, identity, score, class: kind } = standing;
    this.#parts.log.event(1, 'standing', { ip, identity, class: kind, score, because: describeReasons(standing) });
    await this.#save(standing);
    return standing;
  }

  async #save(standing: Standing): Promise<void> {
    this.#cache.set(standing);
    await this.#parts.store.saveStanding(standing);
  }

  #failed(client: Address, error: unknown): void {
    // The lookups were ended with us.
    if (!this.#closed) this.#parts.log.event(0, 'standing not completed', { ip: client.text, cause: String(error) });
  }
}
