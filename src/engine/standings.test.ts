import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bytesHeldBy, partOfLong } from '../../test/bytes-held.ts';
import { addressOf, type Bench, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import type { FakeDns } from '../dns/fake-resolver.ts';
import type { ListUse } from '../dns/lists.ts';
import { wholeList } from '../lib/whole-list.ts';
import type { Standing } from '../policy/standing.ts';
import { MemoryStore } from '../store/memory-store.ts';

const DAY = 86_400;
const [MX, HOST] = ['203.0.113.7', 'mx.example.com'];
const CLIENT = addressOf(MX);
const NAMED = { ptr: { [MX]: [HOST] }, a: { [HOST]: [MX] } };
const SPAMCOP = '7.113.0.203.bl.spamcop.net';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const OTHER_MEMBER = {
  origin: 'mx1',
  originId: 0,
  stored: T0,
  reporter: 'exim4',
  domain: 'example.com',
  ip: '203.0.113.99',
};

/** Good mail of the domain, of as long ago. */
async function accepted({ store }: Pick<Bench, 'store'>, age: number, mails: number): Promise<void> {
  for (let mail = 0; mail < mails; mail += 1)
    await store.addReport({ ...OTHER_MEMBER, time: T0 - age - mail, event: 'ok' });
}

function report(bench: Bench, ip: string, event: string, mtaId?: string): Promise<void> {
  const about = { ip, event, ...(mtaId !== undefined && { mtaId }) };
  return bench.acceptReport({ reporter: 'exim4', time: bench.clock.now() / 1000, ...about });
}

function spam(bench: Bench, event = 'spam'): Promise<void> {
  return report(bench, MX, event);
}

test.for<[what: string, dns: FakeDns, standing: Partial<Standing>]>([
  ['a name that leads back', NAMED, { identity: 'example.com', class: 'grey_default', score: 0 }],
  ['no name', {}, { identity: MX, class: 'grey_long', score: -10 }],
  ['a name that leads elsewhere', { ...NAMED, a: { [HOST]: ['203.0.113.8'] } }, { identity: MX, score: -10 }],
  ['the second name leads back', { ...NAMED, ptr: { [MX]: ['x.example.net', HOST] } }, { identity: 'example.com' }],
  ['listed', { ...NAMED, a: { ...NAMED.a, [SPAMCOP]: ['127.0.0.2'] } }, { class: 'grey_max', score: -80 }],
  ['a list that may not be asked', { ...NAMED, a: { ...NAMED.a, [SPAMCOP]: ['127.255.255.254'] } }, { score: 0 }],
  ['a lookup failed: kept for an hour', { ...NAMED, failing: [`A ${SPAMCOP}`] }, { score: 0, expires: T0 + 3600 }],
  ['no answer about the name', { failing: [`PTR ${MX}`] }, { identity: MX, score: 0, expires: T0 + 3600 }],
  ['all is known: kept for a week', NAMED, { computed: T0, expires: T0 + 7 * DAY }],
])('%s', async ([, dns, standing]) => {
  const bench = await engineBench({ dns });
  expect(await bench.standings.of(CLIENT)).toMatchObject(standing);
  expect(await bench.store.standing(MX)).toMatchObject(standing);
});

test('good history of the domain counts for the client', async () => {
  const bench = await engineBench({ dns: NAMED });
  await accepted(bench, 8 * DAY, 5);
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'white', score: 20 });
});

test.for([false, true])(
  'good mail that came while the DNS failed counts for the domain once that is known, for all of its clients (was asked about before: %s)',
  async (asked) => {
    const [other, otherHost] = ['203.0.113.8', 'mx2.example.com'];
    const both = { ptr: { ...NAMED.ptr, [other]: [otherHost] }, a: { ...NAMED.a, [otherHost]: [other] } };
    const bench = await engineBench({ dns: { ...both, failing: [`PTR ${MX}`] } });
    expect(await bench.standings.of(addressOf(other))).toMatchObject({ score: 0 });
    if (asked) await bench.standings.of(CLIENT);
    for (let mail = 0; mail < 120; mail += 1)
      await bench.acceptReport({ reporter: 'exim4', time: T0 - 8 * DAY - mail, ip: MX, event: 'ok' });
    expect(await bench.standings.of(CLIENT)).toMatchObject({ identity: MX });
    bench.dns.change(both);
    bench.clock.advance(3600);
    const earned = { identity: 'example.com', class: 'white', score: 30 };
    expect((await bench.standings.preview(CLIENT)).standing).toMatchObject(earned);
    expect(await bench.standings.of(CLIENT)).toMatchObject(earned);
    expect(await bench.standings.of(addressOf(other))).toMatchObject({ class: 'white', score: 30 });
    const domains = (await wholeList(bench.store.reports(MX))).map(({ domain }) => domain);
    expect(domains).toEqual(Array(120).fill('example.com'));
  },
);

