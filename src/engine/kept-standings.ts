// The standings that were made: those that were asked for lately are in memory, all are in the store.
import { type Clock, seconds } from '../lib/clock.ts';
import type { Seconds } from '../policy/check.ts';
import { countedTimes } from '../policy/report.ts';
import { isCredible, isInForce, type Standing, withGood } from '../policy/standing.ts';
import type { ReportQuery, Store } from '../store/store.ts';
import { StandingCache } from './standing-cache.ts';

export interface KeptParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Whether the standing rests on what a DNS list should not have said. */
  readonly isMisled: (standing: Standing) => boolean;
  readonly settings: () => KeptSettings;
}

export interface KeptSettings {
  /** How far back reports count. */
  readonly searchDuration: Seconds;
}

export class KeptStandings {
  readonly #parts: KeptParts;
  readonly #cache = new StandingCache();
  /** Those that the store does not have yet, in their order. */
  readonly #saving = new Set<Standing>();

  constructor(parts: KeptParts) {
    this.#parts = parts;
  }

  /** The standing of an address, if it is in memory and counts now. */
  live(ip: string): Standing | undefined {
    return this.ifAlive(this.#cache.get(ip));
  }

  /** A standing that was looked up a moment ago, or the newer one that came into memory meanwhile, if it counts now. */
  newest(known: Standing | undefined): Standing | undefined {
    return known && this.ifAlive(this.#cache.get(known.ip) ?? known);
  }

  /** The standings of a domain's clients that are in memory and count now; some members may have left the domain. */
  liveOf(domain: string): readonly Standing[] {
    const ofMembers = [...this.#cache.membersOf(domain)].flatMap((ip) => this.live(ip) ?? []);
    return ofMembers.filter(({ identity }) => identity === domain);
  }

  /** The standing of an address, if it counts now. What is in memory is never older than what was saved. */
  async known(ip: string): Promise<Standing | undefined> {
    return this.#cache.get(ip) === undefined ? this.#recall(ip) : this.live(ip);
  }

  /** The same, and keeps it in memory from now on. */
  async load(ip: string): Promise<Standing | undefined> {
    const known = this.newest(await this.known(ip));
    if (known !== undefined) this.#cache.set(known);
    return known;
  }

  /** The last standing of an address, whether it counts or not, if it is credible. */
  async last(ip: string): Promise<Standing | undefined> {
    const last = this.#cache.get(ip) ?? (await this.#parts.store.standing(ip));
    return last !== undefined && isCredible(last, seconds(this.#parts.clock)) ? last : undefined;
  }

  /** The standing, if it counts now. */
  ifAlive(standing: Standing | undefined): Standing | undefined {
    if (standing === undefined || !isInForce(standing, seconds(this.#parts.clock))) return undefined;
    return this.#parts.isMisled(standing) ? undefined : standing;
  }

  /** Puts the standing in memory at once; resolves when the store has it, too. */
  async save(standing: Standing): Promise<void> {
    this.#cache.set(standing);
    this.#saving.add(standing);
    try {
      await this.#parts.store.saveStanding(standing);
    } finally {
      this.#saving.delete(standing);
    }
  }

  /** Ends the standing in the store only: in memory it counts until another is made, but not after a restart. */
  async endSaved(standing: Standing): Promise<void> {
    await this.#parts.store.saveStanding({ ...standing, expires: seconds(this.#parts.clock) });
  }

  /** Ends the standing of an address in memory only. */
  outdate(ip: string): void {
    const standing = this.#cache.get(ip);
    if (standing !== undefined) this.#cache.set({ ...standing, expires: seconds(this.#parts.clock) });
  }

  /** Forgets the standings of an address, network or domain; returns how many there were. */
  async remove(text: string): Promise<number> {
    this.#clear();
    try {
      return await this.#parts.store.removeStandings(text);
    } finally {
      // Checks that came meanwhile have brought some back.
      this.#clear();
    }
  }

  /** What to ask the store for the reports that count now. */
  countedFor({ ip, identity }: Pick<Standing, 'ip' | 'identity'>): ReportQuery {
    const { clock, settings } = this.#parts;
    return { ip, identity, ...countedTimes(settings().searchDuration, seconds(clock)) };
  }

  /** From now on the store is asked, but for those standings in whose place it still has older ones. */
  #clear(): void {
    this.#cache.clear();
    for (const standing of this.#saving) this.#cache.set(standing);
  }

  /**
   * The saved standing, if it counts now. Good mail of its domain has ended it only if it was in memory: that is made
   * up for here.
   */
  async #recall(ip: string): Promise<Standing | undefined> {
    const { store } = this.#parts;
    const saved = this.ifAlive(await store.standing(ip));
    if (saved === undefined || saved.class === 'white') return saved;
    const counted = this.countedFor(saved);
    return this.ifAlive(withGood(saved, await store.firstGood(counted), counted.now));
  }
}
