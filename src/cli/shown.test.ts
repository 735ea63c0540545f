import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coloured, NO_SCREEN } from './screen.ts';
import { shown } from './shown.ts';

test.for<[what: string, text: string, seen: string]>([
  ['usual text', 'joe@example.org -> jörg@exämple.org …\n', 'joe@example.org -> jörg@exämple.org …\n'],
  ['a sequence that clears the screen', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
  ['one that hides what follows', '\u001b[30m', '\\u001b[30m'],
  ['one of a single character', '\u009b2J', '\\u009b2J'],
  ['a line that is written over', 'a\rb\bc\x7f', 'a\\u000db\\u0008c\\u007f'],
  ['text that is turned around', 'a\u202egpj.b', 'a\\u202egpj.b'],
  ['line ends that are none of ours', 'a\u2028b\u0085', 'a\\u2028b\\u0085'],
  ['our colours', coloured('x', 'white', { ...NO_SCREEN, colours: true }), '\u001b[32mx\u001b[39m'],
])('%s: %j', ([, text, seen]) => {
  expect(shown(text)).toBe(seen);
});

test('a JSON text with unseen characters written out is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(JSON.parse(shown(JSON.stringify(text)))).toBe(text);
    }),
  );
});
