import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type Bench, type BenchOptions, checkOf, engineBench } from '../../test/engine-bench.ts';
import { silentLog } from '../lib/log.ts';
import type { Check } from '../policy/check.ts';
import type { Verdict } from '../policy/verdict.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { SqliteStore } from '../store/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { createAnswerCheck } from './answer-check.ts';
import type { CentralAnswer, CentralServer } from './central-server.ts';

const CONFIG = `
  reputation no
  grey_default 10m
  GREY_IP_COMPONENT NET
  GREY_PENDING_NORMAL 2
  GREY_PENDING_NULLSENDER 1
  trusted 192.0.2.0/24
`;

function bench(options: BenchOptions = {}): Promise<Bench> {
  return engineBench({ ...options, config: CONFIG + (options.config ?? '') });
}

function check(sender = 'a@example.com', recipient = 'b@example.org', client = '203.0.113.7'): Check {
  return checkOf(client, sender, recipient);
}

function failingStore(failing: Partial<Store>): Store {
  return Object.assign(new MemoryStore(), failing);
}

const never = (): Promise<never> => new Promise(() => {});
const disk = new Error('disk full');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

test('a sender that waits and comes back passes, and is known from then on', async () => {
  const { answerCheck, clock } = await bench();
  const answers: Verdict[] = [];
  for (const pause of [0, 599, 1, 0, 1_209_600, 1_209_601]) {
    clock.advance(pause);
    answers.push(await answerCheck(check()));
  }
  expect(answers).toEqual([
    { kind: 'grey', reason: 'first', wait: 600 },
    { kind: 'grey', reason: 'early', wait: 1 },
    { kind: 'white', reason: 'retried', waited: 600 },
    { kind: 'white', reason: 'known' },
    { kind: 'white', reason: 'known' },
    { kind: 'grey', reason: 'first', wait: 600 },
  ]);
});

test('what comes once a month waits once, also when a pass that it earned has ended', async () => {
  const { answerCheck, clock, maintain } = await bench({ config: 'GREY_VALIDLIST_LIFETIME 35d' });
  const newsletter = checkOf('203.0.113.7', 'news@example.com', 'b@example.org', 'mx.example.com');
  await answerCheck(newsletter);
  clock.advance(600);
  const reasons: string[] = [];
  for (let day = 0; day < 8 * 31; day += 1) {
    if (day % 31 === 0) reasons.push((await answerCheck(newsletter)).reason);
    clock.advance(86_400);
    await maintain();
  }
  expect(reasons).toEqual(['retried', 'known', 'known', 'known', 'known', 'pass', 'pass', 'pass']);
});

test('a valid entry is refreshed after more than 6 hours, not before', async () => {
  const { answerCheck, clock, store } = await bench();
  const uses: (number | undefined)[] = [];
  for (const pause of [0, 600, 21_600, 1, 1]) {
    clock.advance(pause);
    await answerCheck(check());
    uses.push((await store.tuples({ text: undefined, limit: 1 }))[0]?.uses);
  }
  expect(uses).toEqual([1, 1, 1, 2, 2]);
});

test('a bounce passes once and leaves nothing', async () => {
  const { answerCheck, clock, store } = await bench();
  const seen: [reason: string, entries: number][] = [];
  for (const pause of [0, 1499, 1, 0]) {
    clock.advance(pause);
    const { reason } = await answerCheck(check('<>'));
    seen.push([reason, (await store.tuples({ text: undefined, limit: 9 })).length]);
  }
  expect(seen).toEqual([
    ['first', 1],
    ['early', 1],
    ['retried', 0],
    ['first', 1],
  ]);
});

test('the limit holds for checks that come at the same time, too', async () => {
  const { answerCheck, store } = await bench({ config: 'GREY_PENDING_NORMAL 3' });
  const verdicts = await Promise.all(
    ['a', 'b', 'c', 'd', 'e'].map(async (to) => answerCheck(check('a@x.org', `${to}@b`))),
  );
  expect(verdicts.map(({ reason }) => reason)).toEqual(['first', 'first', 'first', 'limit', 'limit']);
  expect(await store.count()).toMatchObject({ pending: 3 });
});

