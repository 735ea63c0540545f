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
  // All of these come to joe@example.com at Postfix, most at Sendmail.
  ['< joe@example.com >', 'joe@example.com'],
  ['<jo\\e@example.com>', 'joe@example.com'],
  ['<joe@exam\\ple.com>', 'joe@example.com'],
  ['<joe@"example".com>', 'joe@example.com'],
  ['<joe(the (first\\) one))@example.com>', 'joe@example.com'],
  ['<"joe"(x)@(y)example.com (z)>', 'joe@example.com'],
  ['<joe @ example . com>', 'joe@example.com'],
  ['joe(x)@example.com', 'joe@example.com'],
  ['Joe<joe@example.com>', 'joe@example.com'],
  ['"Joe <x@example.org>"<joe@example.com>', 'joe@example.com'],
  ['(<x@example.org>)<joe@example.com>', 'joe@example.com'],
  ['<<joe@example.com>>', 'joe@example.com'],
  ['joe@example.com>', 'joe@example.com'],
  ['<joe@example.com>SIZE=<100>', 'joe@example.com'],
  // What is quoted stands for itself.
  ['<jo\\"e\\ \\\\\\(x\\)@example.com>', 'jo"e \\(x)@example.com'],
  ['<"jo(x)e"@example.com>', 'jo(x)e@example.com'],
  ['<"jo(")e@example.com>', 'jo()e@example.com'],
  ['<"a"."b c"@example.com>', 'a.b c@example.com'],
  ['<"@relay.example:joe"@example.com>', '@relay.example:joe@example.com'],
  ['<\\@relay.example:joe@example.com>', '@relay.example:joe@example.com'],
  ['<(nobody)>', ''],
  // No addresses.
  ['<"joe@example.com>', '"joe@example.com'],
  ['<joe(@example.com>', 'joe'],
  ['<joe\\', 'joe'],
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
  const pieces = fc.constantFrom('<', '>', '"', '\\', '(', ')', '@', ':', ',', ' ', 'a', '\n');
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      expect(() => parsePath(parts.join(''))).not.toThrow();
    }),
  );
});
