import { expect, test } from 'vitest';
import { knownFields } from './known-fields.ts';

test('a field that is not known is absent; one that is empty stays', () => {
  expect(knownFields({ sender: undefined, recipient: '', count: 0 })).toStrictEqual({ recipient: '', count: 0 });
});
