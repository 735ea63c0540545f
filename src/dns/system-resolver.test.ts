import { Socket } from 'node:dgram';
import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test, vi } from 'vitest';
import { keptLog } from '../../test/kept-log.ts';
import { startStubDnsServer, type StubScript } from '../../test/stub-dns-server.ts';
import { manualClock, systemClock } from '../lib/clock.ts';
import { createCounters } from '../lib/counters.ts';
import { silentLog } from '../lib/log.ts';
import type { NameServer } from '../lib/name-server.ts';
import type { Question } from './resolver.ts';
import { systemResolver } from './system-resolver.ts';

const MAIL: Question = { type: 'A', name: 'mail.example.com' };
const FOUND = { kind: 'found', value: ['203.0.113.10'], ttl: 300 };
const records = [
  ['10.113.0.203.in-addr.arpa', 'PTR', 'Mail.Example.com'],
  ['mail.example.com', 'A', '203.0.113.10'],
  ['mail.example.com', 'AAAA', '2001:db8::10'],
  ['mail.example.com', 'TXT', 'beside it'],
  ['alias.example.com', 'CNAME', 'mail.example.com', 60],
  ['late-alias.example.com', 'CNAME', 'alias.example.com'],
  ['9.113.0.203.in-addr.arpa', 'CNAME', '9.subnet.example.com'],
  ['9.subnet.example.com', 'PTR', 'nine.example.com'],
] as const;
const NOISES = ['garbage', 'wrong id', 'wrong question', 'damaged', 'foreign'] as const;
/** Long enough that a slow machine keeps it, where something is expected to come. */
const PATIENT = 20;
/** Where nothing is expected to come. */
const BRIEF = 0.2;

function resolverFor(servers: readonly NameServer[], timeout: number, clock = systemClock) {
  const counters = createCounters();
  const settings = { servers, timeout };
  const resolver = systemResolver({ clock, log: silentLog, counters, settings: () => settings });
  const counted = (name: string) => counters.list().find(([counter]) => counter === name)?.[1] ?? 0;
  return { resolver, counted };
}

/** One question to a server that plays the script. */
async function askOnce(script: StubScript, question: Question = MAIL, timeout = PATIENT) {
  await using stub = await startStubDnsServer(script);
  const { resolver, counted } = resolverFor([stub.server], timeout);
  await using _closing = resolver;
  const lookup = await resolver.lookUp(question);
  return { lookup, counted, questions: Object.fromEntries(stub.questions) };
}

test.for([
  ['addresses', MAIL, FOUND],
  ['IPv6 addresses', { type: 'AAAA', name: 'mail.example.com' }, { ...FOUND, value: ['2001:db8::10'] }],
  [
    'names, in lower case',
    { type: 'PTR', name: '10.113.0.203.in-addr.arpa' },
    { ...FOUND, value: ['mail.example.com'] },
  ],
  [
    'names behind an alias',
    { type: 'PTR', name: '9.113.0.203.in-addr.arpa' },
    { ...FOUND, value: ['nine.example.com'] },
  ],
  ['an alias behind its target', { type: 'A', name: 'alias.example.com' }, { ...FOUND, ttl: 60 }],
  ['two aliases', { type: 'A', name: 'late-alias.example.com' }, { ...FOUND, ttl: 60 }],
  ['no such name', { type: 'A', name: 'nobody.example.com' }, { kind: 'absent', ttl: 77 }],
  ['a name without such records', { type: 'A', name: '10.113.0.203.in-addr.arpa' }, { kind: 'absent', ttl: 77 }],
  ['a name that no message can carry', { type: 'A', name: 'a..b' }, { kind: 'absent', ttl: 86_400 }],
] as const)('%s', async ([, question, expected]) => {
  const { lookup } = await askOnce({ records, negativeTtl: 77 }, question);
  expect(lookup).toEqual(expected);
});

