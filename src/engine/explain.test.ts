import { expect, onTestFinished, test, vi } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { type Bench, checkOf, engineBench } from '../../test/engine-bench.ts';

const DNS = { ptr: { '203.0.113.7': ['mx.example.com'] }, a: { 'mx.example.com': ['203.0.113.7'] } };
const CHECK = checkOf('203.0.113.7', 'a@example.com', 'b@example.org');
const TUPLE = { client: 'example.com', sender: 'example.com', recipient: 'b@example.org' };
const CONFIG = 'grey_default 290s\nretry 3d';

async function explained(bench: Bench): Promise<unknown> {
  const { verdict, recalled, window } = await bench.explain(CHECK);
  return { ...verdict, state: recalled.entry?.state, tuple: recalled.tuple, window };
}

test('it says what the answer would be, and on what it rests, at every age of a tuple', async () => {
  const bench = await engineBench({ dns: DNS, config: CONFIG });
  const window = { delay: 290, retry: 259_200 };
  const rest = { tuple: TUPLE, window };
  expect(await explained(bench)).toEqual({ kind: 'grey', reason: 'first', wait: 290, state: undefined, ...rest });
  await bench.answerCheck(CHECK);
  bench.clock.advance(100);
  expect(await explained(bench)).toEqual({ kind: 'grey', reason: 'early', wait: 190, state: 'pending', ...rest });
  bench.clock.advance(190);
  expect(await explained(bench)).toEqual({ kind: 'white', reason: 'retried', waited: 290, state: 'pending', ...rest });
  await bench.answerCheck(CHECK);
  expect(await explained(bench)).toEqual({ kind: 'white', reason: 'known', state: 'valid', ...rest });
});

test('of a client that is blacklisted in secret it names the tuple that its answer rests on', async () => {
  const bench = await engineBench({ dns: DNS, config: `${CONFIG}\nhard_trap trap@example.org` });
  const own = { ...TUPLE, client: '203.0.113.7' };
  await bench.answerCheck(CHECK);
  bench.clock.advance(290);
  await bench.answerCheck(CHECK);
  await bench.answerCheck(checkOf('203.0.113.7', 'a@example.com', 'trap@example.org'));
  await bench.reported();
  expect(await explained(bench)).toMatchObject({ reason: 'blacklisted', state: 'valid', tuple: TUPLE });
  await bench.answerCheck(CHECK);
  expect(await explained(bench)).toMatchObject({ reason: 'blacklisted', state: 'pending', tuple: own });
});

test.for<[sender: string, options: string, hours: number]>([
  ['a@example.com', '', 72],
  // GREY_DEWHITE_FLAGS DomainMatch: a retry after that finds nothing.
  ['a@other.org', 'grey_max 6h', 24],
  ['a@other.org', 'GREY_DEWHITE_FLAGS None', 72],
  ['<>', 'grey_max 6h', 24],
  ['<>', 'GREY_MAX_DELAY_NULLSENDER 30h', 30],
])(
  'a retry of %s with %j counts for %i hours, which is as long as the first attempt is kept',
  async ([sender, options, hours]) => {
    const bench = await engineBench({ dns: DNS, config: `${CONFIG}\n${options}` });
    const check = checkOf('203.0.113.7', sender, 'b@example.org', 'mx.example.com');
    expect((await bench.explain(check)).window.retry).toBe(hours * 3600);
    await bench.answerCheck(check);
    for (const [passed, kept] of [
      [hours * 3600, 1],
      [1, 0],
    ] as const) {
      bench.clock.advance(passed);
      await bench.maintain();
      expect(await bench.store.count()).toEqual({ pending: kept, valid: 0 });
    }
  },
);

test('nothing is recorded by asking: no tuple, no use, no standing, no counter, no report', async () => {
  const bench = await engineBench({ dns: DNS, config: `${CONFIG}\nhard_trap b@example.org` });
  const explainTwice = async (): Promise<void> => {
    await bench.explain(CHECK);
    await bench.explain(CHECK);
    await bench.reported();
  };
  await explainTwice();
  expect(await bench.store.count()).toEqual({ pending: 0, valid: 0 });
  await bench.store.remember({ ...REMEMBRANCE, change: 'admit' }, bench.clock.now() / 1000);
  bench.clock.advance(21_601);
  await explainTwice();
  expect(await bench.store.tuples({ text: undefined, limit: 9 })).toMatchObject([{ uses: 1, state: 'valid' }]);
  expect(bench.counters.list()).toEqual([]);
  expect(await wholeList(bench.store.reports(undefined))).toEqual([]);
  expect(await bench.store.standing('203.0.113.7')).toBeUndefined();
  expect(bench.logged()).toEqual([]);
});

