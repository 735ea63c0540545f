import { expect, onTestFinished, test, vi } from 'vitest';
import { addressOf, checkOf, engineBench } from '../../test/engine-bench.ts';
import { type FakeDns, fakeResolver } from '../dns/fake-resolver.ts';
import { silentLog } from '../lib/log.ts';
import { minutelyLookups, HostSet } from './host-set.ts';

const DNS = { a: { 'mx.example.com': ['203.0.113.7'] }, aaaa: { 'mx.example.com': ['2001:db8::7'] } };

test.for<[config: string, client: string, trusted: boolean]>([
  ['trusted 2001:db8:1::', '2001:db8:1::', true],
  ['trusted 2001:db8:1::', '2001:db8:1::1', false],
  ['trusted ::ffff:192.0.2.0/120', '192.0.2.9', true],
])('%s: %s is trusted: %s', async ([config, client, isTrusted]) => {
  const { trusted } = await engineBench({ config, dns: DNS });
  expect(trusted.has(addressOf(client))).toBe(isTrusted);
});

test.for<[client: string, trusted: boolean]>([
  ['192.0.2.1', true],
  ['192.0.3.1', false],
  ['::ffff:192.0.2.1', true],
  ['2001:db8:1::5', true],
  ['2001:db8:2::5', false],
  ['203.0.113.7', false],
])('%s is trusted by its network: %s', async ([client, isTrusted]) => {
  const { trusted } = await engineBench({ config: 'trusted 192.0.2.0/24 2001:db8:1::/48 mx.example.com', dns: DNS });
  expect(trusted.has(addressOf(client))).toBe(isTrusted);
});

test('a name counts with all its addresses once it is looked up, and loses those that it lost', async () => {
  const { trusted, dns } = await engineBench({ config: 'trusted mx.example.com', dns: DNS });
  const trustedNow = (): readonly boolean[] =>
    ['203.0.113.7', '2001:db8::7', '203.0.113.8'].map((client) => trusted.has(addressOf(client)));
  expect(trustedNow()).toEqual([false, false, false]);
  await trusted.lookUp();
  expect(trustedNow()).toEqual([true, true, false]);
  dns.change({ a: { 'mx.example.com': ['203.0.113.8'] } });
  await trusted.lookUp();
  expect(trustedNow()).toEqual([false, false, true]);
});

test('a name that can not be looked up now keeps the addresses it had', async () => {
  const { trusted, dns, logged } = await engineBench({ config: 'trusted mx.example.com', dns: DNS });
  await trusted.lookUp();
  dns.change({ failing: ['A mx.example.com', 'AAAA mx.example.com'] });
  await trusted.lookUp();
  expect(trusted.has(addressOf('203.0.113.7'))).toBe(true);
  expect(logged()).toEqual(['name has no address name=mx.example.com cause=SERVFAIL']);
  dns.change({});
  await trusted.lookUp();
  expect(trusted.has(addressOf('203.0.113.7'))).toBe(false);
  expect(logged().at(-1)).toBe('name has no address name=mx.example.com cause="none found"');
});

test('that a name has no address is told once, and again when it had one since or the cause is another', async () => {
  const { trusted, dns, logged } = await engineBench({ config: 'trusted mx.example.com' });
  const failing = { failing: ['A mx.example.com', 'AAAA mx.example.com'] };
  for (const world of [{}, {}, failing, failing, DNS, failing]) {
    dns.change(world);
    await trusted.lookUp();
  }
  const line = 'name has no address name=mx.example.com cause=';
  expect(logged()).toEqual([`${line}"none found"`, `${line}SERVFAIL`, `${line}SERVFAIL`]);
});

test('a name of which only some addresses could be looked up keeps the others', async () => {
  const { trusted, dns } = await engineBench({ config: 'trusted mx.example.com', dns: DNS });
  await trusted.lookUp();
  dns.change({ a: { 'mx.example.com': ['203.0.113.8'] }, failing: ['AAAA mx.example.com'] });
  await trusted.lookUp();
  const now = ['203.0.113.7', '203.0.113.8', '2001:db8::7'].map((client) => trusted.has(addressOf(client)));
  expect(now).toEqual([false, true, true]);
});

test.for<[dns: FakeDns, complete: boolean, ofIpv4: boolean, ofIpv6: boolean]>([
  [DNS, true, true, true],
  [{}, true, true, true],
  [{ ...DNS, failing: ['AAAA mx.example.com'] }, false, true, false],
  [{ failing: ['A mx.example.com'] }, false, false, true],
])('with %j all addresses of the name are known: %s; IPv4: %s, IPv6: %s', async ([dns, complete, ofIpv4, ofIpv6]) => {
  const { trusted } = await engineBench({ config: 'trusted mx.example.com', dns });
  expect(trusted.complete()).toBe(false);
  await trusted.lookUp();
  await trusted.tried;
  expect([trusted.complete(), trusted.complete(4), trusted.complete(6)]).toEqual([complete, ofIpv4, ofIpv6]);
});

test('names are to be looked up again soon as long as one could not be', async () => {
  const { trusted, dns } = await engineBench({
    config: 'trusted mx.example.com',
    dns: { failing: ['A mx.example.com'] },
  });
  await trusted.lookUp();
  expect(trusted.complete()).toBe(false);
  dns.change({});
  await trusted.lookUp();
  expect(trusted.complete()).toBe(true);
});

