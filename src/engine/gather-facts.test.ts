import { expect, test } from 'vitest';
import { addressOf } from '../../test/engine-bench.ts';
import { type FakeDns, fakeResolver } from '../dns/fake-resolver.ts';
import { BLOCK_LISTS, DNSWL } from '../dns/known-lists.ts';
import { type DnsList, listedName, type ListUse } from '../dns/lists.ts';
import { type Facts, NO_BAD, NO_GOOD } from '../policy/facts.ts';
import type { RememberedFacts } from '../policy/remembered-facts.ts';
import { factsFrom, nameFacts, type NameFacts } from './gather-facts.ts';
import { type Findings, lookUpClient } from './look-up-client.ts';

const CLIENT = addressOf('203.0.113.10');
const NAMED: FakeDns = { ptr: { '203.0.113.10': ['mail.example.com'] }, a: { 'mail.example.com': ['203.0.113.10'] } };
const LISTS: readonly DnsList[] = [...BLOCK_LISTS, DNSWL];

async function findingsOf(dns: FakeDns, client = CLIENT, use: ListUse = 'asked'): Promise<Findings> {
  const resolver = fakeResolver(dns);
  const { findings, done } = lookUpClient({ resolver, lists: () => LISTS, useOf: () => use }, client);
  await done;
  return findings;
}

/** The world of a named client that these lists answer about, `failed` for a failing list. */
function listed(answers: { readonly [list: string]: readonly string[] | 'failed' }): FakeDns {
  const a: { [name: string]: readonly string[] } = { ...NAMED.a };
  const failing: string[] = [];
  for (const list of LISTS) {
    const answer = answers[list.name];
    if (answer === 'failed') failing.push(`A ${listedName(list, CLIENT)}`);
    else if (answer !== undefined) a[listedName(list, CLIENT)] = answer;
  }
  return { ...NAMED, a, failing };
}

function named(name: string, addresses: readonly string[], client = CLIENT.text): FakeDns {
  return { ptr: { [client]: [name] }, a: { [name]: addresses }, aaaa: { [name]: addresses } };
}

const nameless = { domain: undefined, names: [], dynamic: false, nameUnknown: false, failed: false };
const verified = { ...nameless, domain: 'example.com', names: ['mail.example.com'] };
const unknown = { ...nameless, nameUnknown: true, failed: true };

test.for<[what: string, dns: FakeDns, client: string, facts: NameFacts]>([
  ['verified', NAMED, '203.0.113.10', verified],
  ['IPv6', named('mail.example.com', ['2001:db8::1'], '2001:db8::1'), '2001:db8::1', verified],
  ['IPv6 at another address', named('mail.example.com', ['2001:db8::2'], '2001:db8::1'), '2001:db8::1', nameless],
  ['none', {}, '203.0.113.10', { ...nameless, dynamic: true }],
  ['does not resolve', named('mail.example.com', []), '203.0.113.10', nameless],
  ['resolves to another', named('mail.example.com', ['203.0.113.11']), '203.0.113.10', nameless],
  ['a public suffix', named('co.uk', ['203.0.113.10']), '203.0.113.10', { ...nameless, names: ['co.uk'] }],
  [
    'looks dynamic',
    named('dsl-1-2.example.com', ['203.0.113.10']),
    '203.0.113.10',
    { ...nameless, names: ['dsl-1-2.example.com'], dynamic: true },
  ],
  ['looks dynamic, does not resolve', named('dsl-1-2.example.com', []), '203.0.113.10', { ...nameless, dynamic: true }],
  [
    'of a list of end users',
    listed({ spamhaus: ['127.0.0.10'] }),
    '203.0.113.10',
    { ...verified, domain: undefined, dynamic: true },
  ],
  ['reverse lookup failed', { failing: ['PTR 203.0.113.10'] }, '203.0.113.10', unknown],
  ['forward lookup failed', { ...NAMED, failing: ['A mail.example.com'] }, '203.0.113.10', unknown],
  [
    'one of two forward lookups failed',
    { ptr: { '203.0.113.10': ['bad.example', 'mail.example.com'] }, a: NAMED.a ?? {}, failing: ['A bad.example'] },
    '203.0.113.10',
    verified,
  ],
  [
    "one of two forward lookups failed, of a name that is nobody's",
    { ptr: { '203.0.113.10': ['bad', 'mail.example.com'] }, a: NAMED.a ?? {}, failing: ['A bad'] },
    '203.0.113.10',
    verified,
  ],
  ...['dsl-1-2.example.com', 'www.example.com', 'zzz.example.net'].map((name): [string, FakeDns, string, NameFacts] => [
    `two lead back, in any order: ${name}`,
    {
      ptr: { '203.0.113.10': [name, 'mail.example.com'] },
      a: { [name]: ['203.0.113.10'], 'mail.example.com': ['203.0.113.10'] },
    },
    '203.0.113.10',
    { ...verified, names: [name, 'mail.example.com'].toSorted() },
  ]),
])('name: %s', async ([, dns, client, facts]) => {
  const address = addressOf(client);
  expect(nameFacts(await findingsOf(dns, address), address, undefined)).toEqual(facts);
});

