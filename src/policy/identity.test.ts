import fc from 'fast-check';
import { expect, test } from 'vitest';
import { identityDomain, looksDynamic } from './identity.ts';

test.for<[name: string, dynamic: boolean]>([
  ['host10-20.example.com', true],
  ['a10-20.cust.example.com', true],
  ['10-20.customers.example.com', true],
  ['10-20.customer.example.co.uk', true],
  ['10-20.priv.example.com', true],
  ['10-20.private.example.com', true],
  ['dyn-10-20.example.com', true],
  ['dynamic-10-20.example.com', true],
  ['10-20.static.example.com', true],
  ['10-20.bredband.example.com', true],
  ['10-20.broadband.example.com', true],
  ['dhcp-10-20.example.com', true],
  ['10.20.dialup.example.com', true],
  ['10-20.DSL.example.com', true],
  ['10-20.adsl.example.com', true],
  ['ip-10-20-30-40.example.com', true],
  // Only one group of digits; the registered domain's own do not count.
  ['dsl10.example.com', false],
  ['dynamic-10.example2.com', false],
  ['host-10-20.com', false],
  // Nothing says access line.
  ['10-20.example.com', false],
  ['mail.example.com', false],
  ['10-20.pages.example.com', false],
  ['10-20.dsl-example.com', false],
  // A name that says mail is a mail server's, whatever else it has.
  ['smtp.10-20.dsl.example.com', false],
  ['mail-10-20.static.example.com', false],
  ['MX1-2.static.example.com', false],
  ['', false],
  ['.', false],
])('%s looks dynamic: %j', ([name, dynamic]) => {
  expect(looksDynamic(name)).toBe(dynamic);
});

test.for<[name: string | undefined, domain: string | undefined]>([
  ['mail.example.com', 'example.com'],
  ['MX.Example.co.uk', 'example.co.uk'],
  ['example.com', 'example.com'],
  ['host10-20.example.com', undefined],
  ['com', undefined],
  ['co.uk', undefined],
  [undefined, undefined],
  // No names of hosts, whatever a mail server says.
  ['a.10.1.2.0/24', undefined],
  ['1.2.3.4\t', undefined],
  ['x1.2.3.4', undefined],
  ['mx.exa;mple.com', undefined],
  [`${'x'.repeat(64)}.com`, undefined],
])('%s belongs to %s', ([name, domain]) => {
  expect(identityDomain(name)).toBe(domain);
});

test('any text has an answer; without two groups of digits none looks dynamic, and none that does has a domain', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.domain()), (name) => {
      expect(looksDynamic(name) && !/\d\D+\d/.test(name)).toBe(false);
      expect(identityDomain(name) === undefined || !looksDynamic(name)).toBe(true);
    }),
  );
});
