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

test('it holds the half that was used last, nothing that is wrong, and no more than it may', () => {
  const steps = fc.array(fc.record({ key: fc.nat(9), action: fc.constantFrom('read', 'write', 'delete') }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), steps, (most, uses) => {
      const map = new RecentMap<number, number>(most);
      const values = new Map<number, number>();
      let order: number[] = [];
      for (const [time, { key, action }] of uses.entries()) {
        const found = action === 'read' ? map.get(key) : undefined;
        expect(found ?? values.get(key)).toBe(values.get(key));
        if (action === 'write') map.set(key, time);
        if (action === 'write') values.set(key, time);
        if (action === 'delete') map.delete(key);
        order = order.filter((other) => other !== key);
        if (action === 'write' || found !== undefined) order.push(key);
      }
      const held = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter((key) => map.get(key) !== undefined);
      expect(held).toEqual(expect.arrayContaining(order.slice(-Math.ceil(most / 2))));
      expect(held.length).toBeLessThanOrEqual(Math.ceil(most / 2) * 2);
    }),
  );
});