test('names are looked up once an hour, and each minute as long as one could not be', async () => {
  const { trusted, dns } = await engineBench({
    config: 'trusted mx.example.com',
    dns: { failing: ['A mx.example.com'] },
  });
  const lookUp = vi.spyOn(trusted, 'lookUp');
  const minute = minutelyLookups(trusted);
  const lookupsIn = async (minutes: number): Promise<number> => {
    lookUp.mockClear();
    for (let passed = 0; passed < minutes; passed += 1) await minute();
    return lookUp.mock.calls.length;
  };
  expect(await lookupsIn(3)).toBe(3);
  dns.change(DNS);
  expect([await lookupsIn(57), await lookupsIn(60), await lookupsIn(59)]).toEqual([1, 1, 1]);
});

test.for<[dns: FakeDns, trusted: string[], ofIpv6: boolean]>([
  [{}, ['192.0.2.7'], true],
  [{ failing: ['A mx.example.com', 'AAAA mx.example.com'] }, ['192.0.2.7'], false],
  [DNS, ['192.0.2.7', '203.0.113.7', '2001:db8::7'], true],
])('with %j what this machine knows by itself counts too: %j; IPv6 is known: %s', async ([dns, expected, ofIpv6]) => {
  const logged: string[] = [];
  const trusted = new HostSet({
    resolver: fakeResolver(dns),
    log: { ...silentLog, event: (_, event) => void logged.push(event) },
    known: async (name) => (name === 'mx.example.com' ? ['192.0.2.7'] : []),
    settings: () => ({ networks: [], names: ['mx.example.com'] }),
  });
  await trusted.lookUp();
  const clients = ['192.0.2.7', '192.0.2.8', '203.0.113.7', '2001:db8::7'];
  expect(clients.filter((client) => trusted.has(addressOf(client)))).toEqual(expected);
  expect([trusted.complete(4), trusted.complete(6), trusted.complete()]).toEqual([true, ofIpv6, ofIpv6]);
  expect(logged).toEqual([]);
});

const FAILING: FakeDns = { failing: ['A mx.example.com', 'AAAA mx.example.com'] };
const KEPT = '[["mx.example.com",[[4,["203.0.113.7"]],[6,["2001:db8::7"]]]]]';

/** The clients trusted by a name, after a start with those addresses kept and one round of lookups. */
async function restarted(dns: FakeDns, kept: string | undefined) {
  const saved: string[] = [];
  const trusted = new HostSet({
    resolver: fakeResolver(dns),
    log: silentLog,
    known: async () => [],
    settings: () => ({ networks: [], names: ['mx.example.com'] }),
    kept: { load: async () => kept, save: async (text) => void saved.push(text) },
  });
  await trusted.restore();
  const addresses = ['203.0.113.7', '2001:db8::7', '203.0.113.8'];
  const isTrusted = (): readonly string[] => addresses.filter((client) => trusted.has(addressOf(client)));
  const first = isTrusted();
  await trusted.lookUp();
  return { trusted, first, after: isTrusted(), saved };
}

const BOTH = ['203.0.113.7', '2001:db8::7'];
test.for<[what: string, dns: FakeDns, kept: string | undefined, first: string[], after: string[], saved: string[]]>([
  ['nothing was kept', DNS, undefined, [], BOTH, [KEPT]],
  ['nothing has changed', DNS, KEPT, BOTH, BOTH, []],
  ['no DNS answers', FAILING, KEPT, BOTH, BOTH, []],
  ['no DNS answers, nothing was kept', FAILING, undefined, [], [], ['[["mx.example.com",[[4,[]],[6,[]]]]]']],
  ['half of it', { ...DNS, failing: ['A mx.example.com'] }, KEPT, BOTH, BOTH, []],
  [
    'another address',
    { a: { 'mx.example.com': ['203.0.113.8'] } },
    KEPT,
    BOTH,
    ['203.0.113.8'],
    ['[["mx.example.com",[[4,["203.0.113.8"]],[6,[]]]]]'],
  ],
  ['only of names that are there no more', DNS, KEPT.replace('mx', 'old'), [], BOTH, [KEPT]],
])('addresses that were kept: %s', async ([, dns, kept, first, after, saved]) => {
  expect(await restarted(dns, kept)).toMatchObject({ first, after, saved });
});

test('a name whose addresses were only kept is still to be looked up soon', async () => {
  const { trusted } = await restarted(FAILING, KEPT);
  expect(trusted.complete()).toBe(false);
});

test('the start waits for the first lookups, but not for ever', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { trusted, dns } = await engineBench({
    config: 'trusted mx.example.com',
    dns: { ...DNS, late: ['A mx.example.com'] },
  });
  const looking = trusted.lookUp();
  let waits = 0;
  const wait = (): Promise<void> => trusted.triedWithin(3).then(() => void (waits += 1));
  const first = wait();
  await vi.advanceTimersByTimeAsync(2999);
  expect(waits).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  await first;
  const second = wait();
  dns.release();
  await Promise.all([second, looking]);
  expect(trusted.has(addressOf('203.0.113.7'))).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('changed settings count at once; names that stay keep their addresses', async () => {
  const { trusted, configure } = await engineBench({ config: 'trusted mx.example.com 192.0.2.0/24', dns: DNS });
  await trusted.lookUp();
  configure('trusted mx.example.com 198.51.100.0/24');
  const now = ['203.0.113.7', '192.0.2.1', '198.51.100.1'].map((client) => trusted.has(addressOf(client)));
  expect(now).toEqual([true, false, true]);
});

test('a trusted client is answered white, and no DNS is asked about it', async () => {
  const { answerCheck, dns } = await engineBench({ config: 'trusted 192.0.2.0/24' });
  const verdict = await answerCheck(checkOf('192.0.2.9', 'a@example.com', 'b@example.org'));
  expect(verdict).toEqual({ kind: 'white', reason: 'trusted' });
  expect(dns.asked).toEqual([]);
});
