import { expect, test } from 'vitest';
import { bytesHeldBy, partOfLong } from '../../test/bytes-held.ts';
import { addressOf, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import type { ManualEntry } from '../policy/manual-entry.ts';
import { entryReport } from '../policy/shared-entry.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { openManualList } from './manual-list.ts';

const DAY = 86_400;

function entry(subject: string, kind: ManualEntry['kind'] = 'white', expires = T0 + DAY): ManualEntry {
  return { subject, kind, author: 'admin', reason: `about ${subject}`, made: T0, expires };
}

const ENTRIES = [
  '203.0.113.0/24',
  '203.0.113.7',
  '203.0.0.0/16',
  '2001:db8::/32',
  '2001:db8:0:7::/64',
  'example.com',
  'mx.example.com',
  'example.net',
];

test.for<[client: string, names: readonly (string | undefined)[], subject: string | undefined]>([
  ['203.0.113.7', [], '203.0.113.7'],
  ['203.0.113.8', [], '203.0.113.0/24'],
  ['203.0.114.8', [], '203.0.0.0/16'],
  ['203.1.114.8', [], undefined],
  ['2001:db8:0:7::1', [], '2001:db8:0:7::/64'],
  ['2001:db8:0:8::1', [], '2001:db8::/32'],
  ['203.0.113.8', ['mx.example.com'], '203.0.113.0/24'],
  ['198.51.100.1', ['mx.example.com'], 'mx.example.com'],
  ['198.51.100.1', ['a.MX.example.com.'], 'mx.example.com'],
  ['198.51.100.1', ['mx2.example.com'], 'example.com'],
  ['198.51.100.1', ['notexample.com'], undefined],
  ['198.51.100.1', [undefined, 'mx.example.net'], 'example.net'],
  ['198.51.100.1', ['example.com', 'example.net'], 'example.com'],
])('for %s with the names %j the entry of %s counts', async ([client, names, subject]) => {
  const { manual } = await engineBench();
  for (const written of ENTRIES) await manual.put(entry(written));
  expect(manual.find(addressOf(client), names)?.subject).toBe(subject);
});

test.for<[kind: ManualEntry['kind'], verdict: object]>([
  ['white', { kind: 'white', reason: 'whitelisted', because: 'about 203.0.113.7 (admin)' }],
  ['black', { kind: 'black', reason: 'blacklisted', because: 'by hand: about 203.0.113.7 (admin)' }],
])('%s by hand goes before what is known', async ([kind, verdict]) => {
  const { manual, answerCheck, store } = await engineBench();
  await manual.put(entry('203.0.113.7', kind));
  expect(await answerCheck(checkOf('203.0.113.7', 'a@example.com', 'b@example.org'))).toEqual(verdict);
  expect(await store.count()).toEqual({ pending: 0, valid: 0 });
});

test('what came with an entry is not kept with it', async () => {
  const { manual, store } = await engineBench();
  // A database copies what it is given.
  store.putEntry = async () => {};
  const enter = async (): Promise<void> => {
    for (let n = 0; n < 100; n += 1) {
      const texts = { author: partOfLong(`administrator ${n}`), reason: partOfLong(`for no reason at all ${n}`) };
      await manual.put({ ...entry(partOfLong(`mail-host-${n}.example.com`)), ...texts });
    }
  };
  expect(await bytesHeldBy(enter)).toBeLessThan(1_000_000);
  expect(manual.list()).toHaveLength(100);
});

test('of many entries each costs no more than of few', async () => {
  const { manual, clock } = await engineBench();
  for (let n = 0; n < 30_000; n += 1) await manual.put(entry(`10.0.${n >> 8}.${n & 255}`, 'black', T0 + 100));
  expect(manual.find(addressOf('10.0.117.47'), [])?.kind).toBe('black');
  clock.advance(100);
  await manual.expire(T0 + 100);
  expect(manual.list()).toEqual([]);
});

test('an entry counts until its time, then the next larger network does; maintenance removes it', async () => {
  const { manual, clock, maintain, store } = await engineBench();
  await manual.put(entry('203.0.113.7', 'black', T0 + 100));
  await manual.put(entry('203.0.113.0/24'));
  const counting = (): string | undefined => manual.find(addressOf('203.0.113.7'), [])?.subject;
  clock.advance(99);
  expect([counting(), manual.list().length]).toEqual(['203.0.113.7', 2]);
  clock.advance(1);
  expect(manual.list().map(({ subject }) => subject)).toEqual(['203.0.113.0/24']);
  expect(counting()).toBe('203.0.113.0/24');
  await maintain();
  expect(counting()).toBe('203.0.113.0/24');
  expect((await store.entries()).map(({ subject }) => subject)).toEqual(['203.0.113.0/24']);
});

test('an entry whose time had come by a clock that was put back counts as it is listed', async () => {
  const { manual, clock } = await engineBench();
  await manual.put(entry('203.0.113.7', 'black', T0 + 100));
  const counting = (): string | undefined => manual.find(addressOf('203.0.113.7'), [])?.subject;
  clock.advance(100);
  expect([counting(), manual.list().length]).toEqual([undefined, 0]);
  clock.advance(-1);
  expect([counting(), manual.list().length]).toEqual(['203.0.113.7', 1]);
});

test('the entry of a host goes before that of its domain', async () => {
  const { manual, answerCheck } = await engineBench({ config: 'reputation no' });
  await manual.put(entry('example.com', 'black'));
  await manual.put(entry('mx.example.com', 'white'));
  const kindFor = async (name: string): Promise<string> =>
    (await answerCheck(checkOf('203.0.113.7', 'a@example.com', 'b@example.org', name))).kind;
  expect([await kindFor('mx.example.com'), await kindFor('mx2.example.com')]).toEqual(['white', 'black']);
});

test('an entry replaces that of the same subject, and can be removed', async () => {
  const { manual } = await engineBench();
  await manual.put(entry('example.com', 'white'));
  await manual.put(entry('example.com', 'black'));
  expect(manual.list()).toEqual([entry('example.com', 'black')]);
  const removed = [await manual.remove('example.com'), await manual.remove('example.com')];
  expect(removed).toEqual([entry('example.com', 'black'), undefined]);
  expect(manual.find(addressOf('203.0.113.7'), ['example.com'])).toBeUndefined();
});

test('who removes an entry past its time is told that there was none', async () => {
  const { manual, clock, store } = await engineBench();
  await manual.put(entry('203.0.113.7', 'black', T0 + 1));
  clock.advance(1);
  expect(await manual.remove('203.0.113.7')).toBeUndefined();
  expect(await store.entries()).toEqual([]);
});

test.for<[what: string, made: number | undefined, told: number | undefined, time: number]>([
  ['nothing before', undefined, undefined, T0],
  ['an older one', T0 - 9, T0 - 8, T0],
  ['one of this second', T0, T0, T0 + 1],
  ['one by a clock that is ahead', T0 + 3600, T0 + 3600, T0 + 3601],
  ['one that was removed by a clock that is ahead', undefined, T0 + 3600, T0 + 3601],
  ['one that was entered for this server only', T0 + 5, undefined, T0 + 6],
])('a change counts as made after what was before: %s', async ([, made, told, time]) => {
  const { manual, store } = await engineBench();
  if (made !== undefined) await manual.put({ ...entry('203.0.113.0/24'), made });
  const subject = '203.0.113.0/24';
  const removal = entryReport({ kind: 'removed', subject, time: told ?? 0, expires: T0 + DAY });
  if (told !== undefined) await store.addReport({ ...removal, origin: 'mx2', originId: 1, stored: T0 });
  expect(await manual.timeOfChange(subject)).toBe(time);
});

test('when there are too many, others are not to be taken over, but changed', async () => {
  const manual = await openManualList(new MemoryStore(), { now: () => T0 * 1000 }, 2);
  const room = (): readonly boolean[] => ['example.com', 'example.net'].map((subject) => manual.hasRoomFor(subject));
  await manual.put(entry('example.com'));
  expect(room()).toEqual([true, true]);
  await manual.put(entry('203.0.113.7'));
  expect(room()).toEqual([true, false]);
  await manual.remove('example.com');
  expect(room()).toEqual([true, true]);
});

test('what the store has is there from the start', async () => {
  const store = new MemoryStore();
  await store.putEntry(entry('203.0.113.7'));
  const list = await openManualList(store, { now: () => T0 * 1000 });
  expect(list.find(addressOf('203.0.113.7'), [])).toEqual(entry('203.0.113.7'));
});

test('an entry that could not be kept does not count', async () => {
  const store = Object.assign(new MemoryStore(), { putEntry: () => Promise.reject(new Error('disk full')) });
  const { manual } = await engineBench({ store });
  await expect(manual.put(entry('203.0.113.7'))).rejects.toThrow('disk full');
  expect(manual.list()).toEqual([]);
});

test('what is entered while maintenance removes what has ended stays', async () => {
  const { manual, clock, store } = await engineBench();
  for (const subject of ['example.com', '203.0.113.7']) await manual.put(entry(subject, 'white', T0 + 1));
  clock.advance(1);
  const entered = ['203.0.113.7', 'example.net'].map((subject) => entry(subject, 'black'));
  await Promise.all([manual.expire(T0 + 1), ...entered.map((one) => manual.put(one))]);
  expect(manual.list()).toEqual(entered);
  expect(await store.entries()).toEqual(entered);
});

test('a removal does not undo a later entry that is just being kept', async () => {
  const store = new MemoryStore();
  const kept = Promise.withResolvers<void>();
  const putEntry = store.putEntry.bind(store);
  store.putEntry = (one) => putEntry(one).then(() => kept.promise);
  const { manual } = await engineBench({ store });
  const later = { ...entry('203.0.113.7'), made: T0 + 3 };
  const entering = manual.takeOver({ kind: 'put', entry: later });
  await new Promise(setImmediate);
  const removing = manual.takeOver({ kind: 'removed', subject: later.subject, time: T0 + 2, expires: later.expires });
  await new Promise(setImmediate);
  kept.resolve();
  await Promise.all([entering, removing]);
  expect(manual.list()).toEqual([later]);
  expect(await store.entries()).toEqual([later]);
});
