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

  constructor(parts: KeptParts) {
    this.#parts = parts;
  }

  /** The one of an address that lives, if it is in memory. */
  live(ip: string): Standing | undefined {
    return this.ifAlive(this.#cache.get(ip));
  }

  /** The one of its address that lives, as it was known a moment ago; what came into memory meanwhile is newer. */
  newest(known: Standing | undefined): Standing | undefined {
    return known && this.ifAlive(this.#cache.get(known.ip) ?? known);
  }

  /** The ones of a domain's clients that live, of those in memory. */
  liveOf(domain: string): readonly Standing[] {
    return [...this.#cache.membersOf(domain)].flatMap((ip) => this.live(ip) ?? []);
  }

  /** The one that lives. What is in memory is never older than what was saved. */
  async known(ip: string): Promise<Standing | undefined> {
    return this.#cache.get(ip) === undefined ? this.#recall(ip) : this.live(ip);
  }

  /** Likewise; it is in memory from now on. */
  async load(ip: string): Promise<Standing | undefined> {
    const known = this.newest(await this.known(ip));
    if (known !== undefined) this.#cache.set(known);
    return known;
  }

  /** The last one, dead or alive, if it is credible. */
  async last(ip: string): Promise<Standing | undefined> {
    const last = this.#cache.get(ip) ?? (await this.#parts.store.standing(ip));
    return last !== undefined && isCredible(last, seconds(this.#parts.clock)) ? last : undefined;
  }

  /** Itself, if it counts now. */
  ifAlive(standing: Standing | undefined): Standing | undefined {
    if (standing === undefined || !isInForce(standing, seconds(this.#parts.clock))) return undefined;
    return this.#parts.isMisled(standing) ? undefined : standing;
  }

  /** It is in memory at once; resolves when the store has it. */
  async save(standing: Standing): Promise<void> {
    this.#cache.set(standing);
    await this.#parts.store.saveStanding(standing);
  }

  /** Ends the saved one: the one in memory counts until another is made, but after a restart there is none that does. */
  async endSaved(standing: Standing): Promise<void> {
    await this.#parts.store.saveStanding({ ...standing, expires: seconds(this.#parts.clock) });
  }

  /** Ends the one in memory. */
  outdate(ip: string): void {
    const standing = this.#cache.get(ip);
    if (standing !== undefined) this.#cache.set({ ...standing, expires: seconds(this.#parts.clock) });
  }

  /** Forgets those of an address, network or domain; returns how many there were. */
  async remove(text: string): Promise<number> {
    this.#cache.clear();
    try {
      return await this.#parts.store.removeStandings(text);
    } finally {
      // Checks that came meanwhile have brought some back.
      this.#cache.clear();
    }
  }

  /** The reports that count now. */
  countedFor({ ip, identity }: Pick<Standing, 'ip' | 'identity'>): ReportQuery {
    const { clock, settings } = this.#parts;
    return { ip, identity, ...countedTimes(settings().searchDuration, seconds(clock)) };
  }

  /** What was saved, if it lives. Of good mail of its domain it was told only while it was in memory. */
  async #recall(ip: string): Promise<Standing | undefined> {
    const { store } = this.#parts;
    const saved = this.ifAlive(await store.standing(ip));
    if (saved === undefined || saved.class === 'white') return saved;
    const counted = this.countedFor(saved);
    return this.ifAlive(withGood(saved, await store.firstGood(counted), counted.now));
  }
}
