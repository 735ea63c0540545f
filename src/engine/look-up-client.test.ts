import { expect, test } from 'vitest';
import { addressOf } from '../../test/engine-bench.ts';
import { chooseLists } from '../dns/choose-lists.ts';
import { type FakeDns, fakeResolver } from '../dns/fake-resolver.ts';
import type { ListUse } from '../dns/lists.ts';
import { type Findings, lookUpClient } from './look-up-client.ts';

const { lists } = chooseLists({ names: ['spamcop', 'uce-2'], scores: [], own: [], dnswl: true });
const NAMED = { ptr: { '203.0.113.7': ['mx.example.com'] }, a: { 'mx.example.com': ['203.0.113.7'] } };
const LIST_QUESTIONS = ['bl.spamcop.net', 'dnsbl-2.uceprotect.net', 'list.dnswl.org'].map(
  (zone) => `A 7.113.0.203.${zone}`,
);

function lookUp(client: string, dns: FakeDns, useOf: (list: string) => ListUse = () => 'asked') {
  const resolver = fakeResolver(dns);
  const parts = { resolver, lists: () => lists, useOf: ({ name }: { readonly name: string }) => useOf(name) };
  return { resolver, ...lookUpClient(parts, addressOf(client)) };
}

function listKinds({ lists: answers }: Findings): readonly string[] {
  return [...answers].map(([{ name }, lookup]) => `${name} ${lookup?.kind ?? 'nothing yet'}`);
}

test('everything is asked at once, the addresses when the names are there', async () => {
  const { resolver, findings, done } = lookUp('203.0.113.7', NAMED);
  const name = 'PTR 7.113.0.203.in-addr.arpa';
  expect(resolver.asked).toEqual([name, ...LIST_QUESTIONS]);
  await done;
  expect(resolver.asked).toEqual([name, ...LIST_QUESTIONS, 'A mx.example.com']);
  expect(findings.names).toMatchObject({ kind: 'found', value: ['mx.example.com'] });
  expect(findings.addresses.get('mx.example.com')).toMatchObject({ kind: 'found', value: ['203.0.113.7'] });
  expect(listKinds(findings)).toEqual(['spamcop absent', 'uce-2 absent', 'dnswl absent']);
});

test('what is still under way is missing; it is there once it has come', async () => {
  const late = ['A mx.example.com', 'A 7.113.0.203.bl.spamcop.net'];
  const { resolver, findings, done } = lookUp('203.0.113.7', { ...NAMED, late });
  await new Promise(setImmediate);
  expect(findings.names).toBeUndefined();
  expect(listKinds(findings)).toEqual(['spamcop nothing yet', 'uce-2 absent', 'dnswl absent']);
  resolver.release();
  await done;
  expect(findings.names).toMatchObject({ kind: 'found' });
  expect(listKinds(findings)).toEqual(['spamcop absent', 'uce-2 absent', 'dnswl absent']);
});

test('failed is not absent', async () => {
  const { findings, done } = lookUp('203.0.113.7', { failing: ['PTR 203.0.113.7', LIST_QUESTIONS[0] ?? ''] });
  await done;
  expect(findings.names?.kind).toBe('failed');
  expect(listKinds(findings)).toEqual(['spamcop failed', 'uce-2 absent', 'dnswl absent']);
});

test('a list that is silent is not asked and not known, one that is ignored is none', async () => {
  const uses: { readonly [name: string]: ListUse } = { spamcop: 'silent', dnswl: 'ignored' };
  const { resolver, findings, done } = lookUp('203.0.113.7', NAMED, (name) => uses[name] ?? 'asked');
  await done;
  expect(listKinds(findings)).toEqual(['spamcop failed', 'uce-2 absent']);
  expect(resolver.asked.filter((question) => LIST_QUESTIONS.includes(question))).toHaveLength(1);
});

test.for(['10.1.2.3', '127.0.0.1', '192.168.1.1', '::1', 'fe80::1'])('no list is asked about %s', async (client) => {
  const { resolver, findings, done } = lookUp(client, {});
  await done;
  expect(resolver.asked).toHaveLength(1);
  expect(findings.lists.size).toBe(0);
});

test('an IPv6 client’s names are looked up with AAAA', async () => {
  const { resolver, done } = lookUp('2001:db8::7', { ptr: { '2001:db8::7': ['mx.example.com'] } });
  await done;
  expect(resolver.asked).toContain('AAAA mx.example.com');
});

test('of a thousand names eight are looked at, the same in any order', async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `n${index}.example.com`);
  const { findings, done } = lookUp('203.0.113.7', { ptr: { '203.0.113.7': names } });
  await done;
  expect([...findings.addresses.keys()]).toEqual(names.toSorted().slice(0, 8));
});
