import { expect, test } from 'vitest';
import { withoutEnd } from './without-end.ts';

test.for<[text: string, characters: string, left: string]>([
  ['', '.', ''],
  ['...', '.', ''],
  ['example.org', '.', 'example.org'],
  ['.example.org..', '.', '.example.org'],
  ['joe@example.org>,>', '>,', 'joe@example.org'],
])('%j without %j at its end is %j', ([text, characters, left]) => {
  expect(withoutEnd(text, characters)).toBe(left);
});

test('it takes no longer than the text is long', () => {
  const text = `${'.'.repeat(1_000_000)}x`;
  expect(withoutEnd(`${text}.`, '.')).toBe(text);
});