test.for([
  ['SERVFAIL fails and is not repeated', { code: 'SERVFAIL' }, { kind: 'failed', error: 'SERVFAIL' }, 1],
  ['REFUSED fails and is not repeated', { code: 'REFUSED' }, { kind: 'failed', error: 'REFUSED' }, 1],
  ['a slow answer counts', { delay: 20 }, FOUND, 1],
  ['all noise at once is ignored', { before: NOISES }, FOUND, 1],
] as const)('%s', async ([, trick, expected, times]) => {
  const { lookup, questions } = await askOnce({ records, tricks: { 'mail.example.com': trick } });
  expect(lookup).toEqual(expected);
  expect(questions).toEqual({ 'A mail.example.com': times });
});

test.for(NOISES)('%s alone is no answer', async (noise) => {
  const tricks = { 'mail.example.com': { before: [noise], silent: true } } as const;
  const { lookup, counted } = await askOnce({ records, tricks }, MAIL, BRIEF);
  expect(lookup).toEqual({ kind: 'failed', error: 'no answer within 0.2s' });
  // A stranger's datagrams do not even reach a connected socket.
  expect(counted('dns datagrams ignored') > 0).toBe(noise !== 'foreign');
});

test('a lost question is repeated', async () => {
  const { lookup, questions } = await askOnce({ records, tricks: { '*': { silent: 1 } } }, MAIL, 0.6);
  expect(lookup).toEqual(FOUND);
  expect(questions).toEqual({ 'A mail.example.com': 2 });
});

test('an answer that comes after the repetition counts as well', async () => {
  const { lookup, questions } = await askOnce({ records, tricks: { '*': { delay: 300, answered: 1 } } }, MAIL, 0.6);
  expect(lookup).toEqual(FOUND);
  expect(questions).toEqual({ 'A mail.example.com': 2 });
});

test('a server that is silent is asked twice, then the lookup has failed', async () => {
  const { lookup, questions } = await askOnce({ records, tricks: { '*': { silent: true } } }, MAIL, BRIEF);
  expect(lookup).toEqual({ kind: 'failed', error: 'no answer within 0.2s' });
  expect(questions).toEqual({ 'A mail.example.com': 2 });
});

test.for([
  ['was cut off', { records, tricks: { '*': { truncated: true } } }, 1],
  ['is too long', { records: manyAddresses(200) }, 200],
] as const)('an answer that %s is asked for over TCP', async ([, script, addresses]) => {
  const { lookup, questions, counted } = await askOnce(script);
  expect(lookup.kind === 'found' && lookup.value.length).toBe(addresses);
  expect(counted('dns questions over tcp')).toBe(1);
  expect(questions).toEqual({ 'A mail.example.com': 1, 'TCP A mail.example.com': 1 });
});

function manyAddresses(length: number) {
  return Array.from({ length }, (_, i) => ['mail.example.com', 'A', `203.0.113.${i}`] as const);
}

const SILENT = { tricks: { '*': { silent: true } } } as const;
const IN_TROUBLE = { tricks: { '*': { code: 'SERVFAIL' } } } as const;

test.for([
  ['is silent', SILENT],
  ['is in trouble', IN_TROUBLE],
] as const)('the next server is asked when the first one %s, and stays the preferred one', async ([, script]) => {
  await using broken = await startStubDnsServer({ records, ...script });
  await using good = await startStubDnsServer({ records });
  const { resolver } = resolverFor([broken.server, good.server], 1);
  await using _closing = resolver;
  expect(await resolver.lookUp(MAIL)).toEqual(FOUND);
  expect(await resolver.lookUp(MAIL)).toEqual(FOUND);
  expect([broken.questions.get('A mail.example.com'), good.questions.get('A mail.example.com')]).toEqual([1, 2]);
});

test.for([
  ['silent', 'silent', SILENT, SILENT],
  ['silent', 'in trouble', SILENT, IN_TROUBLE],
  ['in trouble', 'silent', IN_TROUBLE, SILENT],
] as const)('where the first server is %s and the second one %s, the third is asked', async ([, , first, second]) => {
  await using one = await startStubDnsServer({ records, ...first });
  await using two = await startStubDnsServer({ records, ...second });
  await using good = await startStubDnsServer({ records });
  const { resolver } = resolverFor([one.server, two.server, good.server], 1);
  await using _closing = resolver;
  expect(await resolver.lookUp(MAIL)).toEqual(FOUND);
  expect([one, two, good].map(({ questions }) => questions.get('A mail.example.com'))).toEqual([1, 1, 1]);
});

