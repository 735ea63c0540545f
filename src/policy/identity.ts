// Whom a client belongs to: the registrable domain of its verified name, else the address itself. A name that was made
// for an access line says whose network it is in, not who sends, so such clients stand for themselves.
import { isDomain, registrableDomain } from './domains.ts';

/** Words by which access networks name their customers' lines. */
const ACCESS_WORDS: ReadonlySet<string> = new Set(
  (
    'adsl broadband bredband cable catv cpe cust customer customers dhcp dialup dsl dyn dynamic host ip pool ppp pppoe ' +
    'priv private static vdsl xdsl'
  ).split(' '),
);
const MAIL_WORDS: ReadonlySet<string> = new Set(['mail', 'mta', 'mx', 'relay', 'smtp']);

/** Whether a name looks made for an access line: one of their words, two groups of digits, and nothing that says mail. */
export function looksDynamic(name: string): boolean {
  const domain = registrableDomain(name) ?? '';
  const host = name.toLowerCase().slice(0, name.length - domain.length);
  const words = host.split(/[^a-z]+/);
  if (words.some((word) => MAIL_WORDS.has(word))) return false;
  return (host.match(/\d+/g) ?? []).length >= 2 && words.some((word) => ACCESS_WORDS.has(word));
}

/** The domain that a client with this verified name belongs to; undefined if the name gives none. */
export function identityDomain(verifiedName: string | undefined): string | undefined {
  if (verifiedName === undefined || looksDynamic(verifiedName)) return undefined;
  const domain = registrableDomain(verifiedName);
  return domain !== undefined && isDomain(domain) ? domain : undefined;
}