function remembering(domain: string | undefined, names: readonly string[]): RememberedFacts {
  return { name: { domain, names, dynamic: false }, dnswl: 0, isListed: () => false };
}

const TWO_DOMAINS: FakeDns = {
  ptr: { '203.0.113.10': ['mail.example.com', 'mail.example.net'] },
  a: { 'mail.example.com': ['203.0.113.10'], 'mail.example.net': ['203.0.113.10'] },
};

test.for<[failing: string, before: string | undefined, domain: string | undefined, names: string, failed: boolean]>([
  ['mail.example.com', 'example.com', 'example.com', 'mail.example.com', true],
  ['mail.example.com', 'example.net', 'example.net', 'mail.example.net', false],
  ['mail.example.com', 'example.org', 'example.net', 'mail.example.net', false],
  ['mail.example.com', undefined, 'example.net', 'mail.example.net', false],
  ['mail.example.net', 'example.com', 'example.com', 'mail.example.com', false],
  ['mail.example.net', 'example.net', 'example.net', 'mail.example.net', true],
])(
  'of names in two domains %s can not be looked up, before it was %s: %s',
  async ([failing, before, domain, names, failed]) => {
    const findings = await findingsOf({ ...TWO_DOMAINS, failing: [`A ${failing}`] });
    const known = before === undefined ? [] : [`mail.${before}`];
    expect(nameFacts(findings, CLIENT, remembering(before, known))).toEqual({
      ...nameless,
      domain,
      names: [names],
      failed,
    });
  },
);

const TWO_HOSTS: FakeDns = {
  ptr: { '203.0.113.10': ['mx2.example.com', 'mx1.example.com'] },
  a: { 'mx1.example.com': ['203.0.113.10'], 'mx2.example.com': ['203.0.113.10'] },
};

test.for<[failing: readonly string[], before: string, names: string]>([
  [[], '', 'mx1.example.com mx2.example.com'],
  [['A mx1.example.com'], '', 'mx2.example.com'],
  [['A mx1.example.com'], 'mx1.example.com', 'mx1.example.com mx2.example.com'],
  [['A mx1.example.com'], 'mx3.example.com', 'mx2.example.com'],
  [['PTR 203.0.113.10'], 'mx1.example.com mx3.example.com', 'mx1.example.com mx3.example.com'],
])('without answers about %j, with the names %j before, it has the names %s', async ([failing, before, names]) => {
  const findings = await findingsOf({ ...TWO_HOSTS, failing });
  const known = remembering('example.com', before.split(' '));
  expect(nameFacts(findings, CLIENT, known).names.join(' ')).toBe(names);
});

test('of long names few are kept', async () => {
  const names = [1, 2, 3, 4, 5].map((n) => `${String(n).repeat(60)}.example.com`);
  const a = Object.fromEntries(names.map((name) => [name, [CLIENT.text]]));
  const findings = await findingsOf({ ptr: { [CLIENT.text]: names }, a });
  expect(nameFacts(findings, CLIENT, undefined).names).toEqual(names.slice(0, 3));
});

function titles({ listings }: Facts): string {
  return listings
    .map(({ title, points, mayBeWrong }) => `${title} ${points}${mayBeWrong ? ' mayBeWrong' : ''}`)
    .join(', ');
}

type Answers = Parameters<typeof listed>[0];

