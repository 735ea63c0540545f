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
  ['#1', '"#1"'],
  ['ends \\', undefined],
  ['a\nb', undefined],
])('%j is written %j', ([text, word]) => {
  expect(quoteWord(text)).toBe(word);
});

test('what is written is one line that splits into the same word', () => {
  const text = fc.stringMatching(/^[a"'` \\#=\n\té]{0,10}$/);
  fc.assert(
    fc.property(text, (given) => {
      const word = quoteWord(given);
      if (word === undefined) return;
      expect(word).not.toContain('\n');
      expect(splitWords(`verb ${word} next`)).toEqual(['verb', given, 'next']);
    }),
    { numRuns: 1000 },
  );
});
