import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineReader } from './line-reader.ts';

interface Outcome {
  readonly lines: readonly string[];
  readonly last: string | undefined;
  readonly tooLong: boolean;
}

function readAll(pieces: readonly Buffer[], longest = 10): Outcome {
  const reader = createLineReader(longest);
  const lines = pieces.flatMap((piece) => reader.read(piece));
  return { lines, last: reader.end(), tooLong: reader.tooLong() };
}

test.for<[string, string[], string | undefined, boolean]>([
  ['', [], undefined, false],
  ['a\n', ['a'], undefined, false],
  ['a\r\nb\n', ['a', 'b'], undefined, false],
  ['\n\r\n', ['', ''], undefined, false],
  ['a', [], 'a', false],
  ['a\nb', ['a'], 'b', false],
  ['a\r', [], 'a', false],
  ['a\n\r', ['a'], undefined, false],
  ['a\rb\r\r\n', ['a\rb\r'], undefined, false],
  ['0123456789\r\n', ['0123456789'], undefined, false],
  ['0123456789\r', [], '0123456789', false],
  ['0123456789a', [], undefined, true],
  ['a\n0123456789a\nb\n', ['a'], undefined, true],
  ['0123456789\ra', [], undefined, true],
  ['å@ö\n', ['å@ö'], undefined, false],
  ['åååååååååå\n', ['åååååååååå'], undefined, false],
  ['ååååååååååå', [], undefined, true],
  ['a\0b\n', ['a\0b'], undefined, false],
])('%j', ([input, lines, last, tooLong]) => {
  expect(readAll([Buffer.from(input)])).toEqual({ lines, last, tooLong });
});

test('bytes that are no UTF-8 become replacement characters', () => {
  expect(readAll([Buffer.from('a\xff\xc3\n', 'latin1')]).lines).toEqual(['a\ufffd\ufffd']);
});

test('any split of the bytes gives the same lines', () => {
  const bytes = fc
    .array(fc.oneof(fc.constantFrom('\n', '\r', '\r\n', 'å', '😀', 'abcde'), fc.string({ maxLength: 3 })))
    .chain((parts) => fc.constantFrom(Buffer.from(parts.join('')), Buffer.from(parts.join(''), 'latin1')));
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(), { maxLength: 8 }), (whole, cuts) => {
      const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)).toSorted((a, b) => a - b), whole.length];
      const pieces = places.slice(1).map((end, i) => whole.subarray(places[i], end));
      expect(readAll(pieces)).toEqual(readAll([whole]));
    }),
  );
});