test('it is computed once for all who ask at the same time, and not again while it lives', async () => {
  const bench = await engineBench({ dns: NAMED });
  const standings = await Promise.all([1, 2, 3].map(async () => bench.standings.of(CLIENT)));
  expect(new Set(standings).size).toBe(1);
  const asked = bench.dns.asked.length;
  expect(asked).toBe(5);
  bench.clock.advance(7 * DAY - 1);
  await bench.standings.of(CLIENT);
  expect(bench.dns.asked).toHaveLength(asked);
  bench.clock.advance(1);
  await bench.standings.of(CLIENT);
  expect(bench.dns.asked).toHaveLength(2 * asked);
});

test('one that was saved is taken from the store after a restart, once', async () => {
  const store = new MemoryStore();
  const saved = await (await engineBench({ dns: NAMED, store })).standings.of(CLIENT);
  const restarted = await engineBench({ store });
  const read = vi.spyOn(store, 'standing');
  for (let check = 0; check < 2; check += 1) expect(await restarted.standings.of(CLIENT)).toEqual(saved);
  expect(restarted.dns.asked).toEqual([]);
  expect(read).toHaveBeenCalledOnce();
});

test('k20: a DNS that says nothing does not hold up the check past dns_timeout; what comes later completes the standing', async () => {
  const bench = await engineBench({ dns: { ...NAMED, late: [`PTR ${MX}`, `A ${SPAMCOP}`] } });
  const answer = bench.answerCheck(checkOf(MX, 'a@example.com', 'b@example.org'));
  await vi.advanceTimersByTimeAsync(2999);
  expect(bench.logged().filter((line) => line.startsWith('check'))).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toMatchObject({ kind: 'grey', reason: 'first' });
  const preliminary = { identity: MX, score: 0, expires: T0 + 3600 };
  expect(await bench.standings.known(CLIENT)).toMatchObject(preliminary);
  bench.dns.change({ ...NAMED, a: { ...NAMED.a, [SPAMCOP]: ['127.0.0.2'] } });
  bench.dns.release();
  await vi.advanceTimersByTimeAsync(1);
  expect(await bench.standings.known(CLIENT)).toMatchObject({ identity: 'example.com', score: -80 });
  expect(await bench.standings.known(CLIENT)).toMatchObject({ expires: T0 + 7 * DAY });
});

test('a retry counts although the DNS was silent at the first attempt', async () => {
  const bench = await engineBench({ dns: { ...NAMED, late: [`PTR ${MX}`] }, config: 'grey_default 290s' });
  const check = checkOf(MX, 'a@example.com', 'b@example.org');
  const first = bench.answerCheck(check);
  await vi.advanceTimersByTimeAsync(3000);
  expect(await first).toMatchObject({ reason: 'first' });
  bench.dns.release();
  await vi.advanceTimersByTimeAsync(1);
  bench.clock.advance(290);
  expect(await bench.answerCheck(check)).toEqual({ kind: 'white', reason: 'retried', waited: 290 });
});

test('answers that come after the deadline, when the store has failed, are logged and end nothing', async () => {
  const store = new MemoryStore();
  const bench = await engineBench({ store, dns: { late: [`PTR ${MX}`] } });
  const computed = bench.standings.of(CLIENT);
  await vi.advanceTimersByTimeAsync(3000);
  await computed;
  store.saveStanding = () => Promise.reject(new Error('disk full'));
  bench.dns.release();
  await vi.advanceTimersByTimeAsync(1);
  expect(bench.logged().at(-1)).toBe(`standing not completed ip=${MX} cause="Error: disk full"`);
});

test('one that the store does not take is good for a check all the same', async () => {
  const store = new MemoryStore();
  const bench = await engineBench({ store, dns: {} });
  store.saveStanding = () => Promise.reject(new Error('database is locked'));
  const check = checkOf(MX, 'joe@example.net', 'bob@example.org');
  const both = await Promise.all([bench.answerCheck(check), bench.answerCheck({ ...check, id: 'x2' })]);
  expect(both).toMatchObject([
    { kind: 'grey', wait: 12 * 3600 },
    { kind: 'grey', wait: 12 * 3600 },
  ]);
  expect(bench.logged()).toContain(`standing not completed ip=${MX} cause="Error: database is locked"`);
});

