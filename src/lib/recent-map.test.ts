import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesHeldBy, partOfLong } from '../../test/bytes-held.ts';
import { RecentMap } from './recent-map.ts';

function filled(...keys: readonly string[]): RecentMap<string> {
  const map = new RecentMap<string>(2);
  for (const key of keys) map.set(key, key.toUpperCase());
  return map;
}

function kept(map: RecentMap<string>): string {
  return ['a', 'b', 'c'].map((key) => map.get(key) ?? '').join('');
}

test('what was not used for longest goes first', () => {
  expect(kept(filled('a', 'b'))).toBe('AB');
  expect(kept(filled('a', 'b', 'c'))).toBe('BC');
  expect(kept(filled('a', 'b', 'a', 'c'))).toBe('AC');
});

test('what was read lately is kept, as what was set lately', () => {
  const map = filled('a', 'b');
  map.get('a');
  map.set('c', 'C');
  expect(kept(map)).toBe('AC');
});

test('the newest value counts', () => {
  const map = filled('a', 'b');
  map.set('a', 'new');
  expect(map.get('a')).toBe('new');
});

test('what was deleted is gone from both generations', () => {
  const map = filled('a', 'b');
  map.get('a');
  map.delete('a');
  expect(kept(map)).toBe('B');
});

test('clearing forgets everything', () => {
  const map = filled('a', 'b');
  map.clear();
  expect(kept(map)).toBe('');
});

test.for<[writes: string, kept: string]>([
  ['a3 b1', 'a3 b1'],
  ['a3 b1 c3', 'a3 b1 c3'],
  ['a3 b2 c3', 'b2 c3'],
  ['a3 b1 c9', 'a3 b1 c9'],
  ['a9 b1 c1', 'a9 b1 c1'],
  ['a9 b9 c1', 'b9 c1'],
  ['a4 a1 b3 c4', 'a1 b3 c4'],
  ['a1 a4 b1 c4', 'b1 c4'],
])('of values with a size, %s leaves %s', ([writes, left]) => {
  // Reading is use, so each is read from a map of its own.
  const found = ['a', 'b', 'c'].flatMap((key) => {
    const map = new RecentMap<string>(8, (value) => Number(value.slice(1)));
    for (const value of writes.split(' ')) map.set(value.charAt(0), value);
    return map.get(key) ?? [];
  });
  expect(found.join(' ')).toBe(left);
});

test('it holds the half that was used last, nothing that is wrong, and no more than it may', () => {
  const steps = fc.array(fc.record({ key: fc.nat(9).map(String), action: fc.constantFrom('read', 'write', 'delete') }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), steps, (most, uses) => {
      const map = new RecentMap<number>(most);
      const values = new Map<string, number>();
      let order: string[] = [];
      for (const [time, { key, action }] of uses.entries()) {
        const found = action === 'read' ? map.get(key) : undefined;
        expect([undefined, values.get(key)]).toContain(found);
        if (action === 'write') map.set(key, time);
        if (action === 'write') values.set(key, time);
        if (action === 'delete') map.delete(key);
        if (action === 'delete') values.delete(key);
        // What was deleted keeps its place: what it pushed out does not come back.
        if (action === 'write' || found !== undefined) order = [...order.filter((other) => other !== key), key];
      }
      // The recent ones first: reading an old one may push out another.
      const half = Math.ceil(most / 2);
      const recent = order.slice(-half).filter((key) => values.has(key));
      expect(recent.filter((key) => map.get(key) !== undefined)).toEqual(recent);
      const held = '0123456789'.split('').filter((key) => map.get(key) !== undefined);
      expect(held.length).toBeLessThanOrEqual(half * 2);
    }),
    {
      examples: [
        [5, '0122222'.split('').map((key) => ({ key, action: 'write' }))],
        [5, '02314'.split('').map((key) => ({ key, action: 'write' }))],
        [1, '03838'.split('').map((key, step) => ({ key, action: step < 3 ? 'write' : 'delete' }))],
      ],
    },
  );
});

test('a key does not keep what it was a part of, also when it was read again', async () => {
  const map = new RecentMap<number>(200);
  const fill = (): void => {
    for (let n = 0; n < 100; n += 1) map.set(partOfLong(`key number ${n}`), n);
    // Those are old now, and reading makes them young again.
    map.set('another', 0);
    for (let n = 0; n < 100; n += 1) map.get(partOfLong(`key number ${n}`));
  };
  expect(await bytesHeldBy(fill)).toBeLessThan(1_000_000);
  expect(map.get('key number 99')).toBe(99);
});