const REMEMBRANCE = {
  tuple: TUPLE,
  client: CHECK.client,
  nullSender: false,
  shortLived: false,
  senderText: 'a@example.com',
  clientName: undefined,
};

test.for<[policy: string, verdict: object, lines: readonly number[]]>([
  ['GreyCheckTo:b@example.org NO', { reason: 'policy', because: 'policy line 1: b@example.org' }, [1]],
  ['GreyCheckFrom:example.com NO\nGreyCheckTo:example.org YES', { reason: 'first' }, [1, 2]],
  ['GreyCheckFrom:other.com NO', { reason: 'first' }, []],
])('the policy lines that had their say: %s', async ([policy, verdict, lines]) => {
  const { explain } = await engineBench({ dns: DNS, policy });
  const explanation = await explain(CHECK);
  expect(explanation.verdict).toMatchObject(verdict);
  expect(explanation.policy.map(({ line }) => line)).toEqual(lines);
});

test('the client is described also where a rule has settled the matter already', async () => {
  const { explain } = await engineBench({ dns: DNS, config: 'trusted 203.0.113.0/24' });
  const { verdict, client } = await explain(CHECK);
  expect(verdict.reason).toBe('trusted');
  expect(client).toMatchObject({ domain: 'example.com', standing: { score: 0 } });
});

test('what the DNS said is told: found, absent, failed, or under way when the time is over', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const failing = ['A 7.113.0.203.bl.spamcop.net'];
  const late = ['A 7.113.0.203.list.dnswl.org'];
  const { explain } = await engineBench({ dns: { ...DNS, failing, late } });
  const explanation = explain(CHECK);
  await vi.advanceTimersByTimeAsync(3000);
  const { lookups, client } = await explanation;
  expect(lookups.map(({ about, answer, records }) => [about, answer, ...records].join(' '))).toEqual([
    'names found mx.example.com',
    'addresses of mx.example.com found 203.0.113.7',
    'Spamcop failed',
    'Uceprotect level 2 absent',
    'DNSWL under way',
  ]);
  expect(client.standing).toMatchObject({ identity: 'example.com', score: 0 });
});

test('an answer of a list that lists nothing is said to be none, and why a lookup failed', async () => {
  const a = { ...DNS.a, '7.113.0.203.bl.spamcop.net': ['127.255.255.254'] };
  const failing = ['A 7.113.0.203.list.dnswl.org'];
  const { explain } = await engineBench({ dns: { ...DNS, a, failing } });
  const { lookups } = await explain(CHECK);
  expect(lookups.map(({ about, note }) => [about, note])).toEqual([
    ['names', undefined],
    ['addresses of mx.example.com', undefined],
    ['Spamcop', 'an error, not a listing'],
    ['Uceprotect level 2', undefined],
    ['DNSWL', expect.stringMatching(/./)],
  ]);
});

test('the standing that a client has is the one that is shown', async () => {
  const bench = await engineBench({ dns: DNS });
  await bench.answerCheck(CHECK);
  bench.dns.change({});
  expect((await bench.explain(CHECK)).client.standing).toMatchObject({ identity: 'example.com', score: 0 });
});

test('while reputation is switched off nothing is looked up', async () => {
  const { explain, dns } = await engineBench({ dns: DNS, config: 'reputation no' });
  expect(await explain(CHECK)).toMatchObject({ lookups: [], client: { standing: undefined } });
  expect(dns.asked).toEqual([]);
});

test('the reports that count are told: those of the address that are bad, and the good ones of whom it belongs to', async () => {
  const bench = await engineBench({ dns: DNS, config: CONFIG });
  const report = { reporter: 'exim4', time: bench.clock.now() / 1000 - 10, origin: 'mx', originId: 0, stored: 1 };
  const of = (ip: string, event: string) => bench.store.addReport({ ...report, ip, event, domain: 'example.com' });
  for (const [ip, event] of [
    ['203.0.113.7', 'check'],
    ['203.0.113.7', 'spam'],
    ['203.0.113.8', 'spam'],
    ['203.0.113.8', 'ok'],
  ] as const)
    await of(ip, event);
  const { reports } = await bench.explain(CHECK);
  expect(reports.map(({ ip, event }) => `${event} ${ip}`)).toEqual(['ok 203.0.113.8', 'spam 203.0.113.7']);
});