test('nor does good mail that can not be assigned keep one from being made, for as long as one without all answers', async () => {
  const store = new MemoryStore();
  const bench = await engineBench({ store, dns: NAMED });
  const { domain: _, ...unassigned } = OTHER_MEMBER;
  for (let mail = 0; mail < 5; mail += 1)
    await store.addReport({ ...unassigned, ip: MX, time: T0 - 8 * DAY - mail, event: 'ok' });
  const locked = vi.spyOn(store, 'assignGood').mockRejectedValue(new Error('database is locked'));
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'grey_default', expires: T0 + 3600 });
  expect(bench.logged()).toContain(`standing not completed ip=${MX} cause="Error: database is locked"`);
  locked.mockRestore();
  bench.clock.advance(3600);
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'white', score: 20 });
});

test('one that the store did not take is completed by answers that come late', async () => {
  const store = new MemoryStore();
  const bench = await engineBench({ store, dns: { ...NAMED, late: [`PTR ${MX}`] } });
  const full = vi.spyOn(store, 'saveStanding').mockRejectedValueOnce(new Error('database is locked'));
  const computed = bench.standings.of(CLIENT);
  await vi.advanceTimersByTimeAsync(3000);
  expect(await computed).toMatchObject({ identity: MX });
  bench.dns.release();
  await vi.advanceTimersByTimeAsync(1);
  expect(await bench.standings.of(CLIENT)).toMatchObject({ identity: 'example.com' });
  expect(full).toHaveBeenCalledTimes(2);
});

test('a bad report makes it anew, for a client that somebody asked about', async () => {
  const bench = await engineBench({ dns: NAMED });
  await spam(bench);
  expect(await bench.standings.known(CLIENT)).toBeUndefined();
  await bench.standings.of(CLIENT);
  bench.clock.advance(60);
  await spam(bench, 'soft_trap');
  expect(await bench.standings.known(CLIENT)).toMatchObject({ computed: T0 + 60, score: -70, class: 'grey_max' });
});

test('good mail counts from a day on: the standing ends then, unless it is white', async () => {
  const bench = await engineBench({ dns: NAMED });
  await bench.standings.of(CLIENT);
  await spam(bench, 'ok');
  expect(await bench.standings.known(CLIENT)).toMatchObject({ computed: T0, expires: T0 + DAY });
  expect(await bench.store.standing(MX)).toMatchObject({ expires: T0 + DAY });
  bench.clock.advance(100);
  await spam(bench, 'ok');
  expect(await bench.standings.known(CLIENT)).toMatchObject({ expires: T0 + DAY });
});

test('good mail of one client of a domain counts for the others', async () => {
  const other = '203.0.113.8';
  const bench = await engineBench({
    dns: { ptr: { [MX]: [HOST], [other]: [HOST] }, a: { [HOST]: [MX, other] } },
  });
  await bench.standings.of(addressOf(other));
  await bench.standings.of(CLIENT);
  await spam(bench, 'ok');
  expect(await bench.store.standing(other)).toMatchObject({ expires: T0 + DAY });
});

test('good mail of a domain is none of a client that has left it', async () => {
  const other = '203.0.113.8';
  const a = { [HOST]: [MX, other] };
  const bench = await engineBench({ dns: { ptr: { [MX]: [HOST], [other]: [HOST] }, a } });
  await bench.standings.of(addressOf(other));
  bench.dns.change({ ptr: { [MX]: [HOST] }, a });
  await report(bench, other, 'spam');
  await spam(bench, 'ok');
  expect(await bench.standings.known(addressOf(other))).toMatchObject({ identity: other, expires: T0 + 7 * DAY });
});

test('white stays as it is when more good mail comes', async () => {
  const bench = await engineBench({ dns: NAMED });
  await accepted(bench, 8 * DAY, 5);
  await bench.standings.of(CLIENT);
  await spam(bench, 'ok');
  expect(await bench.standings.known(CLIENT)).toMatchObject({ class: 'white', expires: T0 + 7 * DAY });
});

test('black keeps its moment of reveal as long as it lasts, and ends with the newest bad report', async () => {
  const bench = await engineBench({ dns: NAMED, config: 'blacklist 10d' });
  await spam(bench, 'hard_trap');
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'black', reveal: T0 + DAY, expires: T0 + 7 * DAY });
  bench.clock.advance(7 * DAY);
  expect(await bench.standings.of(CLIENT)).toMatchObject({ reveal: T0 + DAY, expires: T0 + 10 * DAY });
  bench.clock.advance(3 * DAY);
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'grey_max', reveal: T0 + DAY });
});