test('beyond its limit, what a client tries first is not remembered; others are not concerned', async () => {
  const { answerCheck, store } = await bench();
  const reasons: string[] = [];
  for (const recipient of ['b', 'c', 'd']) reasons.push((await answerCheck(check('a@example.com', recipient))).reason);
  reasons.push((await answerCheck(check('a@example.com', 'd', '203.0.113.8'))).reason);
  expect(reasons).toEqual(['first', 'first', 'limit', 'first']);
  expect(await store.count()).toEqual({ pending: 3, valid: 0 });
});

test('what a rule settles does not ask the memory', async () => {
  const { answerCheck } = await bench({ store: failingStore({ recall: never, remember: never }) });
  expect(await answerCheck(check('a@b', 'c@d', '192.0.2.9'))).toEqual({ kind: 'white', reason: 'trusted' });
});

test('an answer leaves when its memory is safe, not before', async () => {
  const saved = Promise.withResolvers<void>();
  const { answerCheck } = await bench({ store: failingStore({ remember: () => saved.promise }) });
  let answered = false;
  const answer = Promise.resolve(answerCheck(check())).then(() => {
    answered = true;
  });
  await new Promise(setImmediate);
  expect(answered).toBe(false);
  saved.resolve();
  await answer;
  expect(answered).toBe(true);
});

test('what the memory has at hand is answered at once', async () => {
  const entry = { state: 'valid', firstSeen: 1_700_000_000, lastSeen: 1_700_000_000 } as const;
  const known = { entry, tuple: NO_TUPLE, pass: undefined, pendingOfClient: 0 };
  const { answerCheck } = await bench({ store: failingStore({ recall: () => known, remember: () => {} }) });
  expect(answerCheck(check())).toEqual({ kind: 'white', reason: 'known' });
});

test.for<[mode: string, parts: Pick<BenchOptions, 'server'>]>([
  ['alone', {}],
  ['client mode', serverSaying('wait')],
])('%s: known mail of a client with a standing waits for nothing in SQLite either', async ([, parts]) => {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-answer-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  await using store = new SqliteStore(join(directory, 'ddgrey.db'), silentLog);
  const dns = { ptr: { '203.0.113.7': ['mx.example.com'] }, a: { 'mx.example.com': ['203.0.113.7'] } };
  const { answerCheck, clock } = await engineBench({ ...parts, store, dns, config: 'grey_default 10m' });
  const answers: Verdict['reason'][] = [];
  for (const pause of [0, 600, 0]) {
    clock.advance(pause);
    answers.push((await answerCheck(check())).reason);
  }
  expect(answers).toEqual(['first', 'retried', 'known']);
  expect(answerCheck(check())).toEqual({ kind: 'white', reason: 'known' });
});

const FULL = 'Error: disk full';

function diskFull(): never {
  throw disk;
}

test.for<[what: string, failing: Partial<Store>, onFailure: 'white' | 'grey', verdict: Verdict]>([
  ['recall', { recall: () => Promise.reject(disk) }, 'white', { kind: 'white', reason: 'failed', because: FULL }],
  ['recall', { recall: diskFull }, 'white', { kind: 'white', reason: 'failed', because: FULL }],
  ['remember', { remember: () => Promise.reject(disk) }, 'white', { kind: 'white', reason: 'failed', because: FULL }],
  ['remember', { remember: diskFull }, 'white', { kind: 'white', reason: 'failed', because: FULL }],
  [
    'recall',
    { recall: () => Promise.reject(disk) },
    'grey',
    { kind: 'grey', reason: 'failed', wait: 600, because: FULL },
  ],
])('when %s fails, on_failure answers', async ([, failing, onFailure, verdict]) => {
  const { answerCheck, logged, counters } = await bench({
    store: failingStore(failing),
    config: `on_failure ${onFailure}`,
  });
  expect(await answerCheck(check())).toEqual(verdict);
  expect(logged()).toHaveLength(1);
  expect(logged()[0]).toContain('reason=failed');
  expect(logged()[0]).toMatch(/ cause="Error: disk full"$/);
  expect(logged()[0]).not.toContain('because=');
  expect(counters.list()).toContainEqual(['reason failed', 1]);
});

