import { expect, test } from 'vitest';
import { manualClock } from '../lib/clock.ts';
import { cachingResolver } from './caching-resolver.ts';
import { type FakeDns, fakeResolver } from './fake-resolver.ts';

const question = { type: 'A', name: 'mail.example.com' } as const;
const a = { 'mail.example.com': ['203.0.113.10'] };

function setUp(dns: FakeDns, maxEntries = 100) {
  const clock = manualClock();
  const dnsBehind = fakeResolver(dns);
  return { clock, dnsBehind, cache: cachingResolver({ resolver: dnsBehind, clock, maxEntries }) };
}

test.for([
  ['found: its TTL', { a, ttl: 300 }, 300],
  ['found: at least 30 seconds', { a, ttl: 0 }, 30],
  ['found: at most a day', { a, ttl: 604_800 }, 86_400],
  ['absent: its TTL', { ttl: 300 }, 300],
  ['absent: at least 30 seconds', { ttl: 0 }, 30],
  ['absent: at most an hour', { ttl: 86_400 }, 3600],
  ['failed: 30 seconds', { failing: ['A mail.example.com'] }, 30],
] as const)('%s', async ([, dns, lifetime]) => {
  const { clock, dnsBehind, cache } = setUp(dns);
  const first = await cache.lookUp(question);
  clock.advance(lifetime - 1);
  const again = await cache.lookUp(question);
  expect(dnsBehind.asked).toHaveLength(1);
  expect(again).toEqual({ ...first, age: lifetime - 1, ...(first.kind === 'failed' ? {} : { ttl: 1 }) });
  clock.advance(1);
  await cache.lookUp(question);
  expect(dnsBehind.asked).toHaveLength(2);
});

test('nothing is remembered from a time that has yet to come', async () => {
  const { clock, dnsBehind, cache } = setUp({ failing: ['A mail.example.com'] });
  await cache.lookUp(question);
  clock.advance(-7200);
  await cache.lookUp(question);
  await cache.lookUp(question);
  expect(dnsBehind.asked).toHaveLength(2);
});

test('what was forgotten is asked again', async () => {
  const { dnsBehind, cache } = setUp({ a });
  await cache.lookUp(question);
  cache.forget();
  await cache.lookUp(question);
  expect(dnsBehind.asked).toHaveLength(2);
});

test.for(['before', 'after'])(
  'what was asked before all was forgotten is asked again, %s its answer came',
  async (again) => {
    const { dnsBehind, cache } = setUp({ a, late: ['A mail.example.com'] });
    const early = cache.lookUp(question);
    cache.forget();
    const other = again === 'before' ? cache.lookUp(question) : undefined;
    dnsBehind.change({ a });
    dnsBehind.release();
    await Promise.all([early, other]);
    await cache.lookUp(question);
    expect(dnsBehind.asked).toHaveLength(2);
  },
);

test('the same question at the same time is asked once', async () => {
  const { dnsBehind, cache } = setUp({ a, late: ['A mail.example.com'] });
  const both = Promise.all([cache.lookUp(question), cache.lookUp({ type: 'A', name: 'MAIL.example.com.' })]);
  dnsBehind.release();
  const [first, second] = await both;
  expect(first).toEqual({ kind: 'found', value: ['203.0.113.10'], ttl: 300 });
  expect(second).toEqual(first);
  expect(dnsBehind.asked).toEqual(['A mail.example.com']);
});

test('answers of different types for one name are kept apart', async () => {
  const { cache } = setUp({ a });
  await cache.lookUp(question);
  expect(await cache.lookUp({ ...question, type: 'AAAA' })).toMatchObject({ kind: 'absent' });
});

test('the answer that was used least recently goes first', async () => {
  const { dnsBehind, cache } = setUp({}, 2);
  const ask = (name: string) => cache.lookUp({ type: 'A', name });
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(name);
  expect(dnsBehind.asked).toEqual(['A a', 'A b', 'A c', 'A b']);
});

test('a usual answer takes one place', async () => {
  const { dnsBehind, cache } = setUp({ a: { a: ['203.0.113.1'], b: ['203.0.113.2'], c: ['203.0.113.3'] } }, 4);
  for (const name of ['a', 'b', 'c', 'a']) await cache.lookUp({ type: 'A', name });
  expect(dnsBehind.asked).toEqual(['A a', 'A b', 'A c']);
});

test('an answer with many long names takes the places of many', async () => {
  const names = Array.from({ length: 256 }, (_, n) => `${n}.${'x'.repeat(200)}.example`);
  const { dnsBehind, cache } = setUp({ ptr: { '192.0.2.1': names, '192.0.2.2': names }, a }, 400);
  const large = (number: number) => cache.lookUp({ type: 'PTR', name: `${number}.2.0.192.in-addr.arpa` });
  for (const ask of [() => cache.lookUp(question), () => large(1), () => large(2), () => large(2)]) await ask();
  expect(dnsBehind.asked).toHaveLength(3);
  await cache.lookUp(question);
  expect(dnsBehind.asked).toHaveLength(4);
});

test('a resolver that rejects is asked again', async () => {
  const clock = manualClock();
  let times = 0;
  const lookUp = () => Promise.reject(new Error(`broken ${(times += 1)}`));
  const cache = cachingResolver({ resolver: { lookUp }, clock, maxEntries: 2 });
  await expect(cache.lookUp(question)).rejects.toThrow('broken 1');
  await expect(cache.lookUp(question)).rejects.toThrow('broken 2');
});
