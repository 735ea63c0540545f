import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentMap } from './recent-map.ts';

function filled(...keys: readonly string[]): RecentMap<string, string> {
  const map = new RecentMap<string, string>(2);
  for (const key of keys) map.set(key, key.toUpperCase());
  return map;
}

function kept(map: RecentMap<string, string>): string {
  return ['a', 'b', 'c'].map((key) => map.get(key) ?? '').join('');
}

test('what was not used for longest goes first', () => {
  expect(kept(filled('a', 'b'))).toBe('AB');
  expect(kept(filled('a', 'b', 'c'))).toBe('BC');
  expect(kept(filled('a', 'b', 'a', 'c'))).toBe('AC');
});

test('reading is use', () => {
  const map = filled('a', 'b');
  map.get('a');
  map.set('c', 'C');
  expect(kept(map)).toBe('AC');
});

test('the newest value counts', () => {
  const map = filled('a');
  map.set('a', 'new');
  expect(map.get('a')).toBe('new');
});

test('clearing forgets everything', () => {
  const map = filled('a', 'b');
  map.clear();
  expect(kept(map)).toBe('');
});

test('it holds the last of what was used, and no more', () => {
  const steps = fc.array(fc.record({ key: fc.nat(6), write: fc.boolean() }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), steps, (most, uses) => {
      const map = new RecentMap<number, number>(most);
      let order: number[] = [];
      for (const { key, write } of uses) {
        const found = write ? key : map.get(key);
        expect(found).toBe(write || order.includes(key) ? key : undefined);
        if (write) map.set(key, key);
        if (write || order.includes(key)) order = [...order.filter((other) => other !== key), key].slice(-most);
      }
      for (const key of [0, 1, 2, 3, 4, 5, 6]) expect(map.get(key)).toBe(order.includes(key) ? key : undefined);
    }),
  );
});
