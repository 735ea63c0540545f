import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNullSender, parseMailbox } from './check.ts';

test.for<[given: string, text: string, local: string, domain: string]>([
  ['', '', '', ''],
  ['<>', '', '', ''],
  ['joe@example.org', 'joe@example.org', 'joe', 'example.org'],
  ['<Joe@Example.ORG>', 'Joe@Example.ORG', 'joe', 'example.org'],
  ['joe@example.org.', 'joe@example.org.', 'joe', 'example.org'],
  ['"a@b"@example.org', '"a@b"@example.org', '"a@b"', 'example.org'],
  ['postmaster', 'postmaster', 'postmaster', ''],
  ['joe@', 'joe@', 'joe', ''],
  ['@example.org', '@example.org', '', 'example.org'],
  ['joe@[IPv6:2001:DB8::1]', 'joe@[IPv6:2001:DB8::1]', 'joe', '[ipv6:2001:db8::1]'],
  ['jörg@exämple.org', 'jörg@exämple.org', 'jörg', 'exämple.org'],
  ['<', '<', '<', ''],
  ['<joe@example.org', '<joe@example.org', '<joe', 'example.org'],
  ['joe@example.org>', 'joe@example.org>', 'joe', 'example.org>'],
])('%j is the mailbox %j of %j at %j', ([given, text, local, domain]) => {
  expect(parseMailbox(given)).toEqual({ text, local, domain });
});

test.for<[text: string, isNull: boolean]>([
  ['', true],
  ['<>', true],
  ['@', false],
  ['< >', false],
  ['joe@example.org', false],
])('%j is the null sender: %j', ([text, isNull]) => {
  expect(isNullSender(parseMailbox(text))).toBe(isNull);
});

test('a domain of nothing but dots costs no more than its length', () => {
  const domain = `${'.'.repeat(1_000_000)}x`;
  expect(parseMailbox(`joe@${domain}.`).domain).toBe(domain);
});

test('any text is a mailbox: brackets, case and dots at the end make no difference', () => {
  const text = fc.stringMatching(/^[aB@.<>" é]{0,12}$/);
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (given) => {
      const { local, domain } = parseMailbox(`<${given}>`);
      expect(parseMailbox(`<${given}>`).text).toBe(given);
      expect(parseMailbox(`<${given.toLowerCase()}>`)).toMatchObject({ local, domain });
      expect(domain).not.toMatch(/@|\.$/);
      expect(parseMailbox(given.includes('@') ? `<${given}..>` : `<${given}>`)).toMatchObject({ local, domain });
    }),
  );
});
