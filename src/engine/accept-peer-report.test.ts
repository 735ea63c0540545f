import { expect, test, vi } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { addressOf, type Bench, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import { seconds } from '../lib/clock.ts';
import type { Sender } from './accept-peer-report.ts';
import { admit } from './admit.ts';
import type { NamedReport } from './keep-report.ts';

const ANY: Sender = { events: undefined, restores: false };
const IP = '203.0.113.7';
const SPAM: NamedReport = {
  origin: 'mx2.example.org',
  originId: 7,
  reporter: 'exim4',
  time: T0 - 5,
  ip: IP,
  event: 'spam',
  mtaId: 'Q1',
};
const CHECK: NamedReport = {
  ...SPAM,
  reporter: 'check',
  event: 'check',
  sender: 'a@example.com',
  recipient: 'b@example.org',
};
const DNS = { ptr: { [IP]: ['mx.example.com'] }, a: { 'mx.example.com': [IP] } };
const DAY = 86_400;

async function kept({ store }: Bench): Promise<unknown[]> {
  return (await wholeList(store.reports(undefined))).map(({ origin, originId, event, domain }) => [
    origin,
    originId,
    event,
    domain,
  ]);
}

test('a report keeps its name, gets our time of storing, and is news once', async () => {
  const bench = await engineBench();
  let news = 0;
  bench.reportParts.news.listen(() => (news += 1));
  for (let i = 0; i < 2; i += 1) expect(await bench.acceptPeerReport(SPAM, ANY)).toBeUndefined();
  expect(await wholeList(bench.store.reports(undefined))).toEqual([{ ...SPAM, stored: T0 }]);
  expect(news).toBe(1);
});

test.for<[changed: Partial<NamedReport>, reason: string]>([
  [{ ip: 'localhost' }, 'format error in field ip'],
  [{ time: T0 + DAY + 1 }, 'time in the future'],
  [{ event: 'x'.repeat(513) }, 'field event too long'],
  [{ sender: 'x'.repeat(513) }, 'field e_from too long'],
  [{ recipient: 'x'.repeat(513) }, 'field e_to too long'],
  [{ origin: 'x'.repeat(513) }, 'field origin too long'],
  [{ event: 'entry_black', mtaId: '192.0.2.1' }, 'no entry that makes sense'],
  [{ event: 'manual' }, 'event manual not allowed'],
])('%j is refused: %s', async ([changed, reason]) => {
  const bench = await engineBench();
  const sender = { events: new Set(['spam', 'ok']), restores: false };
  expect(await bench.acceptPeerReport({ ...SPAM, ...changed }, sender)).toBe(reason);
  expect(await kept(bench)).toEqual([]);
  expect(bench.counters.list()).toEqual([['peer report refused', 1]]);
});

test.for<[what: string, changed: Partial<NamedReport>, count: number]>([
  ['a clock that is ahead by hours', { time: T0 + DAY }, 1],
  ['the longest field', { event: 'x'.repeat(512) }, 1],
  ['what is past its time', { time: T0 - 60 * DAY - 1 }, 0],
  ['a first attempt past its time', { event: 'check', time: T0 - 3 * DAY - 1 }, 0],
  ['what is told of a trusted client', { ip: '192.0.2.9' }, 0],
  ['what is held against a bounce', { event: 'unknown', sender: '<>' }, 0],
  ['our own report', { origin: 'mx1.example.org' }, 0],
])('%s is no error', async ([, changed, count]) => {
  const bench = await engineBench({ config: 'trusted 192.0.2.0/24\nretry 3d\nGREY_CHECK yes' });
  expect(await bench.acceptPeerReport({ ...SPAM, ...changed }, ANY)).toBeUndefined();
  expect(await kept(bench)).toHaveLength(count);
});

test.for([0, 2, DAY])('what a peer reports counts at once though its clock is %i s ahead', async (ahead) => {
  const bench = await engineBench({ dns: DNS, config: 'GREY_DEWHITE_FLAGS SpamTrap\nGREY_DEWHITE_THRESHOLD 0.1' });
  await bench.standings.of(addressOf(IP));
  await admit(bench.checks, checkOf(IP, 'a@example.com', 'b@example.org'));
  await bench.acceptPeerReport({ ...SPAM, event: 'hard_trap', time: T0 + ahead }, ANY);
  await vi.waitFor(async () => expect(await bench.standings.of(addressOf(IP))).toMatchObject({ class: 'black' }));
  await bench.maintain();
  expect(await bench.store.count()).toEqual({ pending: 0, valid: 0 });
});

test('who lost the database gets its own reports back', async () => {
  const bench = await engineBench();
  await bench.acceptPeerReport({ ...SPAM, origin: 'mx1.example.org', originId: 2 }, { ...ANY, restores: true });
  await bench.acceptReport({ ...SPAM, time: T0 });
  expect(await kept(bench)).toEqual([
    ['mx1.example.org', 3, 'spam', undefined],
    ['mx1.example.org', 2, 'spam', undefined],
  ]);
});

test('p47: events that a peer makes up are kept, but make no counters', async () => {
  const bench = await engineBench();
  for (let i = 1; i < 9; i += 1) await bench.acceptPeerReport({ ...SPAM, originId: i, event: `what ever ö ${i}` }, ANY);
  expect(await kept(bench)).toHaveLength(8);
  expect(bench.counters.list()).toEqual([['report other stored', 8]]);
});

test('defect 31: whom a client belongs to is found out here, whatever the peer says', async () => {
  const bench = await engineBench({ dns: DNS });
  const forged = { ...SPAM, event: 'ok', domain: 'bank.example' };
  await bench.acceptPeerReport(forged, ANY);
  expect(await kept(bench)).toEqual([['mx2.example.org', 7, 'ok', 'example.com']]);
});

test('what another server saw counts here', async () => {
  const bench = await engineBench({ dns: DNS });
  const before = await bench.standings.of(addressOf(IP));
  await bench.acceptPeerReport({ ...SPAM, event: 'hard_trap' }, ANY);
  expect(before.class).not.toBe('black');
  await vi.waitFor(async () => expect((await bench.standings.of(addressOf(IP))).class).toBe('black'));
});

test('what comes again makes no standing anew', async () => {
  const bench = await engineBench({ dns: DNS });
  const other = '203.0.113.8';
  for (const ip of [IP, other]) await bench.standings.of(addressOf(ip));
  const computed = async (ip: string): Promise<number | undefined> => (await bench.store.standing(ip))?.computed;
  await bench.acceptPeerReport(SPAM, ANY);
  await vi.waitFor(async () =>
    expect((await bench.standings.of(addressOf(IP))).reasons.map(({ reason }) => reason)).toContain('spam'),
  );
  bench.clock.advance(60);
  await bench.acceptPeerReport(SPAM, ANY);
  await bench.acceptPeerReport({ ...SPAM, originId: 8, ip: other }, ANY);
  await vi.waitFor(async () => expect(await computed(other)).toBe(T0 + 60));
  expect(await computed(IP)).toBe(T0);
});

const WORLD = 'reputation no\ngrey_default 300s\nretry 3d\nGREY_PENDING_NORMAL 2';

test('a retry here of what was first tried at the peer is accepted, after the delay since then', async () => {
  const bench = await engineBench({ config: WORLD });
  await bench.acceptPeerReport({ ...CHECK, time: T0 - 299 }, ANY);
  const retry = checkOf('203.0.113.99', 'a@example.com', 'b@example.org');
  expect(await bench.answerCheck(retry)).toMatchObject({ kind: 'grey', reason: 'early', wait: 1 });
  bench.clock.advance(1);
  expect(await bench.answerCheck(retry)).toMatchObject({ kind: 'white', reason: 'retried', waited: 300 });
});

const POOL = ['203.0.113.7', '198.51.100.8', '2001:db8::9'];
const POOL_DNS = {
  ptr: Object.fromEntries(POOL.map((ip, at) => [ip, [`mx${at}.example.com`]])),
  a: { 'mx0.example.com': ['203.0.113.7'], 'mx1.example.com': ['198.51.100.8'] },
  aaaa: { 'mx2.example.com': ['2001:db8::9'] },
};

test.for<[what: string, told: string | undefined, retry: string, reason: string]>([
  ['of the same domain', 'example.com', '198.51.100.8', 'retried'],
  ['of the same domain by IPv6', 'example.com', '2001:db8::9', 'retried'],
  ['of another domain', 'example.net', '198.51.100.8', 'first'],
  ['of which the peer knows no domain', undefined, '198.51.100.8', 'first'],
  ['itself, of which the peer knows no domain', undefined, IP, 'retried'],
])('a retry here by a host %s: %j, %s, %s', async ([, domain, retry, reason]) => {
  const bench = await engineBench({ config: 'grey_default 300s', dns: POOL_DNS });
  await bench.acceptPeerReport({ ...CHECK, ...(domain === undefined ? {} : { domain }) }, ANY);
  bench.clock.advance(300);
  expect(await bench.answerCheck(checkOf(retry, 'a@example.com', 'b@example.org'))).toMatchObject({ reason });
});

test.for<[what: string, asked: string, told: string | undefined, kept: string | undefined]>([
  ['is passed on as it was told', '192.0.2.1', 'example.net', 'example.net'],
  ['is the one that is known here', IP, 'example.net', 'example.com'],
  ['need not be told', IP, undefined, 'example.com'],
  ['may be unknown', '192.0.2.1', undefined, undefined],
])('the domain of a first attempt %s', async ([, asked, told, domain]) => {
  const bench = await engineBench({ dns: POOL_DNS });
  await bench.standings.of(addressOf(asked));
  await bench.acceptPeerReport({ ...CHECK, ...(told === undefined ? {} : { domain: told }) }, ANY);
  expect(await kept(bench)).toEqual([['mx2.example.org', 7, 'check', domain]]);
});

test('where nothing is known of the name of its client it is the one that was told', async () => {
  const bench = await engineBench();
  expect(await bench.standings.of(addressOf(IP))).toMatchObject({ identity: IP });
  await bench.acceptPeerReport({ ...CHECK, domain: 'example.net' }, ANY);
  expect(await kept(bench)).toEqual([['mx2.example.org', 7, 'check', 'example.net']]);
});

test('a standing of before reputation was switched off keeps no first attempt from being remembered', async () => {
  const bench = await engineBench({ dns: POOL_DNS });
  const standing = await bench.standings.of(addressOf(IP));
  await bench.store.saveStanding({ ...standing, class: 'white' });
  // So that only the store still knows the standing that was white.
  await bench.standings.remove('192.0.2.1');
  bench.configure(WORLD);
  await bench.acceptPeerReport({ ...CHECK, domain: 'example.com' }, ANY);
  expect(await bench.store.count()).toEqual({ pending: 1, valid: 0 });
});

test.for([{ sender: '<>' }, {}])('bounces too, whose sender is told as %j', async (sender) => {
  const bench = await engineBench({ config: WORLD });
  const { sender: _, ...bounce } = CHECK;
  await bench.acceptPeerReport({ ...bounce, ...sender, time: T0 - 3600 }, ANY);
  expect(await bench.answerCheck(checkOf(IP, '', 'b@example.org'))).toMatchObject({ kind: 'white', reason: 'retried' });
});

test('a peer whose clock is ahead makes nobody wait longer', async () => {
  const bench = await engineBench({ config: WORLD });
  await bench.acceptPeerReport({ ...CHECK, time: T0 + 7200 }, ANY);
  bench.clock.advance(300);
  expect(await bench.answerCheck(checkOf(IP, 'a@example.com', 'b@example.org'))).toMatchObject({ reason: 'retried' });
});

test('what is known here stays: a later attempt, an earlier one, a valid tuple', async () => {
  const bench = await engineBench({ config: WORLD });
  const check = checkOf(IP, 'a@example.com', 'b@example.org');
  await bench.answerCheck(check);
  await bench.acceptPeerReport({ ...CHECK, originId: 6, time: T0 - 2 * DAY }, ANY);
  bench.clock.advance(200);
  await bench.acceptPeerReport({ ...CHECK, time: T0 + 190 }, ANY);
  bench.clock.advance(100);
  expect(await bench.answerCheck(check)).toMatchObject({ reason: 'retried', waited: 300 });
  await bench.acceptPeerReport({ ...CHECK, originId: 8, time: T0 + 299 }, ANY);
  expect(await bench.answerCheck(check)).toMatchObject({ reason: 'known' });
});

test.for<[what: string, after: number, waited: number]>([
  ['when its delay is over is no retry', 301, 601],
  ['past its window begins anew', 3 * DAY, 300],
])('an attempt at the peer %s', async ([, after, waited]) => {
  const bench = await engineBench({ config: WORLD });
  const check = checkOf(IP, 'a@example.com', 'b@example.org');
  await bench.answerCheck(check);
  bench.clock.advance(after);
  await bench.acceptPeerReport({ ...CHECK, time: T0 + after }, ANY);
  bench.clock.advance(300);
  expect(await bench.answerCheck(check)).toMatchObject({ reason: 'retried', waited });
});

test('of what the policy file exempts nothing is remembered', async () => {
  const bench = await engineBench({ config: WORLD, policy: 'GreyCheckFrom:example.com NO' });
  await bench.acceptPeerReport(CHECK, ANY);
  expect(await bench.store.count()).toEqual({ pending: 0, valid: 0 });
});

test.for<[subject: string, pending: number]>([
  ['mx.example.com', 0],
  ['mx2.example.com', 1],
])('nor of a client whose verified name was entered by hand: %s', async ([subject, pending]) => {
  const bench = await engineBench({ dns: DNS });
  await bench.standings.of(addressOf(IP));
  await bench.manual.put({ ...ENTRY, subject });
  await bench.acceptPeerReport(CHECK, ANY);
  expect(await bench.store.count()).toEqual({ pending, valid: 0 });
});

test.for(['a@example.com', '<>'])(
  'a peer can not make more tuples pending for a client than half of those that the client could, of %s',
  async (sender) => {
    const bench = await engineBench({ config: `${WORLD}\nGREY_PENDING_NULLSENDER 2` });
    for (const [at, name] of ['a', 'b', 'c'].entries())
      await bench.acceptPeerReport({ ...CHECK, sender, originId: at + 1, recipient: `${name}@example.org` }, ANY);
    expect(await bench.store.count()).toEqual({ pending: 1, valid: 0 });
    expect(await bench.answerCheck(checkOf(IP, sender, 'd@example.org'))).toMatchObject({ reason: 'first' });
  },
);

// AT WHAT: `try` a first attempt at the peer, `ok` mail that the peer accepted then, `ok-50` 50 seconds before, `now` mail that
// comes here.
test.for<[what: string, sender: string, steps: string, answers: string, tuples: object]>([
  ['is known here, too', 'a@example.com', '0 try; 300 ok; 864000 now', 'known', { valid: 1 }],
  ['is known by the last of it', 'a@example.com', '0 try; 300 ok; 864000 ok; 1296000 now', 'known', { valid: 1 }],
  ['does not wait, if it waits here', 'a@example.com', '0 now; 100 ok; 101 now', 'first known', { valid: 1 }],
  ['leaves nothing, if nothing is known', 'a@example.com', '0 ok', '', { pending: 0, valid: 0 }],
  ['counts from when it was accepted', 'a@example.com', '0 try; 300 ok; 1209901 now', 'first', { pending: 1 }],
  ['before the first attempt is other mail', 'a@example.com', '100 now; 101 ok-50', 'first', { pending: 1 }],
  ['that was a bounce is forgotten', '', '0 try; 1500 ok; 1501 now', 'first', { pending: 1 }],
])('mail that a peer has accepted %s: %s %s', async ([, sender, steps, answers, tuples]) => {
  const bench = await engineBench({ config: WORLD.replace('reputation no', ''), dns: POOL_DNS });
  const reasons: string[] = [];
  for (const [at, what] of steps.split('; ').map((step) => step.split(' '))) {
    bench.clock.advance(T0 + Number(at) - seconds(bench.clock));
    const time = seconds(bench.clock) - (what === 'ok-50' ? 50 : 0);
    const told = { ...CHECK, originId: time, sender: sender || '<>', time };
    if (what === 'now')
      reasons.push((await bench.answerCheck(checkOf('198.51.100.8', sender, 'b@example.org'))).reason);
    else if (what === 'try') await bench.acceptPeerReport({ ...told, domain: 'example.com' }, ANY);
    else await bench.acceptPeerReport({ ...told, event: 'ok' }, ANY);
  }
  expect(reasons.join(' ')).toBe(answers);
  expect(await bench.store.count()).toMatchObject(tuples);
});

test.for<[what: string, ip: string]>([
  ['the client itself', IP],
  ['another host of its domain', '198.51.100.8'],
])('a first attempt and its mail, which %s brought, are told at once', async ([, ip]) => {
  const bench = await engineBench({ dns: POOL_DNS });
  await bench.standings.of(addressOf(ip));
  const attempt = { ...CHECK, time: T0 - 400, domain: 'example.com' };
  const mail = { ...CHECK, originId: 8, ip, event: 'ok' };
  await Promise.all([attempt, mail].map((report) => bench.acceptPeerReport(report, ANY)));
  expect(await bench.store.count()).toEqual({ pending: 0, valid: 1 });
});

test.for([
  ['before', -1],
  ['after', 0],
] as const)('an attempt %s a blacklisting shows, told later, leaves what neighbours have alone', async ([, from]) => {
  const bench = await engineBench({ dns: POOL_DNS });
  const neighbour = checkOf('198.51.100.8', 'a@example.com', 'b@example.org');
  for (const ip of [IP, '198.51.100.8']) await bench.standings.of(addressOf(ip));
  await admit(bench.checks, neighbour);
  await bench.acceptReport({ ...SPAM, event: 'hard_trap', time: T0 });
  const { reveal = 0 } = await bench.standings.of(addressOf(IP));
  bench.clock.advance(reveal + 60 - T0);
  await bench.acceptPeerReport({ ...CHECK, time: reveal + from }, ANY);
  expect(await bench.answerCheck(neighbour)).toMatchObject({ reason: 'known' });
});

const ENTRY = {
  subject: '198.51.100.0/24',
  kind: 'black',
  author: 'ann',
  reason: 'r',
  made: T0,
  expires: T0 + 99,
} as const;
const BLACK: NamedReport = {
  ...SPAM,
  reporter: 'ddgrey',
  ip: '198.51.100.0',
  time: T0,
  event: 'entry_black',
  sender: 'ann',
  recipient: `${T0 + 99} r`,
  mtaId: '198.51.100.0/24',
};

test('what is entered by hand at the peer counts here, until it is removed there', async () => {
  const bench = await engineBench();
  await bench.acceptPeerReport(BLACK, ANY);
  expect(bench.manual.list()).toEqual([ENTRY]);
  const { sender: _, recipient: __, ...removed } = { ...BLACK, originId: 8, event: 'entry_removed', time: T0 + 1 };
  await bench.acceptPeerReport(removed, ANY);
  expect(bench.manual.list()).toEqual([]);
  expect(bench.counters.list()).toEqual([
    ['report entry_black stored', 1],
    ['report entry_removed stored', 1],
  ]);
});

test.for<[changed: Partial<NamedReport>, taken: boolean]>([
  [{ time: T0 + 1 }, true],
  [{ time: T0 - 1 }, false],
  [{ recipient: `${T0} over` }, false],
  [{ recipient: 'no time' }, false],
  [{ mtaId: 'nonsense' }, false],
  [{ time: T0 + 1, event: 'entry_green' }, false],
])('an entry with %j replaces what was entered here: %s', async ([changed, taken]) => {
  const bench = await engineBench();
  const own = { ...ENTRY, kind: 'white', author: 'bob' } as const;
  await bench.manual.put(own);
  await bench.acceptPeerReport({ ...BLACK, ...changed }, ANY);
  expect(bench.manual.list()[0]?.kind).toBe(taken ? 'black' : 'white');
});

test.for<[what: string, changed: Partial<NamedReport>, taken: boolean]>([
  ['of a network that begins with a trusted client', { ip: '192.0.2.0', mtaId: '192.0.2.0/23' }, true],
  ['older than reports are kept, but in force', { time: T0 - 61 * DAY }, true],
  ['older than reports are kept, and ended', { time: T0 - 61 * DAY, recipient: `${T0 - 1} r` }, false],
])('an entry %s is taken: %s', async ([, changed, taken]) => {
  const bench = await engineBench({ config: 'trusted 192.0.2.0/24' });
  await bench.acceptPeerReport({ ...BLACK, ...changed }, ANY);
  expect([bench.manual.list().length, (await kept(bench)).length]).toEqual(taken ? [1, 1] : [0, 0]);
});

const REMOVED: NamedReport = {
  ...BLACK,
  originId: 8,
  event: 'entry_removed',
  time: T0 + 1,
  recipient: `${T0 + 99}`,
};

const SHORTER: NamedReport = { ...BLACK, originId: 9, time: T0 + 1, recipient: `${T0 + 2} r` };

test.for<[what: string, reports: readonly NamedReport[], left: number]>([
  ['the entry, its removal, the entry again', [BLACK, REMOVED, BLACK], 0],
  ['the removal before the entry', [REMOVED, BLACK], 0],
  ['both in one second', [{ ...REMOVED, time: T0 }, BLACK], 0],
  ['another entry after the removal', [REMOVED, { ...BLACK, originId: 9, time: T0 + 2 }, REMOVED], 1],
  ['an entry that one replaced which ended before it came', [BLACK, SHORTER], 0],
  ['a shorter entry that has ended', [SHORTER, BLACK], 0],
])('what was undone does not come back: %s', async ([, reports, left]) => {
  const bench = await engineBench();
  for (const report of reports) {
    await bench.acceptPeerReport(report, ANY);
    bench.clock.advance(2);
    await bench.manual.expire(seconds(bench.clock));
  }
  expect(bench.manual.list()).toHaveLength(left);
});

test('what a fast clock has entered or removed, a slow one can undo', async () => {
  const bench = await engineBench();
  await bench.acceptPeerReport({ ...BLACK, time: T0 + 3600, recipient: `${T0 + DAY} r` }, ANY);
  const time = await bench.manual.timeOfChange(ENTRY.subject);
  await bench.acceptPeerReport({ ...REMOVED, origin: 'mx3.example.org', time }, ANY);
  expect(bench.manual.list()).toEqual([]);
  const made = await bench.manual.timeOfChange(ENTRY.subject);
  await bench.acceptPeerReport({ ...BLACK, origin: 'mx3.example.org', originId: 9, time: made }, ANY);
  expect(bench.manual.list()).toEqual([{ ...ENTRY, made: T0 + 3602 }]);
});

test.for<[what: string, report: NamedReport, reason: string | undefined]>([
  ['an entry', BLACK, 'too many entries'],
  ['a removal', REMOVED, undefined],
  ['spam', SPAM, undefined],
])('where there are too many entries already, %s: %s', async ([, report, reason]) => {
  const bench = await engineBench();
  vi.spyOn(bench.manual, 'hasRoomFor').mockReturnValue(false);
  expect(await bench.acceptPeerReport(report, ANY)).toBe(reason);
  expect(await kept(bench)).toHaveLength(reason === undefined ? 1 : 0);
});

test.for<[what: string, failing: 'putEntry' | 'remember', report: NamedReport]>([
  ['an entry', 'putEntry', BLACK],
  ['a first attempt', 'remember', CHECK],
])('what did not follow from %s is made up for when it comes again', async ([, failing, report]) => {
  const bench = await engineBench({ config: WORLD });
  vi.spyOn(bench.store, failing).mockRejectedValueOnce(new Error('disk full'));
  await expect(bench.acceptPeerReport(report, ANY)).rejects.toThrow('disk full');
  expect(await kept(bench)).toHaveLength(1);
  await bench.acceptPeerReport(report, ANY);
  expect([bench.manual.list().length, (await bench.store.count()).pending]).toEqual(
    failing === 'putEntry' ? [1, 0] : [0, 1],
  );
});

test('two entries of one second: the same one counts everywhere', async () => {
  const white = { ...BLACK, originId: 8, event: 'entry_white' };
  const ends = await Promise.all(
    [
      [BLACK, white],
      [white, BLACK],
    ].map(async (order) => {
      const bench = await engineBench();
      for (const report of order) await bench.acceptPeerReport(report, ANY);
      return bench.manual.list();
    }),
  );
  expect(ends[0]).toEqual(ends[1]);
  expect(ends[0]).toHaveLength(1);
});

test('without reputation nobody is looked up for what is reported', async () => {
  const bench = await engineBench({ config: 'reputation no', dns: DNS });
  await bench.standings.of(addressOf(IP));
  const asked = bench.dns.asked.length;
  await bench.acceptPeerReport(SPAM, ANY);
  await bench.acceptReport({ ...SPAM, mtaId: 'Q2' });
  expect(bench.dns.asked).toHaveLength(asked);
});
