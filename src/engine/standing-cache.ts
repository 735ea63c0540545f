// The standings that were asked for lately, in memory, and which of them belong to one domain: good mail counts for all of
// its clients.
import { RecentMap } from '../lib/recent-map.ts';
import { type Standing, standingDomain } from '../policy/standing.ts';

/** Standings that are kept in memory; each takes about half a KiB. */
const MOST_CACHED = 20_000;
/** Clients of a domain that are told when good mail of another of them counts. */
const MOST_MEMBERS = 64;

/** Standings by address, dead ones too. */
export class StandingCache {
  readonly #standings = new RecentMap<Standing>(MOST_CACHED);
  /** The addresses of each domain; the latest come last. */
  readonly #members = new RecentMap<Set<string>>(MOST_CACHED);

  /** The standing of an address as it was set last. */
  get(ip: string): Standing | undefined {
    return this.#standings.get(ip);
  }

  /** Takes the place of the one that its address had. */
  set(standing: Standing): void {
    const { ip } = standing;
    this.#standings.set(ip, standing);
    const domain = standingDomain(standing);
    if (domain === undefined) return;
    const members = this.#members.get(domain) ?? new Set();
    // The latest are kept.
    members.delete(ip);
    members.add(ip);
    const [oldest = ip] = members;
    if (members.size > MOST_MEMBERS) members.delete(oldest);
    this.#members.set(domain, members);
  }

  /** The addresses that belong to the domain, as far as they are known. */
  membersOf(domain: string): ReadonlySet<string> {
    return this.#members.get(domain) ?? new Set();
  }

  /** Forgets the standings; who belongs to whom stays. */
  clear(): void {
    this.#standings.clear();
  }
}