test.for<[answers: Answers, listings: string, dnswl: Facts['dnswl'], incomplete: boolean]>([
  [{}, '', 0, false],
  [{ spamcop: ['127.0.0.2'] }, 'Spamcop -80 mayBeWrong', 0, false],
  [{ 'uce-2': ['127.0.0.2'], barracuda: ['127.0.0.2'] }, 'Uceprotect level 2 -50, Barracuda -80 mayBeWrong', 0, false],
  [{ spamhaus: ['127.0.0.4', '127.0.0.10'] }, 'Spamhaus ZEN -100', 0, false],
  // Errors and failures say nothing, and what is missing is known to be missing.
  [{ spamhaus: ['127.255.255.254'] }, '', 0, true],
  [{ spamcop: ['203.0.113.80'] }, '', 0, true],
  [{ spamcop: 'failed', 'uce-2': ['127.0.0.2'] }, 'Uceprotect level 2 -50', 0, true],
  [{ dnswl: ['127.0.5.0'] }, '', 0, false],
  [{ dnswl: ['127.0.5.1'] }, '', 1, false],
  [{ dnswl: ['127.0.10.2'] }, '', 2, false],
  [{ dnswl: ['127.0.5.3'] }, '', 3, false],
  [{ dnswl: ['127.0.0.255'] }, '', 0, true],
  [{ dnswl: ['10.127.0.2'] }, '', 0, true],
  [{ dnswl: 'failed' }, '', 0, true],
])('lists: %o → %j, DNSWL %i, incomplete %j', async ([answers, listings, dnswl, incomplete]) => {
  const facts = factsFrom(await findingsOf(listed(answers)), CLIENT, { bad: NO_BAD, good: NO_GOOD }, undefined);
  expect([titles(facts), facts.dnswl, facts.incomplete]).toEqual([listings, dnswl, incomplete]);
});

test('counts are taken as they are', async () => {
  const counts = { bad: { ...NO_BAD, spam: 3, newest: 5 }, good: { olderThanDay: 2, olderThanWeek: 1, first: [3] } };
  expect(factsFrom(await findingsOf(NAMED), CLIENT, counts, undefined)).toMatchObject({
    ...counts,
    domain: 'example.com',
  });
});

test.for(['ptr', 'forward', 'list'] as const)(
  'what is still under way makes the facts incomplete: %s',
  async (late) => {
    const question = {
      ptr: 'PTR 203.0.113.10',
      forward: 'A mail.example.com',
      list: 'A 10.113.0.203.bl.spamcop.net',
    }[late];
    const resolver = fakeResolver({ ...listed({ spamcop: ['127.0.0.2'] }), late: [question] });
    const { findings, done } = lookUpClient({ resolver, lists: () => LISTS, useOf: () => 'asked' }, CLIENT);
    await new Promise(setImmediate);
    const facts = (): Facts => factsFrom(findings, CLIENT, { bad: NO_BAD, good: NO_GOOD }, undefined);
    expect(facts().incomplete).toBe(true);
    expect(facts()).toMatchObject(
      late === 'list'
        ? { domain: 'example.com', listings: [] }
        : { nameUnknown: true, listings: [{ title: 'Spamcop' }] },
    );
    resolver.release();
    await done;
    expect(facts()).toMatchObject({ incomplete: false, domain: 'example.com', listings: [{ title: 'Spamcop' }] });
  },
);

test.for(['10.0.0.5', '172.16.0.1', '192.168.3.4', '::1', 'fd00::1'])('no list is asked about %s', async (text) => {
  const client = addressOf(text);
  expect((await findingsOf(named('mail.example.com', [text], text), client)).lists.size).toBe(0);
});

test('addresses beside the private ones are asked about', async () => {
  expect((await findingsOf({}, addressOf('172.32.0.1'))).lists.size).toBe(LISTS.length);
});

test('no list is asked that is ignored, and none about IPv6 that can not know', async () => {
  expect((await findingsOf(NAMED, CLIENT, 'ignored')).lists.size).toBe(0);
  const asked = await findingsOf({}, addressOf('2001:db8::1'));
  expect([...asked.lists.keys()].map(({ name }) => name)).toEqual(['spamhaus', 'dnswl']);
});

test('of very many names only some are looked up', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `n${index}.example.com`);
  const { addresses } = await findingsOf({ ptr: { '203.0.113.10': names } });
  expect(addresses.size).toBe(8);
});
