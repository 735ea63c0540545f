import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitCommand } from './command-words.ts';

const PARSING = 'syntax error ([error] parsing error on line 0)';
const NO_VALUE = 'syntax error ([error] assigment without value on line 0)';
const NOTHING = 'no command received';

test.for<[line: string, words: string[], pairs?: string[]]>([
  ['', []],
  ['# x', []],
  ['a "b c"', ['a', 'b c']],
  ['a ""', ['a', '']],
  ['a b=c', ['a', 'b=c']],
  ['a b = c d', ['a', 'd'], ['b=c']],
  ['b = c a', ['a'], ['b=c']],
  ['a b = = c', ['a', 'c'], ['b==']],
])('%j is %j, %j', ([line, words, pairs = []]) => {
  expect(splitCommand(line)).toEqual({ words, pairs });
});

test.for<[line: string, problem: string]>([
  ['a "" b', PARSING],
  [`'' ''`, PARSING],
  ['a =', NO_VALUE],
  ['=', NO_VALUE],
  ['""', NOTHING],
  ['a = b', NOTHING],
  ['= b', NOTHING],
])('%j: %s', ([line, problem]) => {
  expect(splitCommand(line)).toEqual({ words: [], pairs: [], problem });
});

test('of any line there are words, or nothing, or a problem', () => {
  const line = fc.array(fc.constantFrom('a', '=', '""', '"', '#', ' ')).map((pieces) => pieces.join(' '));
  fc.assert(
    fc.property(line, (text) => {
      const { words, problem } = splitCommand(text);
      expect(words[0]).not.toBe('');
      expect(problem === undefined || words.length === 0).toBe(true);
    }),
  );
});
