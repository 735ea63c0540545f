import { expect, test } from 'vitest';
import { createShortIds } from './short-ids.ts';

test.for<[start: number, ids: string[]]>([
  [0, ['00001', '00002']],
  [36 ** 3 - 1, ['zzz0001', 'zzz0002']],
])('ids that start at %i are %j', ([start, ids]) => {
  const nextId = createShortIds(start);
  expect(ids.map(() => nextId())).toEqual(ids);
});

test('no id comes twice', () => {
  const nextId = createShortIds();
  const ids = Array.from({ length: 50_000 }, nextId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^[0-9a-z]{10}$/.test(id))).toBe(true);
});
