import { expect, test } from 'vitest';
import { wrapped } from './wrapped.ts';

test.for<[text: string, lines: readonly string[]]>([
  ['', ['- ']],
  ['one', ['- one']],
  ['one two six', ['- one two', '  six']],
  ['one two 10', ['- one two', '  10']],
  ['one t 10 20', ['- one t 10', '  20']],
  ['longer-than-a-line it is', ['- longer-than-a-line', '  it is']],
])('%s', ([text, lines]) => {
  expect(wrapped(text, { first: '- ', others: '  ', width: 10 })).toEqual(lines);
});
