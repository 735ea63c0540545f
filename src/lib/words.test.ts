import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitWords } from './words.ts';

test.for<[line: string, words: string[]]>([
  ['', []],
  [' \t\r', []],
  ['check  203.0.113.10\ta\v b ', ['check', '203.0.113.10', 'a', 'b']],
  ['# comment', []],
  ['  # comment', []],
  ['a #b', ['a', '#b']],
  [`'a b' "c d" \`e f\``, ['a b', 'c d', 'e f']],
  [`"it's" 'say "x"'`, [`it's`, 'say "x"']],
  [`"a\\"b" 'it\\'s'`, [`a\\"b`, `it\\'s`]],
  ['"a\\\\" b', ['a\\\\', 'b']],
  ['"a\\" b', ['"a\\"', 'b']],
  ['"a b', ['"a', 'b']],
  [`it's "`, [`it's`, '"']],
  ['"joe"@example.org x', ['"joe"@example.org', 'x']],
  ['a "" b', ['a', '', 'b']],
  [`''`, ['']],
  ['a = b a=b', ['a', '=', 'b', 'a=b']],
  ['a\0b', ['a\0b']],
])('%j', ([line, words]) => {
  expect(splitWords(line)).toEqual(words);
});

test.for<[line: string, words: string[]]>([
  ['name mx1 # comment', ['name', 'mx1']],
  ['name mx1#2', ['name', 'mx1#2']],
  ['name "#2"', ['name', '#2']],
])('with comments behind words: %j', ([line, words]) => {
  expect(splitWords(line, { comments: true })).toEqual(words);
});

test('what was quoted comes back', () => {
  const word = fc.string().filter((text) => !/["\\]/.test(text));
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(splitWords(words.map((text) => `"${text}"`).join(' '))).toEqual(words);
    }),
  );
});

test('nothing but white space and quotes is lost, whatever the line', () => {
  const line = fc.array(fc.constantFrom('"', "'", '`', '\\', ' ', '=', 'a', '\t', 'å'), { maxLength: 40 });
  fc.assert(
    fc.property(line, (characters) => {
      const plain = (text: string): string => text.replace(/["'`\s]/g, '');
      expect(plain(splitWords(characters.join('')).join(''))).toBe(plain(characters.join('')));
    }),
  );
});
