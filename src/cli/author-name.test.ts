import { expect, test } from 'vitest';
import { authorName } from './author-name.ts';

test('a user without a name is told by number', () => {
  expect(authorName(() => ({ username: 'alice' }))).toBe('alice');
  const nameless = (): never => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  };
  expect(authorName(nameless)).toBe(`uid ${process.getuid?.()}`);
});
