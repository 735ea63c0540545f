// Some hosts as the configuration names them, such as the clients in `trusted` or the servers that may read reports: networks,
// and hosts by name, whose addresses are looked up now and every hour, in the DNS and in what this machine knows by itself.
import { addressesQuestion, type Resolver } from '../dns/resolver.ts';
import { inTime } from '../lib/in-time.ts';
import type { Kept } from '../lib/kept.ts';
import type { Log } from '../lib/log.ts';
import { startRepeating } from '../lib/repeat.ts';
import { type Address, parseAddress } from '../policy/address.ts';
import { exactPrefix } from '../policy/address-prefix.ts';
import type { Seconds } from '../policy/check.ts';
import { NetworkTable } from '../policy/network-table.ts';

/** The hosts. */
export interface HostSettings {
  /** As exactPrefix reads them. */
  readonly networks: readonly string[];
  readonly names: readonly string[];
}

export interface HostSetParts {
  readonly resolver: Resolver;
  readonly log: Log;
  readonly settings: () => HostSettings;
  /** The addresses of a name that this machine knows by itself; they count beside those of the DNS. */
  readonly known: (name: string) => Promise<readonly string[]>;
  /** Where addresses are kept for the next start; without it they are not. */
  readonly kept?: Kept<string>;
}

/** The addresses of each name, by family; one that could not be looked up yet is missing. */
type AddressesOfNames = ReadonlyMap<string, ReadonlyMap<4 | 6, readonly string[]>>;
type WrittenAddresses = readonly (readonly [
  name: string,
  ofFamilies: readonly (readonly [4 | 6, readonly string[]])[],
])[];

const MINUTE = 60_000;
/** After this many minutes all names are looked up anew. */
const MINUTES_KNOWN = 60;
const FAMILIES = [4, 6] as const;

export class HostSet {
  readonly #parts: HostSetParts;
  readonly #ofNames = new Map<string, ReadonlyMap<4 | 6, readonly string[]>>();
  /** What this machine knows by itself. */
  readonly #known = new Map<string, readonly string[]>();
  /** Why each name has no address, as it was logged last; undefined: it has one. */
  readonly #told = new Map<string, string | undefined>();
  readonly #tried = Promise.withResolvers<void>();
  /** What an earlier process found: it counts until a name is looked up. */
  #before: AddressesOfNames = new Map();
  #saved = '[]';
  #table = new NetworkTable<true>();

  constructor(parts: HostSetParts) {
    this.#parts = parts;
    this.refresh();
  }

  has(client: Address): boolean {
    return this.#table.find(client) === true;
  }

  /** Takes over changed settings; names that are new count once they are looked up. */
  refresh(): void {
    const { networks, names } = this.#parts.settings();
    const table = new NetworkTable<true>();
    for (const text of [...networks, ...names.flatMap((name) => this.#addressesOf(name))]) {
      const prefix = exactPrefix(text);
      if (prefix !== undefined) table.set(prefix, true);
    }
    this.#table = table;
  }

  /** Takes over the addresses that were kept, so that no name is lost by a restart while the DNS is out of order. */
  async restore(): Promise<void> {
    this.#saved = (await this.#parts.kept?.load()) ?? this.#saved;
    const written = JSON.parse(this.#saved) as WrittenAddresses;
    this.#before = new Map(written.map(([name, ofFamilies]) => [name, new Map(ofFamilies)]));
    this.refresh();
  }

  /**
   * Whether every name was looked up once, for that family or for both: a host is not to be greylisted for long because the
   * DNS was late at start.
   */
  complete(family?: 4 | 6): boolean {
    const families = family === undefined ? FAMILIES : [family];
    return this.#parts.settings().names.every((name) => families.every((one) => this.#isKnown(name, one)));
  }

  /** Resolves when all names were looked up for the first time, with or without success. */
  get tried(): Promise<void> {
    return this.#tried.promise;
  }

  /** As `tried`, but resolves after `patience` in any case. */
  async triedWithin(patience: Seconds): Promise<void> {
    await inTime(this.tried, patience * 1000);
  }

  /** Looks up all names. One that can't be looked up now keeps the addresses it had. */
  async lookUp(): Promise<void> {
    try {
      await Promise.all(this.#parts.settings().names.map((name) => this.#lookUpName(name)));
      this.refresh();
      await this.#keep();
    } finally {
      this.#tried.resolve();
    }
  }

  /** In a network without a DNS, what this machine knows by itself is all that there is. */
  #isKnown(name: string, family: 4 | 6): boolean {
    const here = this.#known.get(name) ?? [];
    return this.#ofNames.get(name)?.has(family) === true || here.some((text) => parseAddress(text)?.family === family);
  }

  #addressesOf(name: string): readonly string[] {
    return [...(this.#known.get(name) ?? []), ...FAMILIES.flatMap((family) => this.#ofFamily(name, family) ?? [])];
  }

  #ofFamily(name: string, family: 4 | 6): readonly string[] | undefined {
    return this.#ofNames.get(name)?.get(family) ?? this.#before.get(name)?.get(family);
  }

  async #keep(): Promise<void> {
    const written: WrittenAddresses = this.#parts
      .settings()
      .names.map((name) => [name, FAMILIES.map((family) => [family, this.#ofFamily(name, family) ?? []])]);
    const text = JSON.stringify(written);
    if (text === this.#saved) return;
    await this.#parts.kept?.save(text);
    this.#saved = text;
  }

  async #lookUpName(name: string): Promise<void> {
    const { resolver, known } = this.#parts;
    const here = await known(name);
    this.#known.set(name, here);
    const lookups = await Promise.all(FAMILIES.map((family) => resolver.lookUp(addressesQuestion(name, family))));
    const addresses = new Map(this.#ofNames.get(name));
    let cause = 'none found';
    for (const [at, family] of FAMILIES.entries()) {
      const lookup = lookups[at];
      if (lookup?.kind === 'failed') cause = lookup.error;
      else addresses.set(family, lookup?.kind === 'found' ? lookup.value : []);
    }
    this.#ofNames.set(name, addresses);
    const found = here.length > 0 || lookups.some(({ kind }) => kind === 'found');
    this.#tell(name, found ? undefined : cause);
  }

  /** A name may be looked up every minute for a night; the log has one line. */
  #tell(name: string, cause: string | undefined): void {
    if (cause !== undefined && cause !== this.#told.get(name))
      this.#parts.log.event(0, 'name has no address', { name, cause });
    this.#told.set(name, cause);
  }
}

/**
 * The work of each minute: all names are looked up in the first of an hour, and as long as one is new or could not be
 * looked up.
 */
export function minutelyLookups(hosts: Pick<HostSet, 'complete' | 'lookUp'>): () => Promise<void> {
  let minutes = 0;
  return async () => {
    if (minutes % MINUTES_KNOWN === 0 || !hosts.complete()) await hosts.lookUp();
    minutes += 1;
  };
}

/**
 * Looks all names up now and every hour, and each minute as long as one is new or could not be looked up, until it is
 * closed.
 */
export function startHostLookups(hosts: HostSet, log: Log): AsyncDisposable {
  return startRepeating({
    work: minutelyLookups(hosts),
    interval: () => MINUTE,
    onError: (error) => log.event(0, 'names not looked up', { cause: String(error) }),
  });
}
