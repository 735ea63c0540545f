// From what the DNS and the store say to the facts of a standing. Found, absent and failed are kept apart to the end.
import { type BlockList, canSayDynamic, type DnsList, meaningOf, saysDynamic, trustOf } from '../dns/lists.ts';
import type { Lookup, Records } from '../dns/resolver.ts';
import type { Address } from '../policy/address.ts';
import type { BadCounts, Facts, GoodCounts, Listing } from '../policy/facts.ts';
import { registrableDomain } from '../policy/domains.ts';
import { looksDynamic } from '../policy/identity.ts';
import type { RememberedFacts } from '../policy/remembered-facts.ts';
import { type Findings, leadsBack } from './look-up-client.ts';

export interface Counts {
  readonly bad: BadCounts;
  readonly good: GoodCounts;
}

/** What the name of a client says. */
export interface NameFacts extends Pick<Facts, 'domain' | 'names' | 'dynamic' | 'nameUnknown'> {
  /** Lookups failed, whatever stands in for them. */
  readonly failed: boolean;
}

/** Characters of a client's names that are kept. Its owner may give it any number of long ones, and has any number of clients. */
const MOST_CHARACTERS = 255;

/** What the lookups say about the name, or, where they failed, what was known `before`; else nothing is held against it. */
export function nameFacts(findings: Findings, client: Address, before: RememberedFacts | undefined): NameFacts {
  const found = foundName(findings, client, before);
  if (found !== undefined) return { ...found, nameUnknown: false, failed: false };
  const dynamic = before?.name?.dynamic === true || listedDynamic(findings, before);
  const domain = dynamic ? undefined : before?.name?.domain;
  return { domain, names: before?.name?.names ?? [], dynamic, nameUnknown: before?.name === undefined, failed: true };
}

/** Undefined: a lookup that could tell has failed or is under way. */
function foundName(findings: Findings, client: Address, before: RememberedFacts | undefined): RememberedFacts['name'] {
  const { names } = findings;
  if (names === undefined || names.kind === 'failed') return undefined;
  // Servers give several names in any order, which must not decide whom the client belongs to.
  const list = names.kind === 'found' ? names.value.toSorted() : [];
  const leadingBack = list.filter((name) => leadsBack(findings.addresses.get(name), client));
  const verified = bestOf(leadingBack);
  const domain = verified === undefined ? undefined : registrableDomain(verified);
  const failed = list.filter((name) => findings.addresses.get(name)?.kind === 'failed');
  if (verified === undefined && failed.length > 0) return undefined;
  // A client with names in two domains must not change to the other one because a name can't be looked up for a moment.
  const known = before?.name?.domain;
  if (known !== undefined && known !== domain && failed.some((name) => registrableDomain(name) === known))
    return undefined;
  const name = verified ?? bestOf(list);
  const dynamic = name === undefined || looksDynamic(name) || listedDynamic(findings, before);
  const stillVerified = failed.filter((one) => before?.name?.names.includes(one));
  return { domain: dynamic ? undefined : domain, names: fewOf([...leadingBack, ...stillVerified].toSorted()), dynamic };
}

/** As many of the names as are together no longer than one may be: several usual ones. */
function fewOf(names: readonly string[]): readonly string[] {
  return names.filter((_, at) => names.slice(0, at + 1).join('').length <= MOST_CHARACTERS);
}

function bestOf(names: readonly string[]): string | undefined {
  return names.find((name) => !looksDynamic(name)) ?? names[0];
}

/** All facts. Lookups that failed or are not there yet make them incomplete; what was known `before` stands in for them. */
export function factsFrom(
  findings: Findings,
  client: Address,
  { bad, good }: Counts,
  before: RememberedFacts | undefined,
): Facts {
  const { failed, ...name } = nameFacts(findings, client, before);
  const answers = [...findings.lists];
  return {
    ...name,
    listings: answers.flatMap(([list, lookup]) => listingOf(list, lookup, before) ?? []),
    dnswl: Math.max(0, ...answers.map(([list, lookup]) => trustIn(list, lookup, before))) as Facts['dnswl'],
    bad,
    good,
    incomplete: failed || answers.some(([list, lookup]) => isUnclear(list, lookup)),
  };
}

function listedDynamic(findings: Findings, before: RememberedFacts | undefined): boolean {
  return [...findings.lists].some(([list, lookup]) => {
    if (!canSayDynamic(list)) return false;
    if (isUnclear(list, lookup)) return before?.name?.dynamic === true && before.isListed(list.title);
    return lookup?.kind === 'found' && saysDynamic(list, lookup.value);
  });
}

function listingOf(
  list: DnsList,
  lookup: Lookup<Records> | undefined,
  before: RememberedFacts | undefined,
): Listing | undefined {
  if (list.kind !== 'dnsbl') return undefined;
  const { title, score, mayBeWrong }: BlockList = list;
  const listed = isUnclear(list, lookup)
    ? before?.isListed(title) === true
    : lookup?.kind === 'found' && meaningOf(list, lookup.value) === 'listed';
  return listed ? { title, points: score, mayBeWrong } : undefined;
}

function trustIn(
  list: DnsList,
  lookup: Lookup<Records> | undefined,
  before: RememberedFacts | undefined,
): Facts['dnswl'] {
  if (list.kind !== 'dnswl') return 0;
  if (isUnclear(list, lookup)) return before?.dnswl ?? 0;
  const trust = lookup?.kind === 'found' ? trustOf(lookup.value) : 0;
  return typeof trust === 'number' ? trust : 0;
}

/** Whether it is not known what the list says: there is no answer, or it is an error. */
function isUnclear(list: DnsList, lookup: Lookup<Records> | undefined): boolean {
  if (lookup === undefined || lookup.kind === 'failed') return true;
  return lookup.kind === 'found' && meaningOf(list, lookup.value) === 'error';
}
