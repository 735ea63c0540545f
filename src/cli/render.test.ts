import { expect, test } from 'vitest';
import { formatJson, formatTable, formatTime, jsonPieces } from './render.ts';

test('columns are as wide as their widest cell, the last one as it is', () => {
  const rows = [
    ['a', '1', 'x'],
    ['longer', '2', ''],
  ];
  expect(formatTable(['name', 'no', 'last one'], rows)).toBe(
    [
      'name    no  last one', //
      '------  --  --------',
      'a       1   x',
      'longer  2',
      '',
    ].join('\n'),
  );
});

test('wide characters, and marks without a width, move nothing', () => {
  const rows = [
    ['用户', 'x'],
    ['u\u0308ber', 'x'],
  ];
  expect(formatTable(['name', 'no'], rows)).toBe('name  no\n----  --\n用户  x\nu\u0308ber  x\n');
});

test('a table without rows has its headings', () => {
  expect(formatTable(['a', 'bc'], [])).toBe('a  bc\n-  --\n');
});

test('a time is shown as local time, without a zone', () => {
  const time = new Date(2026, 0, 2, 3, 4, 5).getTime() / 1000;
  expect(formatTime(time)).toBe('2026-01-02 03:04:05');
});

test.for<[pieces: readonly (readonly number[])[], json: string]>([
  [[], '[]\n'],
  [[[]], '[]\n'],
  [[[1, 2]], '[1,\n2]\n'],
  [[[], [1], [], [2, 3], []], '[1,\n2,\n3]\n'],
])('a list that comes in the pieces %j is the same JSON as in one', async ([pieces, json]) => {
  async function* coming(): AsyncGenerator<readonly number[]> {
    yield* pieces;
  }
  expect((await Array.fromAsync(jsonPieces(coming()))).join('')).toBe(json);
  expect(formatJson(pieces.flat())).toBe(json);
});
