import { expect, test } from 'vitest';
import { failureText, readOptions, UsageError } from './usage-error.ts';

const options = { debug: { type: 'boolean', short: 'd' } } as const;

test('good arguments are read', () => {
  expect({ ...readOptions({ args: ['-d'], options }).values }).toEqual({ debug: true });
});

test.for([['--nonsense'], ['word'], ['--debug=3']])('%j is a mistake in the arguments', (args) => {
  expect(() => readOptions({ args, options })).toThrow(UsageError);
});

test('a mistyped option is named, and no more', () => {
  const read = (): unknown => readOptions({ args: ['--nonsense'], options, allowPositionals: true });
  expect(read).toThrow(/^Unknown option '--nonsense'$/);
});

test.for<[error: unknown, text: string]>([
  [new UsageError('no such thing'), "prog: no such thing\nTry 'prog --help'.\n"],
  [new Error('disk full'), 'prog: disk full\n'],
  [new Error('1: no\n2: no'), 'prog: 1: no\nprog: 2: no\n'],
  ['odd', 'prog: odd\n'],
])('%s is told', ([error, text]) => {
  expect(failureText('prog', error)).toBe(text);
});
