// What a DNS list is, by its test entries (RFC 5782 sections 5 and 2.4): an address that is listed, and one that must not be.
import type { Address } from '../policy/address.ts';
import { type DnsList, listedName, type Meaning, meaningOf } from './lists.ts';
import { addressesQuestion, type Resolver } from './resolver.ts';

/** Why a list is not asked. */
type Fault = 'lists everything' | 'refuses to answer' | 'does not answer';
/** What a list is until a later test finds something else. */
export type State = 'sane' | 'lists nothing' | Fault;
/** `silent`: neither question was answered; `unknown`: only one of them was. */
type Finding = State | 'unknown' | 'silent';

/** What a test of a list has found, for addresses of that family. */
export interface Tested {
  readonly list: DnsList;
  readonly family: 4 | 6;
  readonly finding: Finding;
}

/** IPv6 lists carry the IPv4 entries in mapped form, written out because that form counts as IPv4 everywhere else. */
const ENTRIES: { readonly [F in 4 | 6]: { readonly listed: string; readonly unlisted: string } } = {
  4: { listed: '127.0.0.2', unlisted: '127.0.0.1' },
  6: { listed: '::ffff:7f00:2', unlisted: '::ffff:7f00:1' },
};

/** The tests of a list, one for each family of addresses that it lists. */
export function testsOf(resolver: Resolver, list: DnsList): readonly Promise<Tested>[] {
  return familiesOf(list).map(async (family) => ({ list, family, finding: await findingOf(resolver, list, family) }));
}

async function findingOf(resolver: Resolver, list: DnsList, family: 4 | 6): Promise<Finding> {
  const entries = ENTRIES[family];
  const [listed, unlisted] = await Promise.all([
    ask(resolver, list, { family, text: entries.listed }),
    ask(resolver, list, { family, text: entries.unlisted }),
  ]);
  if (unlisted === 'listed') return 'lists everything';
  if (listed === 'failed' && unlisted === 'failed') return 'silent';
  if (listed === 'error' || unlisted === 'error') return 'refuses to answer';
  if (listed === 'failed' || unlisted === 'failed') return 'unknown';
  // A white list without a test entry does no harm; without its good word, good senders would wait.
  return listed === 'listed' || list.kind === 'dnswl' ? 'sane' : 'lists nothing';
}

async function ask(resolver: Resolver, list: DnsList, entry: Address): Promise<Meaning | 'failed'> {
  const lookup = await resolver.lookUp(addressesQuestion(listedName(list, entry), 4));
  if (lookup.kind === 'failed') return 'failed';
  const meaning = meaningOf(list, lookup.kind === 'found' ? lookup.value : []);
  // Which answers count is for whoever chose the list to say. Here any answer will do that is no error.
  return lookup.kind === 'found' && meaning === 'not listed' ? 'listed' : meaning;
}

/** Whether a list of this state is not asked. */
export function isFault(state: State): state is Fault {
  return state !== 'sane' && state !== 'lists nothing';
}

function familiesOf(list: DnsList): readonly (4 | 6)[] {
  return list.ipv6 ? [4, 6] : [4];
}
