import { expect, test } from 'vitest';
import { columnsOf, cut, padded } from './columns.ts';

test.for<[what: string, text: string, columns: number]>([
  ['nothing', '', 0],
  ['plain letters', 'bob@example.org', 15],
  ['other letters', 'bücher', 6],
  ['a letter and its mark', 'u\u0308ber', 4],
  ['Chinese', '用户@例子.cn', 12],
  ['Japanese, full and half width', 'カｶ', 3],
  ['Korean', '안녕', 4],
  ['letters of full width', 'Ａ１', 4],
  ['an emoji', '📬!', 3],
  ['an emoji of the new planes', '🫠', 2],
  ['a flag', '🇩🇪', 2],
  ['a sign that is shown as an emoji by a mark', '✉\ufe0f', 1],
  ['a space without width', 'a\u200bb', 2],
  ['what is written out', 'a\u001b\u202eb', 14],
  ['half a character', '\ud83d', 1],
])('%s: %s', ([, text, columns]) => {
  expect(columnsOf(text)).toBe(columns);
});

test.for<[text: string, columns: number, result: string]>([
  ['ab', 4, 'ab  '],
  ['用户', 5, '用户 '],
  ['用户', 3, '用户'],
])('%s padded to %i columns', ([text, columns, result]) => {
  expect(padded(text, columns)).toBe(result);
});

test.for<[text: string, columns: number, result: string]>([
  ['abc', 3, 'abc'],
  ['abc', 2, 'ab'],
  ['用户a', 3, '用'],
  ['u\u0308ber', 1, 'u\u0308'],
  ['📬📬', 2, '📬'],
])('%s cut to %i columns', ([text, columns, result]) => {
  expect(cut(text, columns)).toBe(result);
});