test('a check is answered at its deadline, once: what comes later is neither logged nor counted', async () => {
  const late = Promise.withResolvers<void>();
  const { answerCheck, logged, counters } = await bench({ store: failingStore({ remember: () => late.promise }) });
  const answer = answerCheck(check());
  await vi.advanceTimersByTimeAsync(4999);
  expect(logged()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toEqual({ kind: 'white', reason: 'failed', because: 'deadline passed' });
  late.resolve();
  await new Promise(setImmediate);
  expect(logged()).toHaveLength(1);
  expect(logged()[0]).toContain('cause="deadline passed"');
  expect(counters.list()).toEqual([
    ['reason failed', 1],
    ['verdict white', 1],
  ]);
});

test('no timer is left behind', async () => {
  const { answerCheck } = await bench();
  await answerCheck(check());
  expect(vi.getTimerCount()).toBe(0);
});

test('a check leaves one line that tells all of it', async () => {
  const { answerCheck, logged } = await bench();
  await answerCheck({ ...check(), clientName: 'mx.example.com', helo: 'mx verdict=white', queueId: 'Q1' });
  expect(logged()).toEqual([
    'check verdict=grey reason=first id=x1 ip=203.0.113.7 from=<a@example.com> to=<b@example.org> ' +
      'name=mx.example.com helo="mx verdict=white" queue=Q1 via=test wait=600',
  ]);
});

test('a pass lets everything of the domain through, and is refreshed after more than 6 hours', async () => {
  const { answerCheck, clock, store } = await bench();
  const pass = { client: '203.0.113.7', domain: 'example.com', firstSeen: 0, lastSeen: 1_700_000_000, uses: 5 };
  await store.addPass(pass);
  const seen: unknown[] = [];
  for (const pause of [0, 21_600, 1]) {
    clock.advance(pause);
    const { reason, because } = (await answerCheck(check('x@sub.example.com', 'new@example.org'))) as Verdict;
    const { pass: kept } = await store.recall({
      tuples: [NO_TUPLE],
      client: check().client,
      passes: [pass],
      passesSince: 0,
    });
    seen.push([reason, because, kept?.uses]);
  }
  expect(seen).toEqual([
    ['pass', '203.0.113.7 example.com', 5],
    ['pass', '203.0.113.7 example.com', 5],
    ['pass', '203.0.113.7 example.com', 6],
  ]);
});

const NO_TUPLE = { client: '', sender: '', recipient: '' };

test('a pass that was given to the address counts although the name of the client is known', async () => {
  const { answerCheck, store, clock } = await bench();
  const now = clock.now() / 1000;
  await store.addPass({ client: '203.0.113.7', domain: 'example.com', firstSeen: now, lastSeen: now, uses: 5 });
  const named = checkOf('203.0.113.7', 'a@example.com', 'b@example.org', 'mx.example.com');
  expect(await answerCheck(named)).toMatchObject({ reason: 'pass' });
});

test('a pass of the parent domain counts where that of the domain is past its lifetime', async () => {
  const { answerCheck, store, clock } = await bench({ config: 'GREY_WHITELIST_LIFETIME 3w' });
  const now = clock.now() / 1000;
  const pass = { client: '203.0.113.7', domain: 'example.com', firstSeen: 0, lastSeen: now - 21 * 86_400, uses: 5 };
  await store.addPass(pass);
  await store.addPass({ ...pass, domain: 'sub.example.com', lastSeen: pass.lastSeen - 1 });
  expect(await answerCheck(check('x@sub.example.com'))).toMatchObject({
    reason: 'pass',
    because: '203.0.113.7 example.com',
  });
});

test('every answer is told of once it is made, one of a failure too', async () => {
  const told: string[] = [];
  const { checks } = await bench({ store: failingStore({ remember: () => Promise.reject(disk) }) });
  const answerCheck = createAnswerCheck({ ...checks, onAnswer: ({ id }, { reason }) => told.push(`${id} ${reason}`) });
  await answerCheck(check('a@b', 'c@d', '192.0.2.9'));
  await answerCheck(check());
  expect(told).toEqual(['x1 trusted', 'x1 failed']);
});

/** A central server that always answers the same, and what it was asked and told. */
function serverSaying(answer: CentralAnswer): { server: CentralServer; heard: string[] } {
  const heard: string[] = [];
  const server: CentralServer = {
    ask: async ({ recipient }) => {
      heard.push(`ask ${recipient.local}`);
      return answer;
    },
    tell: ({ recipient }) => heard.push(`tell ${recipient.local}`),
  };
  return { server, heard };
}

test.for<[answer: CentralAnswer, sender: string, first: Verdict, kept: object, then: string]>([
  ['ok', 'a@x.org', { kind: 'white', reason: 'server' }, { pending: 0, valid: 1 }, 'known'],
  ['ok', '<>', { kind: 'white', reason: 'server' }, { pending: 0, valid: 0 }, 'server'],
  ['reject', 'a@x.org', { kind: 'black', reason: 'server' }, { pending: 0, valid: 0 }, 'server'],
  ['wait', 'a@x.org', { kind: 'grey', reason: 'first', wait: 600 }, { pending: 1, valid: 0 }, 'early'],
  ['unreachable', 'a@x.org', { kind: 'grey', reason: 'first', wait: 600 }, { pending: 1, valid: 0 }, 'early'],
])('client mode: what is new is asked about; %s for %s', async ([answer, sender, first, kept, then]) => {
  const { server, heard } = serverSaying(answer);
  const { answerCheck, store } = await bench({ server });
  expect(await answerCheck(check(sender))).toEqual(first);
  expect(await store.count()).toEqual(kept);
  expect((await answerCheck(check(sender))).reason).toBe(then);
  expect(heard).toEqual(then === 'server' ? ['ask b', 'ask b'] : ['ask b']);
});

test('client mode: what passes here is told, when it becomes valid and when it is refreshed; the rest is not', async () => {
  const { server, heard } = serverSaying('wait');
  const { answerCheck, clock } = await bench({ server });
  for (const pause of [0, 599, 1, 1, 21_600, 1]) {
    clock.advance(pause);
    await answerCheck(check());
    heard.push('-');
  }
  await answerCheck(check('a@b', 'c@d', '192.0.2.9'));
  expect(heard.join(' ')).toBe('ask b - - tell b - - tell b - -');
});

test('client mode: whom we blacklist, and do not tell yet, the server lets not pass', async () => {
  const { server, heard } = serverSaying('ok');
  const { answerCheck, acceptReport, clock } = await bench({ server, config: 'reputation yes' });
  await acceptReport({ reporter: 'traps', time: clock.now() / 1000, ip: '203.0.113.7', event: 'hard_trap' });
  for (let i = 0; i < 2; i += 1)
    expect(await answerCheck(check())).toMatchObject({ kind: 'grey', reason: 'blacklisted' });
  expect(heard).toEqual([]);
});

test('client mode: what starts again is asked about again', async () => {
  const { server, heard } = serverSaying('unreachable');
  const { answerCheck, clock } = await bench({ server, config: 'retry 2d' });
  await answerCheck(check());
  clock.advance(172_800);
  expect(await answerCheck(check())).toMatchObject({ reason: 'first' });
  expect(heard).toEqual(['ask b', 'ask b']);
});

test('client mode: when the server does not answer before the deadline, our own decision stands', async () => {
  const { answerCheck } = await bench({ server: { ask: never, tell: () => {} } });
  const answer = answerCheck(check());
  await vi.advanceTimersByTimeAsync(5000);
  expect(await answer).toEqual({ kind: 'grey', reason: 'first', wait: 600 });
});
