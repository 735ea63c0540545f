import { expect, test } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { type Bench, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import { admit } from './admit.ts';
import { runMaintenance, runRound, startMaintenance } from './maintain.ts';

const DAY = 86_400;
const CONFIG = `
  reputation no
  retry 3d
  GREY_MAX_DELAY_NULLSENDER 12h
  GREY_VALIDLIST_LIFETIME 14d
  GREY_WHITELIST_LIFETIME 21d
  GREY_IP_COMPONENT NET
  GREY_PENDING_NORMAL 0
`;

/** One of everything, at T0: names fit the sender, or do not. */
async function filled(config = ''): Promise<Bench> {
  const bench = await engineBench({ config: CONFIG + config });
  const named = (sender: string, recipient: string, name = 'mx.example.com') =>
    checkOf('203.0.113.7', sender, recipient, name);
  await bench.answerCheck(named('a@example.com', 'pending@x.org'));
  await bench.answerCheck(named('a@example.com', 'pending-misfit@x.org', 'mx.other.net'));
  await bench.answerCheck(named('<>', 'pending-bounce@x.org'));
  await admit(bench.checks, named('a@example.com', 'valid@x.org'));
  await admit(bench.checks, named('a@example.com', 'valid-misfit@x.org', 'mx.other.net'));
  await bench.store.addPass({ client: 'example.net', domain: 'pass', firstSeen: T0, lastSeen: T0, uses: 5 });
  await bench.acceptReport({ reporter: 'exim4', time: T0, ip: '203.0.113.7', event: 'spam' });
  return bench;
}

async function left({ store }: Bench): Promise<string> {
  const tuples = await store.tuples({ text: undefined, limit: 99 });
  const names = tuples.map(({ tuple }) => tuple.recipient.replace('@x.org', ''));
  for await (const passes of store.exportPasses(0)) names.push(...passes.map(({ domain }) => domain));
  names.push(...(await wholeList(store.reports(undefined))).map(({ event }) => event));
  return names.toSorted((one, other) => (one < other ? -1 : 1)).join(' ');
}

// Each line: what the line before has, without what has just ended.
test.for<[after: number, left: string]>([
  [DAY / 2, 'pass pending pending-bounce pending-misfit spam valid valid-misfit'],
  [DAY / 2 + 1, 'pass pending pending-misfit spam valid valid-misfit'],
  [DAY, 'pass pending pending-misfit spam valid valid-misfit'],
  [DAY + 1, 'pass pending spam valid valid-misfit'],
  [3 * DAY, 'pass pending spam valid valid-misfit'],
  [3 * DAY + 1, 'pass spam valid valid-misfit'],
  [5 * DAY, 'pass spam valid valid-misfit'],
  [5 * DAY + 1, 'pass spam valid'],
  [14 * DAY, 'pass spam valid'],
  [14 * DAY + 1, 'pass spam'],
  [21 * DAY, 'pass spam'],
  [21 * DAY + 1, 'spam'],
  [60 * DAY, 'spam'],
  [60 * DAY + 1, ''],
])('after %i seconds there is still: %s', async ([after, expected]) => {
  const bench = await filled();
  bench.clock.advance(after);
  await bench.maintain();
  expect(await left(bench)).toBe(expected);
});

test('what does not fit lives as long as the rest unless GREY_DEWHITE_FLAGS says otherwise', async () => {
  const bench = await filled('GREY_DEWHITE_FLAGS none');
  bench.clock.advance(3 * DAY);
  await bench.maintain();
  expect(await left(bench)).toBe('pass pending pending-misfit spam valid valid-misfit');
});

test.for<[entries: number, pauses: number]>([
  [0, 0],
  [49, 0],
  [50, 1],
  [120, 2],
])('%i entries are removed in steps, with %i pauses for checks', async ([entries, pauses]) => {
  const bench = await engineBench({ config: CONFIG });
  for (let i = 0; i < entries; i += 1)
    await bench.answerCheck(checkOf('203.0.113.7', 'a@example.com', `${i}@x.org`, 'mx.example.com'));
  bench.clock.advance(3 * DAY + 1);
  let paused = 0;
  await runMaintenance(bench.upkeep, async () => {
    paused += 1;
  });
  expect(paused).toBe(pauses);
  expect(await bench.store.count()).toEqual({ pending: 0, valid: 0 });
  expect(bench.counters.list().filter(([name]) => name === 'expired')).toEqual([['expired', entries]]);
  expect(bench.logged().filter((line) => line.startsWith('maintenance'))).toEqual(
    entries === 0 ? [] : [`maintenance expired=${entries} dewhited=0 promoted=0`],
  );
});

test('maintenance that fails is logged, and does not end the daemon', async () => {
  const bench = await engineBench();
  bench.store.expire = () => Promise.reject(new Error('disk full'));
  const running = startMaintenance(bench.upkeep);
  await new Promise(setImmediate);
  await running[Symbol.asyncDispose]();
  expect(bench.logged()).toEqual(['maintenance failed cause="Error: disk full"']);
});

/** By its clock then, what a round of the running daemon leaves. */
async function leftByRound(bench: Bench, after: number): Promise<string> {
  bench.clock.advance(after);
  await runRound(bench.upkeep, () => Promise.resolve());
  return left(bench);
}

const YEAR = 365 * DAY;
const ALL = 'pass pending pending-bounce pending-misfit spam valid valid-misfit';

test.for<[what: string, rounds: readonly (readonly [after: number, left: string])[], late: readonly number[]]>([
  [
    'when the clock jumps nothing is removed until it is put back',
    [
      [YEAR, ALL],
      [600 - YEAR, ALL],
    ],
    [YEAR - 600],
  ],
  [
    'or still says so at the next round',
    [
      [YEAR, ALL],
      [600, ''],
    ],
    [YEAR - 600],
  ],
  ['a rest of a day is no jump', [[DAY + 600, 'pass pending spam valid valid-misfit']], []],
  ['a longer one may be one', [[DAY + 601, ALL]], [DAY + 1]],
])('%s', async ([, rounds, late]) => {
  const bench = await filled();
  expect(await leftByRound(bench, 0)).toBe(ALL);
  for (const [after, rest] of rounds) expect(await leftByRound(bench, after)).toBe(rest);
  const putOff = bench.logged().filter((line) => line.includes('put off'));
  expect(putOff).toEqual(late.map((seconds) => `maintenance put off late=${seconds}`));
});

test('nothing is removed either when the clock jumps in the middle of a round', async () => {
  const bench = await filled();
  const entry = {
    subject: 'example.com',
    kind: 'black',
    author: 'a',
    reason: 'r',
    made: T0,
    expires: T0 + DAY,
  } as const;
  await bench.manual.put(entry);
  const save = bench.store.savePlace.bind(bench.store);
  bench.store.savePlace = async (...place) => {
    await save(...place);
    bench.clock.advance(YEAR);
  };
  expect(await leftByRound(bench, 0)).toBe(ALL);
  bench.clock.advance(-YEAR);
  expect([bench.manual.list(), await bench.store.entries()]).toEqual([[entry], [entry]]);
});

async function* endless(): AsyncGenerator<[]> {
  for (;;) {
    await new Promise(setImmediate);
    yield [];
  }
}

test.for<keyof Bench['store']>(['passCandidates', 'validTuplesOf'])(
  'whoever closes it does not wait for the end of %s',
  { timeout: 2000 },
  async (listing) => {
    const bench = await engineBench({
      config: 'reputation no\nGREY_DEWHITE_FLAGS SpamTrap\nGREY_DEWHITE_THRESHOLD 0.1',
    });
    await bench.acceptReport({ reporter: 'exim4', time: T0, ip: '203.0.113.7', event: 'hard_trap' });
    Object.assign(bench.store, { [listing]: endless });
    const running = startMaintenance(bench.upkeep);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await running[Symbol.asyncDispose]();
    expect(bench.logged().filter((line) => line.startsWith('maintenance'))).toEqual([]);
  },
);
