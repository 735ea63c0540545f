import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteWord } from './quote-word.ts';
import { splitWords } from './words.ts';

test.for<[text: string, word: string | undefined]>([
  ['plain', 'plain'],
  ['', '""'],
  ['two words', '"two words"'],
  ["it's", "it's"],
  [`say "yes" now`, `'say "yes" now'`],
  [`"a" 'b' c`, `\`"a" 'b' c\``],
  [`it's "a" 'b' c`, `\`it's "a" 'b' c\``],
  ['#1', '"#1"'],
  ['ends \\', undefined],
  ['a\nb', undefined],
])('%j is written %j', ([text, word]) => {
  expect(quoteWord(text)).toBe(word);
});

test('what is written is one line that splits into the same words', () => {
  const text = fc.stringMatching(/^[a"'` \\#=\n\té]{0,10}$/);
  fc.assert(
    fc.property(text, text, (one, another) => {
      const words = [quoteWord(one), quoteWord(another)];
      if (words.includes(undefined)) return;
      expect(words.join('')).not.toContain('\n');
      expect(splitWords(`verb ${words.join(' ')}`, { comments: true })).toEqual(['verb', one, another]);
    }),
    { numRuns: 1000 },
  );
});
