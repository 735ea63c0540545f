// What a rule is about: a rule's key in the one form under which it is looked up.
import { type Prefix, parsePrefix } from './address-prefix.ts';
import { NULL_SENDER, parseMailbox } from './check.ts';
import { asciiDomain, canonicalDomain } from './domains.ts';

/** Whom the keys of a section mean: hosts (addresses, names), hosts that deliver mail, mailboxes and domains, or all these. */
export type KeyedBy = 'host' | 'client' | 'mailbox' | 'any';

/** What a rule is found by. */
export type LookupKey =
  | { readonly kind: 'default' }
  | { readonly kind: 'star' }
  /** Any client: there are no classes of clients here, so all are of the one that ze-filter calls UNKNOWN. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'network'; readonly prefix: Prefix }
  /** A domain, `local@domain`, `local@` or NULL_SENDER, in lower case. */
  | { readonly kind: 'text'; readonly text: string };

export type RuleKey =
  /** `oddity`: it works, but may not be meant. */
  | (LookupKey & { readonly oddity?: string })
  /** Harmless, but matches nothing. */
  | { readonly kind: 'idle'; readonly message: string }
  | { readonly kind: 'wrong'; readonly message: string };

/** The key that the text spells. */
export function parseRuleKey(text: string, keyedBy: KeyedBy): RuleKey {
  const lower = text.toLowerCase();
  if (lower === 'default') return { kind: 'default' };
  if (lower === '*')
    return keyedBy === 'any' ? { kind: 'idle', message: '*: fits no name; write a domain' } : { kind: 'star' };
  if (lower === 'unknown' && keyedBy === 'client')
    return {
      kind: 'unknown',
      oddity: `${text}: fits all clients that no other line fits, as in ze-filter; write default`,
    };
  const host = keyedBy === 'mailbox' || lower.includes('@') ? undefined : hostKey(lower);
  if (host?.kind === 'network' && keyedBy === 'any')
    return {
      ...host,
      oddity: `${text}: fits only clients that are told by an address in place of a name; write a domain`,
    };
  if (host !== undefined) return host;
  if (!/[@<>]/.test(lower) && lower !== 'nullsender')
    return keyedBy === 'mailbox' ? mailDomainKey(lower) : nameKey(lower);
  if (keyedBy === 'host' || keyedBy === 'client') return wrong(`${text}: a client is an address, a network or a name`);
  return mailboxKey(lower);
}

/** Undefined if the text does not look like an address. */
function hostKey(text: string): RuleKey | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  // No name is made of nothing but numbers and hyphens behind a dot (RFC 1123 section 2.1).
  if (/^\d[\d.]*-[\d.]+$/.test(bare) && bare.includes('.'))
    return wrong(`${text}: a range must be written as networks, such as 10.1.2.0/24`);
  if (!/^[\d.]+(?:\.\*)*(?:\/.*)?$/.test(bare) && !bare.includes(':')) return undefined;
  const prefix = parsePrefix(bare);
  if (prefix !== undefined) return { kind: 'network', prefix };
  // ze-filter's own example has such a line.
  if (/^[\d.]+$/.test(bare)) return { kind: 'idle', message: `${text}: not an address, so it matches no client` };
  return wrong(`${text}: not an address or network; write 10.1.2.3, 10.1.2, 10.1.2.0/24, 2001:db8 or 2001:db8::/32`);
}

function mailboxKey(text: string): RuleKey {
  if (text === NULL_SENDER || text === 'nullsender') return { kind: 'text', text: NULL_SENDER };
  const { local, domain } = parseMailbox(text);
  if (local === '' || /[<>*]/.test(text.replace(/^<(.*)>$/, '$1')))
    return wrong(`${text}: write example.com (with all below it), joe@example.com or joe@ (in every domain)`);
  if (domain !== '') return { kind: 'text', text: `${local}@${asciiDomain(domain)}` };
  return text.includes('@') ? { kind: 'text', text: `${local}@` } : nameKey(local);
}

/** The key of a domain of mailboxes. Mail may come of `joe@[10.1.2.3]`, but of no domain that is a number, or a part of one. */
function mailDomainKey(text: string): RuleKey {
  const key = nameKey(text);
  if (key.kind !== 'text' || !(/^[\d.]*\.[\d.]*$/.test(text) || /^[^[].*:/.test(text))) return key;
  return { ...key, oddity: `${text}: is looked for as a domain; the address of a client goes to GreyCheckConnect` };
}

function nameKey(name: string): RuleKey {
  const domain = canonicalDomain(name);
  if (!name.startsWith('.') && !/[*/]/.test(name) && domain !== '') return { kind: 'text', text: domain };
  return wrong(`${name}: a name covers all below it; write example.com`);
}

function wrong(message: string): RuleKey {
  return { kind: 'wrong', message };
}
