import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ManualClock, manualClock } from '../lib/clock.ts';
import { type Counters, createCounters } from '../lib/counters.ts';
import { createLog } from '../lib/log.ts';
import { parseNetwork } from '../policy/address.ts';
import { type Check, parseMailbox } from '../policy/check.ts';
import type { Rules } from '../policy/decide.ts';
import type { Verdict } from '../policy/verdict.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { type AnswerCheck, type CheckSettings, createAnswerCheck } from './answer-check.ts';

const RULES: Rules = {
  greylisting: true,
  trusted: [parseNetwork('192.0.2.0/24') ?? []].flat(),
  parts: { client: 'NET', sender: 'HOST', recipient: 'FULL' },
  normal: { delay: 600, retry: 36_000 },
  nullSender: { delay: 1500, retry: 18_000 },
  validLifetime: 1_209_600,
  pendingLimit: { normal: 2, nullSender: 1 },
};

interface Bench {
  readonly answerCheck: AnswerCheck;
  readonly clock: ManualClock;
  readonly counters: Counters;
  /** What was logged so far, without the time. */
  readonly logged: () => string[];
}

function bench(store: Store, settings?: Partial<CheckSettings>): Bench {
  const clock = manualClock();
  const counters = createCounters();
  let text = '';
  const log = createLog({ level: 0, format: 'text' }, (lines) => {
    text += lines;
  });
  const inForce = { rules: RULES, deadline: 5, onFailure: 'white', ...settings } as const;
  return {
    answerCheck: createAnswerCheck({ store, clock, log, counters, settings: () => inForce }),
    clock,
    counters,
    logged: () => {
      log.flush();
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => line.slice(line.indexOf(' ') + 1));
    },
  };
}

function check(sender = 'a@example.com', recipient = 'b@example.org', client = '203.0.113.7'): Check {
  const mailboxes = { sender: parseMailbox(sender), recipient: parseMailbox(recipient) };
  return { id: 'x1', client: { family: 4, text: client }, ...mailboxes, via: 'test' };
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
  const { answerCheck, clock } = bench(new MemoryStore());
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

test('a valid entry is refreshed after more than 6 hours, not before', async () => {
  const store = new MemoryStore();
  const { answerCheck, clock } = bench(store);
  const uses: (number | undefined)[] = [];
  for (const pause of [0, 600, 21_600, 1, 1]) {
    clock.advance(pause);
    await answerCheck(check());
    uses.push((await store.tuples({ text: undefined, limit: 1 }))[0]?.uses);
  }
  expect(uses).toEqual([1, 1, 1, 2, 2]);
});

test('a bounce passes once and leaves nothing', async () => {
  const store = new MemoryStore();
  const { answerCheck, clock } = bench(store);
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

test('beyond its limit, what a client tries first is not remembered; others are not concerned', async () => {
  const store = new MemoryStore();
  const { answerCheck } = bench(store);
  const reasons: string[] = [];
  for (const recipient of ['b', 'c', 'd']) reasons.push((await answerCheck(check('a@example.com', recipient))).reason);
  reasons.push((await answerCheck(check('a@example.com', 'd', '203.0.113.8'))).reason);
  expect(reasons).toEqual(['first', 'first', 'limit', 'first']);
  expect(await store.count()).toEqual({ pending: 3, valid: 0 });
});

test('what a rule settles does not ask the memory', async () => {
  const { answerCheck } = bench(failingStore({ recall: never, remember: never }));
  expect(await answerCheck(check('a@b', 'c@d', '192.0.2.9'))).toEqual({ kind: 'white', reason: 'trusted' });
});

test('an answer leaves when its memory is safe, not before', async () => {
  const saved = Promise.withResolvers<void>();
  const { answerCheck } = bench(failingStore({ remember: () => saved.promise }));
  let answered = false;
  const answer = answerCheck(check()).then(() => {
    answered = true;
  });
  await new Promise(setImmediate);
  expect(answered).toBe(false);
  saved.resolve();
  await answer;
  expect(answered).toBe(true);
});

test.for<[what: string, failing: Partial<Store>, onFailure: 'white' | 'grey', verdict: Verdict]>([
  ['recall', { recall: () => Promise.reject(disk) }, 'white', { kind: 'white', reason: 'failed' }],
  ['remember', { remember: () => Promise.reject(disk) }, 'white', { kind: 'white', reason: 'failed' }],
  ['recall', { recall: () => Promise.reject(disk) }, 'grey', { kind: 'grey', reason: 'failed', wait: 600 }],
])('when %s fails, on_failure answers', async ([, failing, onFailure, verdict]) => {
  const { answerCheck, logged, counters } = bench(failingStore(failing), { onFailure });
  expect(await answerCheck(check())).toEqual(verdict);
  expect(logged()).toHaveLength(1);
  expect(logged()[0]).toContain('reason=failed');
  expect(logged()[0]).toContain('cause="Error: disk full"');
  expect(counters.list()).toContainEqual(['reason failed', 1]);
});

test('a check is answered at its deadline, once: what comes later is neither logged nor counted', async () => {
  const late = Promise.withResolvers<void>();
  const { answerCheck, logged, counters } = bench(failingStore({ remember: () => late.promise }));
  const answer = answerCheck(check());
  await vi.advanceTimersByTimeAsync(4999);
  expect(logged()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toEqual({ kind: 'white', reason: 'failed' });
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
  const { answerCheck } = bench(new MemoryStore());
  await answerCheck(check());
  expect(vi.getTimerCount()).toBe(0);
});

test('a check leaves one line that tells all of it', async () => {
  const { answerCheck, logged } = bench(new MemoryStore());
  await answerCheck({ ...check(), clientName: 'mx.example.com', helo: 'mx verdict=white', queueId: 'Q1' });
  expect(logged()).toEqual([
    'check verdict=grey reason=first id=x1 ip=203.0.113.7 from=<a@example.com> to=<b@example.org> ' +
      'name=mx.example.com helo="mx verdict=white" queue=Q1 via=test wait=600',
  ]);
});