test('one that is being computed is computed once more when a report comes in', async () => {
  const bench = await engineBench({ dns: { ...NAMED, late: [`PTR ${MX}`] } });
  const first = bench.standings.of(CLIENT);
  await vi.advanceTimersByTimeAsync(1);
  const renewed = bench.standings.renew(CLIENT);
  await vi.advanceTimersByTimeAsync(3000);
  await first;
  await vi.advanceTimersByTimeAsync(3000);
  await renewed;
  expect(bench.dns.asked.filter((question) => question.startsWith('PTR'))).toHaveLength(2);
});

test('a report counts though the daemon ended while the DNS was asked because of it', async () => {
  const bench = await engineBench({ dns: NAMED });
  const first = await bench.standings.of(CLIENT);
  bench.dns.change({ ...NAMED, late: [`PTR ${MX}`] });
  const reported = spam(bench, 'soft_trap');
  await vi.advanceTimersByTimeAsync(1);
  // Meanwhile checks go by what is known.
  expect(await bench.standings.of(CLIENT)).toEqual(first);
  const restarted = await engineBench({ dns: NAMED, store: bench.store });
  expect(await restarted.standings.of(CLIENT)).toMatchObject({ score: -50 });
  bench.dns.release();
  await reported;
});

test('nor is one lost for which the store has no place at first', async () => {
  const bench = await engineBench({ dns: NAMED });
  await bench.standings.of(CLIENT);
  vi.spyOn(bench.store, 'saveStanding').mockRejectedValueOnce(new Error('database is locked'));
  await spam(bench, 'soft_trap');
  expect(await bench.standings.of(CLIENT)).toMatchObject({ score: -50 });
});

/** The client's first standing, and a report of it that comes when the reports were counted. */
async function reportWhileComputing(
  bench: Bench,
): Promise<{ readonly first: unknown; readonly reported: Promise<void> }> {
  const countReports = bench.store.countReports.bind(bench.store);
  const reading = Promise.withResolvers<void>();
  bench.store.countReports = async (query) => {
    const counts = await countReports(query);
    await reading.promise;
    return counts;
  };
  const first = bench.standings.of(CLIENT);
  await vi.advanceTimersByTimeAsync(1);
  const reported = spam(bench, 'soft_trap');
  await vi.advanceTimersByTimeAsync(1);
  reading.resolve();
  return { first, reported };
}

test('a report that comes while the first standing is computed is not lost', async () => {
  const bench = await engineBench({ dns: NAMED });
  const { first, reported } = await reportWhileComputing(bench);
  expect(await first).toMatchObject({ score: 0 });
  await reported;
  expect(await bench.standings.known(CLIENT)).toMatchObject({ score: -50 });
});

/** More reports at once than standings are computed for. */
async function flood(bench: Bench, ip: string): Promise<void> {
  vi.spyOn(performance, 'now').mockReturnValue(5000);
  await bench.standings.of(addressOf(ip));
  for (let i = 0; i < 300; i += 1) await report(bench, ip, 'relay', `m${i}`);
}

test('in a flood of reports a standing is computed when somebody asks', async () => {
  const bench = await engineBench({ dns: NAMED });
  const counted = vi.spyOn(bench.store, 'countReports');
  await flood(bench, MX);
  await spam(bench, 'hard_trap');
  expect(counted.mock.calls.length).toBeLessThan(300);
  expect(await bench.store.standing(MX)).toMatchObject({ expires: T0 });
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'black' });
});

test('nor is a report of a flood lost that comes while the first standing is computed', async () => {
  const bench = await engineBench({ dns: NAMED });
  await flood(bench, '203.0.113.99');
  const { first, reported } = await reportWhileComputing(bench);
  expect(await first).toMatchObject({ score: 0 });
  await reported;
  expect(await bench.standings.of(CLIENT)).toMatchObject({ score: -50 });
});

test.for([0, 1, 2, 3, 4, 5])('accepted mail %i steps later does not bring back what a flood ends', async (steps) => {
  const bench = await engineBench({ dns: NAMED });
  await bench.standings.of(CLIENT);
  await flood(bench, '203.0.113.99');
  const bad = report(bench, MX, 'hard_trap');
  for (let step = 0; step < steps; step += 1) await Promise.resolve();
  await Promise.all([bad, report(bench, MX, 'ok')]);
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'black' });
});

test('a standing that a flood waited for is ended once', async () => {
  const bench = await engineBench({ dns: { ...NAMED, late: [`PTR ${MX}`] } });
  await flood(bench, '203.0.113.99');
  const first = bench.standings.of(CLIENT);
  const reported = Array.from({ length: 50 }, (_, i) => report(bench, MX, 'relay', `of a flood ${i}`));
  await vi.advanceTimersByTimeAsync(1);
  const saved = vi.spyOn(bench.store, 'saveStanding');
  bench.dns.release();
  await Promise.all([first, ...reported]);
  expect(saved.mock.calls.map(([{ expires }]) => expires > T0)).toEqual([true, false]);
});

