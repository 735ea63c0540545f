// From what the DNS and the store say to the facts of a standing. Found, absent and failed are kept apart to the end.
import { type BlockList, type DnsList, meaningOf, saysDynamic, trustOf } from '../dns/lists.ts';
import type { Lookup, Records } from '../dns/resolver.ts';
import type { Address } from '../policy/address.ts';
import type { BadCounts, Facts, GoodCounts, Listing } from '../policy/facts.ts';
import { registrableDomain } from '../policy/domains.ts';
import { looksDynamic } from '../policy/identity.ts';
import type { Findings } from './look-up-client.ts';

export interface Counts {
  readonly bad: BadCounts;
  readonly good: GoodCounts;
}

/** What the name of a client says. */
export interface NameFacts {
  /** The name that resolves back to the address. */
  readonly verifiedName: string | undefined;
  readonly domain: string | undefined;
  readonly dynamic: boolean;
  readonly nameUnknown: boolean;
}

/** What the lookups say about the name. A failed one holds nothing against the client. */
export function nameFacts(findings: Findings, client: Address): NameFacts {
  const { names } = findings;
  if (names === undefined || names.kind === 'failed')
    return { verifiedName: undefined, domain: undefined, dynamic: listedDynamic(findings), nameUnknown: true };
  const list = names.kind === 'found' ? names.value : [];
  const verifiedName = list.find((name) => holds(findings.addresses.get(name), client));
  const unsure = verifiedName === undefined && list.some((name) => findings.addresses.get(name)?.kind === 'failed');
  const dynamic = list.length === 0 || looksDynamic(verifiedName ?? list[0] ?? '') || listedDynamic(findings);
  const domain = verifiedName === undefined || dynamic ? undefined : registrableDomain(verifiedName);
  return { verifiedName, domain, dynamic, nameUnknown: unsure };
}

/** All facts. Lookups that failed or are not there yet make them incomplete. */
export function factsFrom(findings: Findings, client: Address, { bad, good }: Counts): Facts {
  const { domain, dynamic, nameUnknown } = nameFacts(findings, client);
  const answers = [...findings.lists];
  return {
    domain,
    dynamic,
    nameUnknown,
    listings: answers.flatMap(([list, lookup]) => listingOf(list, lookup) ?? []),
    dnswl: Math.max(0, ...answers.map(([list, lookup]) => trustIn(list, lookup))) as Facts['dnswl'],
    bad,
    good,
    incomplete: nameUnknown || answers.some(([list, lookup]) => isUnclear(list, lookup)),
  };
}

function holds(addresses: Lookup<Records> | undefined, client: Address): boolean {
  return addresses?.kind === 'found' && addresses.value.includes(client.text);
}

function listedDynamic(findings: Findings): boolean {
  return [...findings.lists].some(
    ([list, lookup]) => list.kind === 'dnsbl' && lookup?.kind === 'found' && saysDynamic(list, lookup.value),
  );
}

function listingOf(list: DnsList, lookup: Lookup<Records> | undefined): Listing | undefined {
  if (list.kind !== 'dnsbl' || lookup?.kind !== 'found' || meaningOf(list, lookup.value) !== 'listed') return undefined;
  const { title, score, mayBeWrong }: BlockList = list;
  return { title, points: score, mayErr: mayBeWrong };
}

function trustIn(list: DnsList, lookup: Lookup<Records> | undefined): number {
  if (list.kind !== 'dnswl' || lookup?.kind !== 'found') return 0;
  const trust = trustOf(lookup.value);
  return typeof trust === 'number' ? trust : 0;
}

/** Whether it is not known what the list says: no answer, or one that is none. */
function isUnclear(list: DnsList, lookup: Lookup<Records> | undefined): boolean {
  if (lookup === undefined || lookup.kind === 'failed') return true;
  return lookup.kind === 'found' && meaningOf(list, lookup.value) === 'error';
}