test.for([
  ['slow', { delay: 20_000 }],
  ['broken', { code: 'SERVFAIL' }],
] as const)('a domain whose servers are %s for the first server does not make another preferred', async ([, trick]) => {
  const clock = manualClock();
  const odd: Question = { type: 'A', name: 'odd.example.com' };
  const all = [...records, ['odd.example.com', 'A', '203.0.113.10']] as const;
  await using first = await startStubDnsServer({ records: all, tricks: { 'odd.example.com': trick } });
  await using second = await startStubDnsServer({ records: all });
  const { resolver } = resolverFor([first.server, second.server], 1, clock);
  await using _closing = resolver;
  for (const question of [MAIL, odd, MAIL]) expect(await resolver.lookUp(question)).toEqual(FOUND);
  expect(second.questions.get('A mail.example.com')).toBeUndefined();
  // As it is if nothing else was asked.
  clock.advance(10);
  for (const question of [odd, MAIL]) expect(await resolver.lookUp(question)).toEqual(FOUND);
  expect(second.questions.get('A mail.example.com')).toBe(1);
});

test('the first server is tried again after a minute, by one question', async () => {
  const clock = manualClock();
  await using first = await startStubDnsServer({ records, tricks: { '*': { silent: 2 } } });
  await using second = await startStubDnsServer({ records });
  // As the system's servers come: other objects each time.
  const settings = () => ({ servers: [{ ...first.server }, { ...second.server }], timeout: 1 });
  await using resolver = systemResolver({ clock, log: silentLog, counters: createCounters(), settings });
  const asked = () => [first, second].map(({ questions }) => questions.get('A mail.example.com') ?? 0);
  const ask = async () => {
    expect(await resolver.lookUp(MAIL)).toEqual(FOUND);
    return asked();
  };
  expect(await ask()).toEqual([1, 1]);
  expect(await ask()).toEqual([1, 2]);
  clock.advance(60);
  expect(await ask()).toEqual([2, 3]);
  expect(await ask()).toEqual([2, 4]);
  clock.advance(60);
  expect(await ask()).toEqual([3, 4]);
  expect(await ask()).toEqual([4, 4]);
});

test('where nobody listens the question fails at once, or the next server is asked', async () => {
  const gone = await startStubDnsServer();
  await gone[Symbol.asyncDispose]();
  await using good = await startStubDnsServer({ records });
  const alone = resolverFor([gone.server], PATIENT);
  const both = resolverFor([gone.server, good.server], PATIENT);
  await using _alone = alone.resolver;
  await using _both = both.resolver;
  expect(await alone.resolver.lookUp(MAIL)).toMatchObject({ error: expect.stringMatching('ECONNREFUSED') });
  expect(await both.resolver.lookUp(MAIL)).toEqual(FOUND);
});

test('a server that can not even be connected to fails each question', async () => {
  const { resolver } = resolverFor([{ address: '255.255.255.255', port: 53 }], PATIENT);
  await using _closing = resolver;
  for (let i = 0; i < 5; i += 1)
    expect(await resolver.lookUp(MAIL)).toMatchObject({ error: expect.stringMatching('connect E') });
});

test('a datagram that the network refuses fails the question at once', async () => {
  // As where a firewall lets nothing out.
  const send = vi.spyOn(Socket.prototype, 'send').mockImplementation((...given: unknown[]) => {
    const sent = given.at(-1);
    if (typeof sent === 'function') sent(new Error('send EPERM'));
  });
  onTestFinished(() => send.mockRestore());
  const { resolver } = resolverFor([{ address: '127.0.0.1', port: 53 }], PATIENT);
  await using _closing = resolver;
  expect(await resolver.lookUp(MAIL)).toEqual({ kind: 'failed', error: 'send EPERM' });
});