test.for([0, 300])(
  'a check that recalls the standing does not bring it back after %i reports and one more',
  async (reports) => {
    const { store, standings } = await engineBench({ dns: NAMED });
    await standings.of(CLIENT);
    const bench = await engineBench({ dns: NAMED, store });
    if (reports > 0) await flood(bench, '203.0.113.99');
    const standing = store.standing.bind(store);
    const read = Promise.withResolvers<void>();
    vi.spyOn(store, 'standing').mockImplementationOnce(async (ip) => {
      const found = await standing(ip);
      await read.promise;
      return found;
    });
    const check = bench.standings.of(CLIENT);
    await report(bench, MX, 'hard_trap');
    read.resolve();
    await check;
    expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'black' });
  },
);

test('one that could not be computed does not keep the next from being', async () => {
  const bench = await engineBench({ dns: NAMED });
  const countReports = bench.store.countReports.bind(bench.store);
  const reading = Promise.withResolvers<never>();
  bench.store.countReports = () => reading.promise;
  const first = bench.standings.of(CLIENT);
  await vi.advanceTimersByTimeAsync(1);
  const renewed = bench.standings.renew(CLIENT);
  bench.store.countReports = countReports;
  reading.reject(new Error('disk full'));
  await expect(first).rejects.toThrow('disk full');
  expect(await renewed).toMatchObject({ score: 0 });
});

test('one that could not be renewed is computed at the next check', async () => {
  const bench = await engineBench({ dns: NAMED });
  await bench.standings.of(CLIENT);
  const countReports = bench.store.countReports.bind(bench.store);
  bench.store.countReports = () => Promise.reject(new Error('disk full'));
  // The report is kept: whoever handed it in has nothing to do again.
  await spam(bench);
  expect(bench.logged().at(-1)).toBe(`standing not computed ip=${MX} cause="Error: disk full"`);
  bench.store.countReports = countReports;
  expect(await bench.standings.of(CLIENT)).toMatchObject({ score: -20 });
});

test('good mail that is older than a day, of a log that is read late, counts at the next check', async () => {
  const bench = await engineBench({ dns: NAMED });
  await bench.standings.of(CLIENT);
  await bench.acceptReport({ reporter: 'exim4', time: T0 - 2 * DAY, ip: MX, event: 'ok' });
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'grey_short', score: 5 });
});

test('good mail of a client that nobody asked about counts for the others of its domain', async () => {
  const [other, otherHost] = ['203.0.113.8', 'mx2.example.com'];
  const dns = { ptr: { ...NAMED.ptr, [other]: [otherHost] }, a: { ...NAMED.a, [otherHost]: [other] } };
  const bench = await engineBench({ dns });
  expect(await bench.standings.of(CLIENT)).toMatchObject({ score: 0 });
  await bench.acceptReport({ reporter: 'exim4', time: T0 - 2 * DAY, ip: other, event: 'ok' });
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'grey_short', score: 5 });
});

test.for<[age: number, mails: number, standing: Partial<Standing>]>([
  [2 * DAY, 1, { class: 'grey_short', score: 5 }],
  [8 * DAY, 5, { class: 'white', score: 20 }],
  [3600, 1, { class: 'grey_default', score: 0, expires: T0 + DAY - 3600 }],
  [8 * DAY, 0, { class: 'grey_default', score: 0, expires: T0 + 7 * DAY }],
])(
  'good mail of the domain that came while its standing was not in memory: %i s ago, %i',
  async ([age, mails, then]) => {
    const store = new MemoryStore();
    const before = await engineBench({ dns: NAMED, store });
    await before.standings.of(CLIENT);
    await accepted(before, age, mails);
    const after = await engineBench({ dns: NAMED, store });
    expect((await after.standings.preview(CLIENT)).standing).toMatchObject(then);
    expect(await after.standings.of(CLIENT)).toMatchObject(then);
  },
);

test('a preview leaves nothing that the next check would find otherwise', async () => {
  const store = new MemoryStore();
  const before = await engineBench({ dns: { ...NAMED, failing: [`PTR ${MX}`] }, store });
  await before.standings.of(CLIENT);
  const { domain: _, ...unassigned } = OTHER_MEMBER;
  for (let mail = 0; mail < 5; mail += 1)
    await store.addReport({ ...unassigned, ip: MX, time: T0 - 8 * DAY - mail, event: 'ok' });
  const after = await engineBench({ dns: NAMED, store });
  const earned = { identity: 'example.com', class: 'white', score: 20 };
  expect((await after.standings.preview(CLIENT)).standing).toMatchObject(earned);
  expect(await after.standings.of(CLIENT)).toMatchObject(earned);
});

