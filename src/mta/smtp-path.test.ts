import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePath } from './smtp-path.ts';

test.for<[path: string, mailbox: string]>([
  ['<joe@example.com>', 'joe@example.com'],
  ['joe@example.com', 'joe@example.com'],
  ['<>', ''],
  ['< >', ''],
  ['', ''],
  ['<postmaster>', 'postmaster'],
  ['<joe@[IPv6:2001:db8::1]>', 'joe@[IPv6:2001:db8::1]'],
  ['<@relay.example:joe@example.com>', 'joe@example.com'],
  ['<@relay.example,@other.example:joe@example.com>', 'joe@example.com'],
  ['<"joe"@example.com>', 'joe@example.com'],
  ['<@relay.example:"joe"@example.com>', 'joe@example.com'],
  ['<"joe">', 'joe'],
  ['<"a b"@example.com>', 'a b@example.com'],
  ['<"a\\"b\\\\"@example.com>', 'a"b\\@example.com'],
  ['<"joe@example.org"@example.com>', 'joe@example.org@example.com'],
  ['<"> <x@example.org> "@example.com>', '> <x@example.org> @example.com'],
  ['<joe@example.com>SIZE=100', 'joe@example.com'],
  // No addresses; Sendmail and Postfix take some of them all the same.
  ['<<joe@example.com>>', '<joe@example.com>'],
  ['joe@example.com>', 'joe@example.com>'],
  ['<"joe@example.com>', '"joe@example.com'],
  ['<"a"b@example.com>', '"a"b@example.com'],
  ['<@>', '@'],
])('%s is %s', ([path, mailbox]) => {
  expect(parsePath(path).text).toBe(mailbox);
});

test('the last @ counts, quoted ones before it do not', () => {
  expect(parsePath('<"joe@example.org"@Example.COM.>')).toMatchObject({
    local: 'joe@example.org',
    domain: 'example.com',
  });
});

test('whatever comes is a mailbox', () => {
  const pieces = fc.constantFrom('<', '>', '"', '\\', '@', ':', ',', ' ', 'a', '\n');
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      expect(() => parsePath(parts.join(''))).not.toThrow();
    }),
  );
});
