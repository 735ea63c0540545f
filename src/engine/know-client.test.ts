import { expect, test } from 'vitest';
import { checkOf, engineBench } from '../../test/engine-bench.ts';
import type { FakeDns } from '../dns/fake-resolver.ts';
import { knowClient } from './know-client.ts';

const MX = '203.0.113.7';
const NAMED = { ptr: { [MX]: ['mx.example.com'] }, a: { 'mx.example.com': [MX] } };
const POOL = { ptr: { [MX]: ['host7.pool.example.net'] }, a: { 'host7.pool.example.net': [MX] } };
const ENTRY = { kind: 'white', author: 'me', reason: 'test', made: 0, expires: 2_000_000_000 } as const;
const DYNAMIC = { ptr: { [MX]: ['dsl-7-113.example.net'] }, a: { 'dsl-7-113.example.net': [MX] } };

test.for<[config: string, dns: FakeDns, clientName: string | undefined, domain: string | undefined]>([
  ['', NAMED, undefined, 'example.com'],
  ['', NAMED, 'mx.other.net', 'example.com'],
  ['', {}, 'mx.other.net', 'other.net'],
  ['', { failing: [`PTR ${MX}`] }, 'mx.other.net', 'other.net'],
  ['', {}, undefined, undefined],
  ['', DYNAMIC, undefined, undefined],
  ['', {}, 'dsl-7-113.example.net', undefined],
  ['reputation no', NAMED, 'mx.other.net', 'other.net'],
  ['reputation no', NAMED, undefined, undefined],
])('%s, DNS %j, named %s by the mail server: the domain is %s', async ([config, dns, clientName, domain]) => {
  const { checks } = await engineBench({ config, dns });
  const check = checkOf(MX, 'a@example.com', 'b@example.org', clientName);
  const client = await knowClient(checks, check, checks.settings().rules);
  expect(client.domain).toBe(domain);
  expect(client.standing === undefined).toBe(config !== '');
});

test.for<[config: string, domain: string | undefined]>([
  ['reputation no', 'other.net'],
  // What is not of a domain does not depend on what was told before.
  ['reputation no\nGREY_IP_COMPONENT NET', undefined],
  // Our own word goes before that of the mail server.
  ['reputation yes', undefined],
])('%s, named mx.other.net before: the domain is %s', async ([config, domain]) => {
  const { checks } = await engineBench({ config });
  const domains: (string | undefined)[] = [];
  for (const name of ['mx.other.net', undefined]) {
    const check = checkOf(MX, 'a@example.com', 'b@example.org', name);
    domains.push((await knowClient(checks, check, checks.settings().rules)).domain);
  }
  expect(domains).toEqual(['other.net', domain]);
});

test.for<[flags: string, clientName: string | undefined, sender: string, misfit: boolean, shortLived: boolean]>([
  ['DomainMatch', 'mx.example.com', 'a@example.com', false, false],
  ['DomainMatch', 'mx.other.net', 'a@example.com', true, true],
  ['DomainMatch', undefined, 'a@example.com', true, true],
  ['BadResolve', 'mx.other.net', 'a@example.com', false, false],
  ['BadResolve', undefined, 'a@example.com', false, true],
  ['none', undefined, 'a@example.com', false, false],
  ['none\nGREY_COMPAT_DOMAIN_CHECK yes', 'mx.other.net', 'a@example.com', true, false],
])('GREY_DEWHITE_FLAGS %s, client %s, sender %s', async ([flags, clientName, sender, misfit, shortLived]) => {
  const { checks } = await engineBench({ config: `reputation no\nGREY_DEWHITE_FLAGS ${flags}` });
  const check = checkOf(MX, sender, 'b@example.org', clientName);
  expect(await knowClient(checks, check, checks.settings().rules)).toMatchObject({ misfit, shortLived });
});

test.for<[subject: string, config: string, dns: FakeDns, clientName: string | undefined, counts: boolean]>([
  [MX, '', NAMED, undefined, true],
  ['203.0.113.0/24', '', NAMED, undefined, true],
  ['example.com', '', NAMED, undefined, true],
  ['mx.example.com', '', NAMED, undefined, true],
  ['mx2.example.com', '', NAMED, undefined, false],
  ['other.net', '', NAMED, 'mx.other.net', true],
  ['mx.example.com', '', NAMED, 'mx.other.net', true],
  // Also where the name says nothing about who sends.
  ['pool.example.net', '', POOL, undefined, true],
  ['example.net', '', POOL, undefined, true],
  ['mx.example.com', '', { ptr: NAMED.ptr }, undefined, false],
  ['mx.example.com', 'reputation no', NAMED, undefined, false],
  ['mx.example.com', 'reputation no', NAMED, 'mx.example.com', true],
])('an entry for %s, with %j, DNS %j, named %s: counts %j', async ([subject, config, dns, clientName, counts]) => {
  const { checks, manual } = await engineBench({ config, dns });
  await manual.put({ ...ENTRY, subject });
  const check = checkOf(MX, 'a@example.com', 'b@example.org', clientName);
  const found = (await knowClient(checks, check, checks.settings().rules)).manual;
  expect(found).toEqual(counts ? { ...ENTRY, subject } : undefined);
});

test('of several entries by name that of the name that the mail server tells counts', async () => {
  const { checks, manual } = await engineBench({ dns: NAMED });
  for (const subject of ['example.com', 'mx.example.com', 'other.net']) await manual.put({ ...ENTRY, subject });
  const subjects: (string | undefined)[] = [];
  for (const name of ['mx.other.net', 'mx2.example.com', undefined]) {
    const check = checkOf(MX, 'a@example.com', 'b@example.org', name);
    subjects.push((await knowClient(checks, check, checks.settings().rules)).manual?.subject);
  }
  expect(subjects).toEqual(['other.net', 'example.com', 'mx.example.com']);
});

test('an entry by name counts while DNS is down, by what was known before', async () => {
  const { checks, manual, clock, dns } = await engineBench({ dns: NAMED });
  await manual.put({ ...ENTRY, subject: 'mx.example.com' });
  const check = checkOf(MX, 'a@example.com', 'b@example.org');
  const entry = async () => (await knowClient(checks, check, checks.settings().rules)).manual?.subject;
  await entry();
  dns.change({ failing: [`PTR ${MX}`] });
  clock.advance(7 * 86_400);
  expect(await entry()).toBe('mx.example.com');
});