test.for<[ahead: number, restarted: boolean, standing: Partial<Standing>]>([
  [10 * 365 * DAY, false, { class: 'grey_default', computed: T0 + 60, reveal: undefined }],
  [10 * 365 * DAY, true, { class: 'grey_default', computed: T0 + 60, reveal: undefined }],
  // By a wrong time zone nothing is lost.
  [DAY, false, { class: 'black', computed: T0 + DAY }],
  [DAY + 61, false, { class: 'grey_default' }],
])('a standing made by a clock that was %i s ahead, restarted: %s', async ([ahead, restarted, standing]) => {
  const bench = await engineBench({ dns: NAMED });
  bench.clock.advance(ahead);
  await spam(bench, 'hard_trap');
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'black', computed: T0 + ahead });
  const { standings, clock } = restarted ? await engineBench({ dns: NAMED, store: bench.store }) : bench;
  clock.advance(restarted ? 60 : 60 - ahead);
  expect(await standings.of(CLIENT)).toMatchObject(standing);
});

test('a good standing made by a clock that was ahead stays, until something bad is reported', async () => {
  const bench = await engineBench({ dns: NAMED });
  await accepted(bench, 8 * DAY, 15);
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'white', computed: T0 });
  bench.clock.advance(-10 * 365 * DAY);
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'white', computed: T0 });
  await spam(bench);
  expect(await bench.standings.of(CLIENT)).toMatchObject({ class: 'grey_long', computed: T0 - 10 * 365 * DAY });
});

test('what is removed is computed anew', async () => {
  const bench = await engineBench({ dns: NAMED });
  await bench.standings.of(CLIENT);
  bench.dns.change({});
  expect(await bench.standings.remove('203.0.113.0/24')).toBe(1);
  expect(await bench.standings.of(CLIENT)).toMatchObject({ score: -10 });
});

test.for<[dns: FakeDns, identity: string | undefined]>([
  [NAMED, 'example.com'],
  [{}, MX],
  [{ failing: [`PTR ${MX}`] }, undefined],
])('whom a client without a standing belongs to: %j', async ([dns, identity]) => {
  const bench = await engineBench({ dns });
  expect(await bench.standings.identityOf(CLIENT)).toBe(identity);
  expect(bench.dns.asked.some((question) => question.includes('spamcop'))).toBe(false);
});

test('good mail of an end user counts for his address alone, also where nobody has asked about it yet', async () => {
  const dns = { ...NAMED, a: { ...NAMED.a, '7.113.0.203.zen.spamhaus.org': ['127.0.0.10'] } };
  const bench = await engineBench({ dns, config: 'rbls spamhaus' });
  await bench.acceptReport({ reporter: 'exim4', time: T0 - 2 * DAY, ip: MX, event: 'ok' });
  expect(await bench.standings.of(CLIENT)).toMatchObject({ identity: MX, score: -105 });
});

test.for<[what: string, failing: readonly string[], kept: Partial<Standing>]>([
  ['the name', [`PTR ${MX}`], { identity: 'example.com', score: -80 }],
  ['what the name leads to', [`A ${HOST}`], { identity: 'example.com', score: -80 }],
  ['a list', [`A ${SPAMCOP}`], { identity: 'example.com', score: -80 }],
])('what DNS does not say any more is as it was, for two weeks: %s', async ([, failing, kept]) => {
  const world = { ...NAMED, a: { ...NAMED.a, [SPAMCOP]: ['127.0.0.2'] } };
  const bench = await engineBench({ dns: world });
  await bench.standings.of(CLIENT);
  bench.dns.change({ ...world, failing });
  for (const day of [7, 13]) {
    bench.clock.advance(day * DAY - (bench.clock.now() / 1000 - T0));
    const times = { computed: T0 + day * DAY, answered: T0, expires: T0 + day * DAY + 3600 };
    expect(await bench.standings.of(CLIENT)).toMatchObject({ ...kept, ...times });
  }
  bench.clock.advance(DAY);
  expect(await bench.standings.of(CLIENT)).not.toMatchObject(kept);
});

