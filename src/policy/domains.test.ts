import { expect, test } from 'vitest';
import { asciiDomain, canonicalDomain, domainsFit, isPublicSuffix, parents, registrableDomain } from './domains.ts';

const registrable: readonly [name: string, domain: string | undefined][] = [
  ['example.com', 'example.com'],
  ['MX1.Mail.Example.Co.UK.', 'example.co.uk'],
  ['host_1.example.com', 'example.com'],
  ['a.b.unknown-tld', 'b.unknown-tld'],
  ['user.github.io', 'user.github.io'],
  ['github.io', 'github.io'],
  ['co.uk', undefined],
  ['com', undefined],
  ['localhost', undefined],
  ['', undefined],
  ['10.1.2.3', undefined],
  ['[10.1.2.3]', undefined],
  ['2001:db8::1', undefined],
];

test.for(registrable)('whoever has %s registered %s', ([name, domain]) => {
  expect(registrableDomain(name)).toBe(domain);
});

test.for<[name: string, is: boolean]>([
  ['co.uk', true],
  ['CO.UK.', true],
  ['com', true],
  ['github.io', true],
  ['example.co.uk', false],
  ['user.github.io', false],
  ['b.unknown-tld', false],
  ['203.0.113.7', false],
])('%s is a public suffix: %s', ([name, is]) => {
  expect(isPublicSuffix(name)).toBe(is);
});

test('parents go down to the top-level domain', () => {
  expect(parents('mx.example.co.uk')).toEqual(['example.co.uk', 'co.uk', 'uk']);
  expect(parents('com')).toEqual([]);
  expect(parents('[10.1.2.3]')).toEqual([]);
  expect(parents('a.'.repeat(200))).toEqual([]);
});

test('empty labels do not count', () => {
  expect(canonicalDomain('.A..Example.com.')).toBe('a.example.com');
});

test.for<[name: string, ascii: string]>([
  ['Münch_en.Example', 'xn--mnch_en-n2a.example'],
  ['München.example', 'xn--mnchen-3ya.example'],
  ['Example.COM', 'Example.COM'],
  ['ü b', 'ü b'],
  ['ü/b', 'ü/b'],
  ['ü\tb', 'ü\tb'],
  ['ü:25', 'ü:25'],
  ['ü|b', 'ü|b'],
  ['\u00ad', '\u00ad'],
  ['\ud800', '\ud800'],
  ['', ''],
])('%j in ASCII is %j', ([name, ascii]) => {
  expect(asciiDomain(name)).toBe(ascii);
});

// As ze-filter does.
const asRecorded: readonly [one: string, other: string, fit: boolean][] = [
  ['example.com', 'example.com', true],
  ['example.com', 'mail.example.com', true],
  ['example.com', 'example.net', true],
  ['renault.fr', 'renault.com', true],
  ['sub.renault.fr', 'mx.renault.com', true],
  ['example.com', 'mail.other.com', false],
  ['example.com', 'EXAMPLE.COM', true],
  ['foo.oc.uk', 'foo.oc.uk', true],
  ['com', 'com', false],
  ['localhost', 'localhost', false],
  ['unknown', 'unknown', false],
  ['', 'example.com', false],
  ['example.com', '[10.1.2.3]', false],
  ['[10.1.2.3]', '[10.1.2.3]', false],
  ['example.com', 'mail.example.com.', true],
  ['.example.com', 'mail.example.com', true],
  ['joe', 'mail.example.com', false],
  ['gmail.com', 'mail-ed1-f41.google.com', false],
  ['a.b', 'a.c', true],
  ['a.x.b', 'a.y.b', false],
  ['nullsender', 'nullsender', false],
];

test.for(asRecorded)('%s and %s fit: %s', ([one, other, fit]) => {
  expect([domainsFit(one, other), domainsFit(other, one)]).toEqual([fit, fit]);
});

// D2: ze-filter's list of suffix words does not work; the last two: an address is no domain.
const differences: readonly [one: string, other: string, ours: boolean][] = [
  ['foo.co.uk', 'bar.co.uk', false],
  ['foo.co.uk', 'bar.co.jp', false],
  ['foo.com.br', 'bar.com.ar', false],
  ['foo.asso.fr', 'bar.asso.fr', false],
  ['foo.gov.uk', 'bar.gov.uk', false],
  ['foo.gouv.fr', 'bar.gouv.fr', false],
  ['foo.ac.uk', 'bar.ac.jp', false],
  ['user.github.io', 'other.github.io', false],
  ['foo.moc.uk', 'bar.moc.uk', true],
  ['foo.ten.uk', 'bar.ten.uk', true],
  ['foo.ude.uk', 'bar.ude.uk', true],
  ['example.com', 'example.co.uk', true],
  ['10.1.2.3', '10.1.2.3', false],
  ['10.1.2.3', '10.1.2.4', false],
];

test.for(differences)('known difference (D2): %s and %s fit: %s', ([one, other, ours]) => {
  expect([domainsFit(one, other), domainsFit(other, one)]).toEqual([ours, ours]);
});

const beyond: readonly [one: string, other: string, fit: boolean][] = [
  ['foo.co.uk', 'mx.foo.com', true],
  ['foo.co.uk', 'foo.co.jp', true],
  ['co.uk', 'co.jp', false],
  // Anybody may call himself foo at github.io.
  ['foo.github.io', 'foo.com', false],
  ['github.io', 'mx.github.io', false],
  ['xn--mnchen-3ya.de', 'mail.xn--mnchen-3ya.de', true],
  ['2001:db8::1', '2001:db8::1', false],
];

test.for(beyond)('%s and %s fit: %s', ([one, other, fit]) => {
  expect([domainsFit(one, other), domainsFit(other, one)]).toEqual([fit, fit]);
});
