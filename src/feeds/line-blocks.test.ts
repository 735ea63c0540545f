import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LINE_LIMIT, linesOf } from './line-blocks.ts';

// Reads the bytes as the follower does: blocks from where the last one was used up.
function readAll(bytes: Buffer, sizes: readonly number[]): string[] {
  const lines: string[] = [];
  let offset = 0;
  let skipping = false;
  for (const size of [...sizes, ...Array.from({ length: bytes.length + 2 }, () => LINE_LIMIT * 2)]) {
    const read = linesOf(bytes.subarray(offset, offset + size), skipping);
    lines.push(...read.lines);
    offset += read.used;
    skipping = read.skipping;
    if (offset >= bytes.length) break;
  }
  return lines;
}

test.for([
  ['a\nb\n', ['a', 'b']],
  ['a\n\nb', ['a', '']],
  ['', []],
  ['half a line', []],
  ['ö\n', ['ö']],
  [`${'x'.repeat(LINE_LIMIT)}\nb\n`, ['x'.repeat(LINE_LIMIT), 'b']],
  [`a\n${'x'.repeat(LINE_LIMIT + 1)}\nb\n`, ['a', 'b']],
  [`a\n${'x'.repeat(LINE_LIMIT * 5)}\nb\n`, ['a', 'b']],
] as const)('lines of %#', ([text, expected]) => {
  expect(readAll(Buffer.from(text), [])).toEqual(expected);
});

test('bytes that are not UTF-8 spoil their own characters only', () => {
  expect(linesOf(Buffer.from('a\xe5@b\nc\n', 'latin1'), false).lines).toEqual(['a\ufffd@b', 'c']);
});

test('however the bytes are split, the lines are the same', () => {
  const texts = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constant('\n')), { maxLength: 30 });
  fc.assert(
    fc.property(texts, fc.array(fc.nat(20)), (pieces, sizes) => {
      const text = pieces.join('');
      const whole = Buffer.from(text).toString().split('\n').slice(0, -1);
      expect(readAll(Buffer.from(text), sizes)).toEqual(whole);
    }),
  );
});