test.for<[use: ListUse, kept: Partial<Standing>, lives: number]>([
  ['silent', { class: 'grey_max', score: -80 }, 3600],
  ['ignored', { class: 'grey_default', score: 0 }, 7 * DAY],
])('a list that is %s for a day: a standing that expires is %j then', async ([use, kept, lives]) => {
  let now: ListUse = 'asked';
  const world = { ...NAMED, a: { ...NAMED.a, [SPAMCOP]: ['127.0.0.2'] } };
  const bench = await engineBench({ dns: world, useOf: () => now });
  await bench.standings.of(CLIENT);
  now = use;
  bench.clock.advance(7 * DAY);
  expect(await bench.standings.of(CLIENT)).toMatchObject({ ...kept, expires: T0 + 7 * DAY + lives });
});

test('a standing that rests on what a list should not have said is made anew, in memory or not', async () => {
  const dns = { ...NAMED, a: { ...NAMED.a, [SPAMCOP]: ['127.0.0.2'] } };
  const first = await engineBench({ dns });
  expect(await first.standings.of(CLIENT)).toMatchObject({ class: 'grey_max' });
  const isMisled = ({ reasons }: Standing) => reasons.some(({ reason }) => reason === 'Spamcop');
  const misled = { store: first.store, isMisled, dns };
  const [made, after] = [await engineBench(misled), await engineBench({ ...misled, useOf: () => 'ignored' })];
  expect(await made.standings.known(CLIENT)).toBeUndefined();
  await made.standings.of(CLIENT);
  expect(await made.standings.known(CLIENT)).toBeUndefined();
  expect(await after.standings.of(CLIENT)).toMatchObject({ class: 'grey_default' });
  expect(await after.standings.known(CLIENT)).toMatchObject({ class: 'grey_default' });
});

test('what a list should not have said does not stand in for what it does not say', async () => {
  const listed = { [SPAMCOP]: ['127.0.0.2'], '7.113.0.203.list.dnswl.org': ['127.0.5.1'] };
  const first = await engineBench({ dns: { ...NAMED, a: { ...NAMED.a, ...listed } } });
  expect(await first.standings.of(CLIENT)).toMatchObject({ score: -70 });
  const isMisled = ({ reasons }: Standing) => reasons.some(({ reason }) => reason === 'Spamcop');
  const dns = { ...NAMED, failing: [`PTR ${MX}`] };
  const after = await engineBench({ store: first.store, isMisled, dns, useOf: () => 'silent' });
  expect(await after.standings.of(CLIENT)).toMatchObject({ identity: 'example.com', score: 0, expires: T0 + 3600 });
});

test('while the DNS does not say whom a client belongs to, what it said for its last standing counts', async () => {
  const bench = await engineBench({ dns: NAMED });
  await bench.standings.of(CLIENT);
  bench.clock.advance(7 * DAY);
  bench.dns.change({ failing: [`PTR ${MX}`] });
  expect(await bench.standings.known(CLIENT)).toBeUndefined();
  expect(await bench.standings.identityOf(CLIENT)).toBe('example.com');
});

test('whom a list called an end user stays one while it does not answer', async () => {
  const zen = '7.113.0.203.zen.spamhaus.org';
  const world = { ...NAMED, a: { ...NAMED.a, [zen]: ['127.0.0.11'] } };
  const bench = await engineBench({ dns: world, config: 'rbls spamhaus' });
  const first = await bench.standings.of(CLIENT);
  expect(first).toMatchObject({ identity: MX, class: 'black', score: -110 });
  bench.dns.change({ ...world, failing: [`A ${zen}`] });
  expect(await bench.standings.renew(CLIENT)).toMatchObject({ ...first, expires: T0 + 3600 });
});

test('while DNS is down a known sender passes, and what it is reported for counts', async () => {
  const bench = await engineBench({ dns: NAMED, config: 'grey_default 290s' });
  const check = checkOf(MX, 'a@example.com', 'b@example.org');
  await bench.answerCheck(check);
  bench.clock.advance(290);
  expect(await bench.answerCheck(check)).toMatchObject({ reason: 'retried' });
  bench.dns.change({ failing: [`PTR ${MX}`] });
  await spam(bench, 'smtp_connection_lost');
  expect(await bench.standings.known(CLIENT)).toMatchObject({ identity: 'example.com', score: -5 });
  expect(await bench.answerCheck(check)).toMatchObject({ kind: 'white', reason: 'known' });
  expect(await bench.standings.identityOf(CLIENT)).toBe('example.com');
});

test('what comes after the end completes nothing', async () => {
  const bench = await engineBench({ dns: { ...NAMED, late: [`PTR ${MX}`] } });
  const asked = bench.standings.of(CLIENT);
  await vi.advanceTimersByTimeAsync(3000);
  const half = await asked;
  bench.standings[Symbol.dispose]();
  bench.dns.release();
  await vi.advanceTimersByTimeAsync(1);
  expect(await bench.store.standing(CLIENT.text)).toEqual(half);
});

