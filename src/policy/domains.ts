// Domain names: parents, whom a name belongs to, and whether two names look like one owner's. The public suffix list
// (publicsuffix.org) knows where a name can be registered.
import { getDomain, parse } from 'tldts';

/** Names come from the envelope and DNS, never as URLs. A private suffix (github.io) has customers like a public one. */
const SUFFIXES = { extractHostname: false, allowPrivateDomains: true } as const;
const MAX_NAME = 255; // RFC 1035 section 2.3.4
const OTHER_SCRIPT = /[^\0-\x7f]/;
/** Characters that would end the name in a URL, or be dropped from it. */
const NOT_IN_A_NAME = /[\s/?#@:\\%[\]]/;

/** The name as the DNS has it, in lower case and without empty labels (`.example.com`, `example.com.`). */
export function canonicalDomain(name: string): string {
  const lower = asciiDomain(name).toLowerCase();
  if (!lower.includes('..') && !lower.startsWith('.') && !lower.endsWith('.')) return lower;
  return lower
    .split('.')
    .filter((label) => label !== '')
    .join('.');
}

/**
 * A name in another script as the DNS has it (`münchen.example`: `xn--mnchen-3ya.example`, RFC 5891): mail may come
 * with either. What can't be a name stays as it is.
 */
export function asciiDomain(name: string): string {
  if (!OTHER_SCRIPT.test(name) || NOT_IN_A_NAME.test(name)) return name;
  return URL.parse(`http://${name}`)?.hostname ?? name;
}

/** The domains above a name, nearest first, down to the top-level domain. A literal or an overlong name has none. */
export function parents(domain: string): readonly string[] {
  const above: string[] = [];
  if (domain.length > MAX_NAME || domain.startsWith('[')) return above;
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) above.push(domain.slice(dot + 1));
  return above;
}

/**
 * The domain that the name's owner registered (`mail.example.co.uk`: `example.co.uk`); undefined for addresses and for
 * names that nobody can register (`co.uk`). The name of a private suffix (`github.io`) belongs to who runs it. Takes 1-2 us.
 */
export function registrableDomain(name: string): string | undefined {
  if (isLiteral(name)) return undefined;
  const domain = canonicalDomain(name);
  return getDomain(domain, SUFFIXES) ?? getDomain(domain, { extractHostname: false }) ?? undefined;
}

/** Labels of hosts' names (RFC 1123 section 2.1), two at least; what ends in a number is an address, or the mistake of one. */
const DOMAIN = /^(?=.{3,253}$)[\w-]{1,63}(?:\.[\w-]{1,63})*\.(?!\d+$)[\w-]{1,63}$/;

/** Whether the text, as canonicalDomain writes it, can be a domain of hosts. */
export function isDomain(text: string): boolean {
  return DOMAIN.test(text);
}

/** Whether anybody can have a domain below it: `co.uk`, `github.io`. */
export function isPublicSuffix(name: string): boolean {
  const domain = canonicalDomain(name);
  return parse(domain, SUFFIXES).publicSuffix === domain;
}

/** An address literal (RFC 5321 section 4.1.3) or part of one. */
export function isLiteral(name: string): boolean {
  return name.includes('[') || name.includes(']');
}

/**
 * Whether two names look like one owner's: the same registrable domain, or one that differs only in its public suffix
 * (`renault.fr`, `mx.renault.com`). A name below a private suffix is anybody's, so there only the same domain counts.
 */
export function domainsFit(one: string, other: string): boolean {
  const domain = registrableDomain(one);
  if (domain === undefined) return false;
  return domain === registrableDomain(other) || ownLabel(one) === (ownLabel(other) ?? '');
}

/** `renault` of `mx.renault.fr`; undefined where the name itself proves nothing. */
function ownLabel(name: string): string | undefined {
  if (isLiteral(name)) return undefined;
  const { isPrivate, domainWithoutSuffix } = parse(canonicalDomain(name), SUFFIXES);
  return isPrivate === true ? undefined : (domainWithoutSuffix ?? undefined);
}