const hasIpv6 = Object.values(networkInterfaces()).some((found) => found?.some(({ address }) => address === '::1'));

test.skipIf(!hasIpv6)('a server may have an IPv6 address', async () => {
  await using stub = await startStubDnsServer({ records, tricks: { '*': { truncated: true } } }, '::1');
  const { resolver } = resolverFor([stub.server], PATIENT);
  await using _closing = resolver;
  expect(await resolver.lookUp(MAIL)).toEqual(FOUND);
});

test('a silent server and too many questions: the number that waits is bounded, the others fail at once', async () => {
  await using silent = await startStubDnsServer({ tricks: { '*': { silent: true } } });
  const { resolver } = resolverFor([silent.server], PATIENT);
  const lookups = Array.from({ length: 5000 }, (_, i) => resolver.lookUp({ type: 'A', name: `${i}.example.com` }));
  expect(await lookups.at(-1)).toEqual({ kind: 'failed', error: 'too many questions at once' });
  const settled = Promise.allSettled(lookups);
  await resolver[Symbol.asyncDispose]();
  const rejected = (await settled).flatMap((lookup) => (lookup.status === 'rejected' ? [lookup.reason] : []));
  expect(rejected).toHaveLength(4096);
  expect(rejected[0]).toMatchObject({ name: 'AbortError', message: 'the resolver is closed' });
});

test('those that have ended make room for others', async () => {
  const { resolver } = resolverFor([], PATIENT);
  await using _closing = resolver;
  for (let i = 0; i < 4096; i += 1) await resolver.lookUp(MAIL);
  expect(await resolver.lookUp(MAIL)).toEqual({ kind: 'failed', error: 'no DNS server is known' });
});

test('many questions at once find their own answers', async () => {
  const names = Array.from({ length: 300 }, (_, i) => [`${i}.example.com`, `192.0.${i >> 8}.${i & 255}`] as const);
  await using stub = await startStubDnsServer({
    records: names.map(([name, address]) => [name, 'A', address] as const),
  });
  const { resolver } = resolverFor([stub.server], PATIENT);
  await using _closing = resolver;
  const lookups = await Promise.all(names.map(([name]) => resolver.lookUp({ type: 'A', name })));
  expect(lookups).toEqual(names.map(([, address]) => ({ kind: 'found', value: [address], ttl: 300 })));
});

test('ports are given up after half a minute', async () => {
  const clock = manualClock();
  await using stub = await startStubDnsServer({ records });
  const { resolver } = resolverFor([stub.server], PATIENT, clock);
  await using _closing = resolver;
  for (let i = 0; i < 8; i += 1) await resolver.lookUp(MAIL);
  expect(stub.ports.size).toBe(4);
  clock.advance(30);
  for (let i = 0; i < 8; i += 1) await resolver.lookUp(MAIL);
  expect(stub.ports.size).toBe(8);
});

/** Where Linux has its UDP sockets, one a line, with whom each is connected to. */
const SOCKETS = '/proc/net/udp';

/** How many sockets are connected to a server on 127.0.0.1. */
function socketsTo({ port }: NameServer): number {
  const other = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync(SOCKETS, 'latin1').split(` 0100007F:${other} 01 `).length - 1;
}

test.skipIf(!existsSync(SOCKETS))('ports to a server that is not asked any more are given up', async () => {
  const clock = manualClock();
  await using first = await startStubDnsServer({ records });
  await using second = await startStubDnsServer({ records });
  let server = first.server;
  const settings = () => ({ servers: [server], timeout: PATIENT });
  await using resolver = systemResolver({ clock, log: silentLog, counters: createCounters(), settings });
  for (let i = 0; i < 4; i += 1) await resolver.lookUp(MAIL);
  expect(socketsTo(first.server)).toBe(4);
  clock.advance(30);
  server = second.server;
  await resolver.lookUp(MAIL);
  await vi.waitFor(() => expect(socketsTo(first.server)).toBe(0));
});

