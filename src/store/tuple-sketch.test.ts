import { expect, test } from 'vitest';
import { type TupleHashes, TupleSketch } from './tuple-sketch.ts';

const FIRST_WORTH = 1000;

/** Hashes far apart, negative ones too. */
function hashes(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => Math.imul(from + i, 0x9e3779b1));
}

interface Source extends TupleHashes {
  readonly read: () => number;
}

/** The database has these; the piece of `later` comes when it is let through. */
function source(all: readonly number[], later: Promise<readonly number[]> = Promise.resolve([])): Source {
  let read = 0;
  return {
    count: async () => all.length,
    pieces: async function* pieces() {
      read += 1;
      yield all;
      yield await later;
    },
    read: () => read,
  };
}

function miss(sketch: TupleSketch, times: number): void {
  for (let i = 0; i < times; i += 1) sketch.missed();
}

const turn = (): Promise<void> => new Promise(setImmediate);
const unknown = (sketch: TupleSketch, of: readonly number[]): number[] =>
  of.filter((hash) => !sketch.mayHave({ hash }));

test('it is made after a thousand lookups in vain; until then everything may be there', async () => {
  const from = source(hashes(0, 100));
  const sketch = new TupleSketch(from);
  miss(sketch, FIRST_WORTH - 1);
  await turn();
  expect([from.read(), unknown(sketch, hashes(0, 2000))]).toEqual([0, []]);
  miss(sketch, 1);
  await turn();
  expect([from.read(), unknown(sketch, hashes(0, 100))]).toEqual([1, []]);
  expect(unknown(sketch, hashes(100, 2100))).toHaveLength(2000);
});

test('without hashes it is never made', async () => {
  const sketch = new TupleSketch();
  miss(sketch, 2 * FIRST_WORTH);
  await turn();
  expect(unknown(sketch, hashes(0, 100))).toEqual([]);
});

test('what is added while it is made, once, and later, may be there', async () => {
  const later = Promise.withResolvers<readonly number[]>();
  const from = source(hashes(0, 10), later.promise);
  const sketch = new TupleSketch(from);
  miss(sketch, FIRST_WORTH);
  await turn();
  miss(sketch, 2 * FIRST_WORTH);
  await turn();
  expect(from.read()).toBe(1);
  for (const hash of hashes(20, 30)) sketch.add({ hash });
  later.resolve(hashes(10, 20));
  await turn();
  for (const hash of hashes(30, 40)) sketch.add({ hash });
  expect(unknown(sketch, hashes(0, 40))).toEqual([]);
  expect(unknown(sketch, hashes(40, 100))).toHaveLength(60);
});

test('it is made again when an eighth of what there is was looked up in vain, and forgets what is no longer there', async () => {
  const all = hashes(0, 80_000);
  const from = source(all);
  const sketch = new TupleSketch(from);
  miss(sketch, FIRST_WORTH);
  await turn();
  const gone = hashes(80_000, 80_100).filter((hash) => !sketch.mayHave({ hash }));
  for (const hash of gone) sketch.add({ hash });
  miss(sketch, 9999);
  await turn();
  expect([from.read(), unknown(sketch, gone)]).toEqual([1, []]);
  miss(sketch, 1);
  await turn();
  expect([from.read(), unknown(sketch, gone)]).toEqual([2, gone]);
});

test.for<[count: number, lookups: number]>([
  [10, FIRST_WORTH],
  [80_000, 10_000],
])('one of %i that could not be made is tried again after %i lookups', async ([count, lookups]) => {
  const from = source(hashes(0, count), Promise.reject(new Error('locked')));
  const sketch = new TupleSketch(from);
  miss(sketch, FIRST_WORTH);
  await turn();
  miss(sketch, lookups - 1);
  await turn();
  expect([from.read(), unknown(sketch, hashes(0, 100))]).toEqual([1, []]);
  miss(sketch, 1);
  await turn();
  expect([from.read(), unknown(sketch, hashes(0, 100))]).toEqual([2, []]);
});

test('of 16 bits a tuple a sixteenth at most is taken for known', async () => {
  const count = 2_000_000;
  const sketch = new TupleSketch(source(hashes(0, count).map(scattered)));
  miss(sketch, FIRST_WORTH);
  await turn();
  expect(unknown(sketch, hashes(count, count + 10_000).map(scattered)).length).toBeGreaterThan(9375);
});

/** As if at random: hashes that are far apart would hardly ever share a bit. It is the end of MurmurHash3. */
function scattered(hash: number): number {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const whole = Math.imul(half ^ (half >>> 13), 0xc2b2ae35);
  return whole ^ (whole >>> 16);
}
