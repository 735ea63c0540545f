// What the DNS says about a client: all questions at once, under one deadline. What comes late still counts for later.
import { type DnsList, listQuestion, type ListUse } from '../dns/lists.ts';
import { addressesQuestion, type Lookup, namesQuestion, type Records, type Resolver } from '../dns/resolver.ts';
import type { Address } from '../policy/address.ts';

export interface LookupParts {
  readonly resolver: Resolver;
  readonly lists: () => readonly DnsList[];
  /** Whether a list is asked about such addresses. */
  readonly useOf: (list: DnsList, family: 4 | 6) => ListUse;
}

/** What is known so far; a lookup that is still under way is missing. */
export interface Findings {
  names: Lookup<Records> | undefined;
  /** The addresses of each name. */
  readonly addresses: Map<string, Lookup<Records>>;
  /** What each list that counts said; undefined: nothing yet. */
  readonly lists: Map<DnsList, Lookup<Records> | undefined>;
}

export interface ClientLookup {
  readonly findings: Findings;
  /** Resolves when nothing is under way any more. */
  readonly done: Promise<void>;
}

/** Names of an address whose own addresses are looked up: further ones would not make it more believable. */
const MOST_NAMES = 8;
/** What is known of a list that would not answer. */
const SWITCHED_OFF = { kind: 'failed', error: 'switched off for now' } as const;

/** Starts all lookups about a client. */
export function lookUpClient(parts: LookupParts, client: Address): ClientLookup {
  const findings: Findings = { names: undefined, addresses: new Map(), lists: new Map() };
  const done = Promise.all([
    lookUpNames(parts.resolver, client, findings),
    ...parts.lists().map((list) => lookUpList(parts, list, client, findings)),
  ]);
  return { findings, done: done.then(() => {}) };
}

/** Whether what was found of a name's addresses has the client's among them. */
export function leadsBack(addresses: Lookup<Records> | undefined, client: Address): boolean {
  return addresses?.kind === 'found' && addresses.value.includes(client.text);
}

/** The client's names, then the addresses of each. */
async function lookUpNames(resolver: Resolver, client: Address, findings: Findings): Promise<void> {
  const names = await resolver.lookUp(namesQuestion(client));
  if (names.kind === 'found') {
    await Promise.all(
      names.value
        .toSorted()
        .slice(0, MOST_NAMES)
        .map(async (name) => {
          findings.addresses.set(name, await resolver.lookUp(addressesQuestion(name, client.family)));
        }),
    );
  }
  // Last, so that names never stand there without the answers that verify them.
  findings.names = names;
}

async function lookUpList(
  { resolver, useOf }: LookupParts,
  list: DnsList,
  client: Address,
  findings: Findings,
): Promise<void> {
  const question = listQuestion(list, client);
  const use = useOf(list, client.family);
  if (question === undefined || use === 'ignored') return;
  findings.lists.set(list, use === 'silent' ? SWITCHED_OFF : undefined);
  if (use === 'asked') findings.lists.set(list, await resolver.lookUp(question));
}