test.skipIf(!existsSync(SOCKETS))('the socket of a port that is given up is closed, at the end each is', async () => {
  await using stub = await startStubDnsServer({ records });
  const { resolver } = resolverFor([stub.server], PATIENT);
  for (let i = 0; i < 30; i += 1) await Promise.all(Array.from({ length: 70 }, () => resolver.lookUp(MAIL)));
  expect(stub.ports.size).toBe(8);
  await vi.waitFor(() => expect(socketsTo(stub.server)).toBe(4));
  await resolver[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(socketsTo(stub.server)).toBe(0));
});

test.skipIf(!existsSync(SOCKETS))(
  'what a server never answered keeps no socket open once another one has answered',
  async () => {
    await using silent = await startStubDnsServer(SILENT);
    await using good = await startStubDnsServer({ records });
    const { resolver } = resolverFor([silent.server, good.server], 1);
    expect(await resolver.lookUp(MAIL)).toEqual(FOUND);
    await resolver[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(socketsTo(silent.server)).toBe(0));
  },
);

test('ports are given up after some hundred questions, while others still wait on them', async () => {
  await using stub = await startStubDnsServer({ records, tricks: { 'slow.example': { delay: 400 } } });
  const { resolver } = resolverFor([stub.server], PATIENT, manualClock());
  await using _closing = resolver;
  const slow = resolver.lookUp({ type: 'A', name: 'slow.example' });
  for (let i = 0; i < 30; i += 1) await Promise.all(Array.from({ length: 70 }, () => resolver.lookUp(MAIL)));
  expect(stub.ports.size).toBe(8);
  expect(await slow).toMatchObject({ kind: 'absent' });
});

test('a closed resolver opens nothing any more', async () => {
  await using stub = await startStubDnsServer({ records });
  const { resolver } = resolverFor([stub.server], PATIENT);
  await resolver[Symbol.asyncDispose]();
  await expect(resolver.lookUp(MAIL)).rejects.toThrow('the resolver is closed');
  expect(stub.ports.size).toBe(0);
});

test('a question that was answered leaves no timer, which would hold up the end', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { lookup } = await askOnce({ records });
  expect([lookup, vi.getTimerCount()]).toEqual([FOUND, 0]);
});

test('a lookup fails where no server is known', async () => {
  const { resolver } = resolverFor([], PATIENT);
  expect(await resolver.lookUp(MAIL)).toEqual({ kind: 'failed', error: 'no DNS server is known' });
});

test('that nobody answers is logged', async () => {
  const counters = createCounters();
  const { log, logged } = keptLog();
  // Nobody listens there.
  const settings = () => ({ servers: [{ address: '127.0.0.1', port: 1 }], timeout: PATIENT });
  await using resolver = systemResolver({ clock: systemClock, log, counters, settings });
  await Promise.all(Array.from({ length: 20 }, (_, n) => resolver.lookUp({ type: 'A', name: `a${n}.example` })));
  expect(logged()).toEqual([expect.stringMatching(/^name servers do not answer cause=".*ECONNREFUSED.*"$/)]);
});

test('with log level 2 each question is logged with its answer, and each answer is counted', async () => {
  await using stub = await startStubDnsServer({ records, tricks: { 'bad.example': { code: 'SERVFAIL' } } });
  const counters = createCounters();
  const { log, logged } = keptLog(2);
  const settings = () => ({ servers: [stub.server], timeout: PATIENT });
  await using resolver = systemResolver({ clock: systemClock, log, counters, settings });
  for (const name of ['mail.example.com', 'nobody.example', 'bad.example']) await resolver.lookUp({ type: 'A', name });
  expect(logged()).toEqual([
    'dns question="A mail.example.com" answer=found ttl=300',
    'dns question="A nobody.example" answer=absent ttl=300',
    'dns question="A bad.example" answer=failed cause=SERVFAIL',
  ]);
  expect(counters.list()).toEqual([
    ['dns absent', 1],
    ['dns failed', 1],
    ['dns found', 1],
  ]);
});
