import { expect, test } from 'vitest';
import { parseAddress } from '../policy/address.ts';
import { addressesQuestion, namesQuestion, questionText } from './resolver.ts';

test.for([
  ['203.0.113.7', 'PTR 7.113.0.203.in-addr.arpa'],
  ['::ffff:203.0.113.7', 'PTR 7.113.0.203.in-addr.arpa'],
  ['2001:db8::567:89ab', 'PTR b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'],
  ['1:2:3:4:5:6:7:8', 'PTR 8.0.0.0.7.0.0.0.6.0.0.0.5.0.0.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.ip6.arpa'],
  ['2001:db8::', `PTR ${'0.'.repeat(24)}8.b.d.0.1.0.0.2.ip6.arpa`],
] as const)('the names of %s: %s', ([text, expected]) => {
  const address = parseAddress(text);
  expect(address && questionText(namesQuestion(address))).toBe(expected);
});

test('the addresses of a name', () => {
  expect(questionText(addressesQuestion('Mail.Example.com.', 4))).toBe('A mail.example.com');
  expect(questionText(addressesQuestion('mail.example.com', 6))).toBe('AAAA mail.example.com');
});
