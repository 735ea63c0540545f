// The rules of one section of the policy file, found by hash lookups: what a lookup costs depends on the number of labels
// in a name and of prefix lengths in use, not on the number of rules.
import type { Address } from './address.ts';
import { isNullSender, type Mailbox, NULL_SENDER } from './check.ts';
import { asciiDomain, canonicalDomain, parents } from './domains.ts';
import { NetworkTable } from './network-table.ts';
import type { LookupKey } from './rule-key.ts';

/** A line of the policy file. */
export interface Rule<V> {
  readonly line: number;
  /** As it was written. */
  readonly key: string;
  readonly value: V;
}

/** Rules by their keys. Lookups take addresses, names and mailboxes as they come, in any case. */
export class RuleIndex<V> {
  readonly #networks = new NetworkTable<Rule<V>>();
  readonly #texts = new Map<string, Rule<V>>();
  #default: Rule<V> | undefined;
  #star: Rule<V> | undefined;
  #unknown: Rule<V> | undefined;
  #valuesOfNames: ReadonlySet<V> | undefined;

  /** Adds a rule; if there is one under this key already, that one stays and is returned. */
  add(key: LookupKey, rule: Rule<V>): Rule<V> | undefined {
    const earlier = this.#get(key);
    if (earlier === undefined) this.#set(key, rule);
    return earlier;
  }

  /** The rule for the smallest network that holds the address. */
  byAddress(address: Address): Rule<V> | undefined {
    return this.#networks.find(address);
  }

  /** The rule for the name or the nearest domain above it. */
  byName(name: string): Rule<V> | undefined {
    if (this.#texts.size === 0) return undefined;
    const domain = canonicalDomain(name);
    const own = this.#texts.get(domain);
    if (own !== undefined) return own;
    for (const parent of parents(domain)) {
      const rule = this.#texts.get(parent);
      if (rule !== undefined) return rule;
    }
    return undefined;
  }

  /** The rule for the full address, else for its domain or one above, else for its local part in every domain. */
  byMailbox(mailbox: Mailbox): Rule<V> | undefined {
    if (this.#texts.size === 0) return undefined;
    if (isNullSender(mailbox)) return this.#texts.get(NULL_SENDER);
    const { local } = mailbox;
    const domain = asciiDomain(mailbox.domain);
    const user = `${local}@`;
    // A text without `@` may be a domain as well as a local part (`postmaster`, RFC 5321 section 4.5.1).
    if (domain === '') return this.byName(local) ?? this.#texts.get(user);
    return this.#texts.get(user + domain) ?? this.byName(domain) ?? this.#texts.get(user);
  }

  /** All that rules for names, domains and mailboxes say. */
  get valuesOfNames(): ReadonlySet<V> {
    this.#valuesOfNames ??= new Set(Array.from(this.#texts.values(), ({ value }) => value));
    return this.#valuesOfNames;
  }

  get isEmpty(): boolean {
    return this.#texts.size === 0 && this.#networks.isEmpty && this.fallback === undefined;
  }

  /** The rule for whatever has no other: `UNKNOWN` (of clients), else `default`, else `*`. */
  get fallback(): Rule<V> | undefined {
    return this.#unknown ?? this.#default ?? this.#star;
  }

  #get(key: LookupKey): Rule<V> | undefined {
    switch (key.kind) {
      case 'default':
        return this.#default;
      case 'star':
        return this.#star;
      case 'unknown':
        return this.#unknown;
      case 'network':
        return this.#networks.get(key.prefix);
      case 'text':
        return this.#texts.get(key.text);
    }
  }

  #set(key: LookupKey, rule: Rule<V>): void {
    switch (key.kind) {
      case 'default':
        this.#default = rule;
        break;
      case 'star':
        this.#star = rule;
        break;
      case 'unknown':
        this.#unknown = rule;
        break;
      case 'network':
        this.#networks.set(key.prefix, rule);
        break;
      case 'text':
        this.#texts.set(key.text, rule);
        this.#valuesOfNames = undefined;
    }
  }
}