test.for([
  ['before it', true],
  ['after it, by a peer that is closed later', false],
] as const)('the end waits until reports that were stored count, told of %s', async ([, before]) => {
  const bench = await engineBench({ dns: NAMED });
  const first = await bench.standings.of(CLIENT);
  const { promise, resolve } = Promise.withResolvers<void>();
  const save = bench.store.saveStanding.bind(bench.store);
  bench.store.saveStanding = async (standing) => promise.then(() => save(standing));
  if (!before) bench.standings[Symbol.dispose]();
  const reported = bench.standings.reported({ ip: MX, event: 'relay', time: T0 });
  let counted = false;
  bench.standings[Symbol.dispose]();
  const ended = bench.standings.counted().then(() => (counted = true));
  await vi.advanceTimersByTimeAsync(1);
  expect(counted).toBe(false);
  resolve();
  await ended;
  await reported;
  // It is computed after the next start.
  expect(await bench.store.standing(MX)).toEqual({ ...first, expires: T0 });
});

test('a report whose standing was being computed at the end counts after the next start, and that is no failure', async () => {
  const closing = Promise.withResolvers<never>();
  let closes = false;
  const bench = await engineBench({
    dns: NAMED,
    resolver: (table) => ({ lookUp: (question) => (closes ? closing.promise : table.lookUp(question)) }),
  });
  const first = await bench.standings.of(CLIENT);
  closes = true;
  const reported = bench.standings.reported({ ip: MX, event: 'relay', time: T0 });
  await vi.waitFor(async () => expect(await bench.store.standing(MX)).toEqual({ ...first, expires: T0 }));
  bench.standings[Symbol.dispose]();
  closing.reject(new DOMException('the resolver is closed', 'AbortError'));
  await expect(reported).resolves.toBeUndefined();
  expect(await bench.store.standing(MX)).toEqual({ ...first, expires: T0 });
});

test('the end waits for nothing where no report is in hand', async () => {
  const bench = await engineBench();
  await bench.standings.reported({ ip: MX, event: 'relay', time: T0 });
  bench.standings[Symbol.dispose]();
  await expect(bench.standings.counted()).resolves.toBeUndefined();
});

test('of a resolver that is closed nothing follows', async () => {
  const closed = new DOMException('the resolver is closed', 'AbortError');
  const bench = await engineBench({ resolver: () => ({ lookUp: () => Promise.reject(closed) }) });
  await expect(bench.standings.of(CLIENT)).rejects.toThrow('closed');
  await expect(bench.standings.identityOf(CLIENT)).rejects.toThrow('closed');
  expect(await bench.store.standing(MX)).toBeUndefined();
});

test('a standing that is removed does not live on because checks come meanwhile', async () => {
  const bench = await engineBench({ dns: NAMED });
  await bench.standings.of(CLIENT);
  const remove = bench.store.removeStandings.bind(bench.store);
  bench.store.removeStandings = async (text) => {
    await bench.standings.of(CLIENT);
    return remove(text);
  };
  bench.dns.change({});
  expect(await bench.standings.remove(MX)).toBe(1);
  expect(await bench.standings.of(CLIENT)).toMatchObject({ identity: MX, score: -10 });
});

test('a standing that the store does not have yet counts all the same when others are removed', async () => {
  const bench = await engineBench({ dns: NAMED });
  expect(await bench.standings.of(CLIENT)).toMatchObject({ identity: 'example.com' });
  const { promise, resolve } = Promise.withResolvers<void>();
  const save = bench.store.saveStanding.bind(bench.store);
  bench.store.saveStanding = async (standing) => promise.then(() => save(standing));
  bench.dns.change({});
  const renewed = bench.standings.renew(CLIENT);
  await vi.advanceTimersByTimeAsync(1);
  expect(await bench.standings.remove('198.51.100.1')).toBe(0);
  expect(await bench.standings.known(CLIENT)).toMatchObject({ identity: MX });
  resolve();
  await renewed;
  expect(await bench.standings.remove(MX)).toBe(1);
  expect(await bench.standings.known(CLIENT)).toBeUndefined();
});

test('what came with the address of a client is not kept with its standing', async () => {
  const bench = await engineBench();
  const ask = async (): Promise<void> => {
    for (let n = 0; n < 100; n += 1) await bench.standings.of(addressOf(partOfLong(`203.0.113.${100 + n}`)));
  };
  expect(await bytesHeldBy(ask)).toBeLessThan(2_000_000);
  expect(await bench.standings.known(addressOf('203.0.113.199'))).toBeDefined();
});
