import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPolicy, readPolicyWithPauses } from './rules.ts';

function errorsOf(text: string): readonly string[] {
  const reading = readPolicy(text);
  return reading.kind === 'broken' ? reading.errors.map(({ line, message }) => `${line} ${message}`) : [];
}

function warningsOf(text: string): readonly string[] {
  const reading = readPolicy(text);
  return reading.kind === 'policy' ? reading.warnings.map(({ line, message }) => `${line} ${message}`) : ['broken'];
}

test('a policy file with all that may stand in it', () => {
  const text = `\uFEFF# comment\r
GreyCheckConnect:DEFAULT YES\r
  greycheckfrom: yahoo.com   YES-QUICK   # comment
GreyCheckTo:bob#1@example.org NO\t
\t
GreyDomainEquiv:arcelor.com usinor.com, usinor.fr
GreyEquivDomain:a.com b.com
GreydAccess:10.1.2.3 OK-ADMIN
GreydAccess:10.1.2.4 NO`;
  expect(errorsOf(text)).toEqual([]);
  expect(warningsOf(text)).toEqual([]);
  const reading = readPolicy(text);
  expect(reading.kind === 'policy' && reading.policy.equivalents.byName('arcelor.com')).toEqual({
    line: 6,
    key: 'arcelor.com',
    value: ['usinor.com', 'usinor.fr'],
  });
});

const broken: readonly [line: string, message: string][] = [
  ['hello', 'hello: a rule looks like GreyCheckTo:postmaster@ NO'],
  ['GreyCheckForm:a.com NO', 'GreyCheckForm: unknown; allowed are GreyCheckConnect, GreyCheckFrom, GreyCheckTo, '],
  ['GreyCheckTo:b\ufffdcher.example NO', 'this line is not UTF-8; save the file as UTF-8'],
  [Buffer.from('GreyCheckTo:a.com NO', 'utf16le').toString(), 'this line is not UTF-8; save the file as UTF-8'],
  ['GreyCheckTo:postmaster@', 'GreyCheckTo:postmaster@: needs a key and a value with a blank between them'],
  ['GreyCheckTo:', 'GreyCheckTo:: needs a key and a value'],
  // Known differences: ze-filter takes the next ones; the word changes nothing but hides `default`, the keys never match.
  ['NetClass:10.1.2.3 FRIEND', 'NetClass: unknown; allowed are'],
  ['GreyCheckTo:a.com DEFAULT', 'GreyCheckTo:a.com: DEFAULT is none of YES, NO, YES-QUICK, NO-QUICK'],
  ['GreyCheckTo:a.com REJECT', 'REJECT is none of'],
  ['GreyCheckTo:a.com 1', '1 is none of'],
  ['GreyCheckTo:a.com NONE', 'NONE is none of'],
  ['GreyCheckTo:a.com YES QUICK', 'YES QUICK is none of'],
  ['GreyCheckTo:a.com QUICK-YES-QUICK', 'is none of'],
  ['GreyCheckTo:@a.com NO', 'GreyCheckTo:@a.com: write example.com (with all below it), joe@example.com or joe@'],
  ['GreyCheckTo:.a.com NO', 'a name covers all below it'],
  // Wrong here and there.
  ['GreyCheckTo:*@a.com NO', 'write example.com'],
  ['GreyCheckTo:*.a.com NO', 'GreyCheckTo:*.a.com: a name covers all below it; write example.com'],
  ['GreyCheckConnect:joe@a.com NO', 'joe@a.com: a client is an address, a network or a name'],
  ['GreyCheckConnect:<> NO', 'a client is an address'],
  ['GreyCheckConnect:10.1.2.3-10.1.2.9 NO', '10.1.2.3-10.1.2.9: a range must be written as networks'],
  ['GreydAccess:10.1.2.0-9 OK', '10.1.2.0-9: a range must be written as networks'],
  ['GreyCheckConnect:10.1.2.0/33 NO', '10.1.2.0/33: not an address or network; write 10.1.2.3, 10.1.2, 10.1.2.0/24'],
  ['GreyCheckConnect:10.1.2.0/255.0.255.0 NO', 'not an address or network'],
  ['GreyCheckConnect:2001:db8::1::2 NO', 'not an address or network'],
  ['GreyCheckConnect:2001:db8::/129 NO', 'not an address or network'],
  ['GreyCheckConnect:fe80::1%eth0 NO', 'not an address or network'],
  ['GreyDomainEquiv:a.com b', 'b is none of a domain or several with blanks or commas between them'],
  ['GreyDomainEquiv:a.com joe@b.com', 'is none of a domain'],
  ['GreyDomainEquiv:a.com ,', 'is none of a domain'],
  ['GreydAccess:joe@ OK', 'a client is an address'],
];

test.for(broken)('%s: %s', ([line, message]) => {
  expect(errorsOf(`GreyCheckConnect:default YES\n\n${line}`)).toEqual([expect.stringMatching(/^3 /)]);
  expect(errorsOf(line)[0]).toContain(message);
});

test('all errors are told at once, in order', () => {
  const text = 'GreyCheckTo:.a maybe\nGreyCheckTo:b.com NO\nnonsense\nGreyCheckTo:c.com';
  expect(errorsOf(text).map((error) => error[0])).toEqual(['1', '1', '3', '4']);
});

test('a long file is read to its end, with pauses', async () => {
  const text = `${'GreyCheckTo:a.com NO\n'.repeat(5000)}nonsense`;
  let pauses = 0;
  const reading = await readPolicyWithPauses(text, async () => {
    pauses += 1;
  });
  expect(reading).toEqual(readPolicy(text));
  expect([pauses, errorsOf(text)]).toEqual([2, [expect.stringMatching(/^5001 nonsense/)]]);
});

const duplicates: readonly [first: string, second: string][] = [
  ['GreyCheckTo:a.com NO', 'GreyCheckTo:A.COM. YES'],
  ['GreyCheckTo:<joe@a.com> NO', 'GreyCheckTo:joe@a.com NO'],
  ['GreyCheckFrom:<> NO', 'GreyCheckFrom:nullsender YES'],
  ['GreyCheckConnect:default NO', 'GreyCheckConnect:DEFAULT YES'],
  ['GreyCheckConnect:* NO', 'GreyCheckConnect:* YES'],
  ['GreyCheckConnect:10.1.2 NO', 'GreyCheckConnect:10.1.2.0/24 YES'],
  ['GreyCheckConnect:10.1.2.3 NO', 'GreyCheckConnect:::ffff:10.1.2.3 YES'],
  ['GreyCheckConnect:2001:db8 NO', 'GreyCheckConnect:2001:DB8:0::1/32 YES'],
  ['GreyDomainEquiv:a.com b.com', 'GreyEquivDomain:a.com c.com'],
];

test.for(duplicates)('%s; %s: the first counts, and a warning names both', ([first, second]) => {
  expect(warningsOf(`${first}\n\n${second}`)).toEqual([
    expect.stringMatching(/^3 .*no effect, line 1 has the same key$/),
  ]);
});

test('a colon in a mailbox does not make it an address', () => {
  expect(errorsOf('GreyDomainEquiv:joe@[IPv6:2001:db8::1] b.com')).toEqual([]);
});

const asDomain = (section: string, key: string): string =>
  `${section}:${key}: is looked for as a domain; the address of a client goes to GreyCheckConnect`;

const asName = (key: string): string =>
  `GreyDomainEquiv:${key}: fits only clients that are told by an address in place of a name; write a domain`;

test.for([
  ['GreyCheckConnect:111.222.333.200 NO', 'GreyCheckConnect:111.222.333.200: not an address, so it matches no client'],
  ['GreydAccess:10.0.0.256 OK', 'GreydAccess:10.0.0.256: not an address, so it matches no client'],
  ['GreyCheckFrom:300.1.1.1 NO', asDomain('GreyCheckFrom', '300.1.1.1')],
  ['GreyCheckTo:10.0.0.256 NO', asDomain('GreyCheckTo', '10.0.0.256')],
  ['GreyCheckFrom:10.0.0.1 NO', asDomain('GreyCheckFrom', '10.0.0.1')],
  ['GreyCheckFrom:10.1.2 NO', asDomain('GreyCheckFrom', '10.1.2')],
  ['GreyCheckFrom:2001:db8::1 NO', asDomain('GreyCheckFrom', '2001:db8::1')],
  ['GreyDomainEquiv:10.1.2 b.net', asName('10.1.2')],
  ['GreyEquivDomain:2001:db8::1 b.net', asName('2001:db8::1')],
] as const)('a number is harmless, but warned of: %s', ([line, warning]) => {
  expect(warningsOf(`\n${line}`)).toEqual([`2 ${warning}`]);
});

// An empty name finds `default`, as it does in ze-filter, but not `*`.
test('what fits no name is warned of', () => {
  expect(warningsOf('GreyDomainEquiv:default b.net\nGreyDomainEquiv:* b.net')).toEqual([
    '2 GreyDomainEquiv:*: fits no name; write a domain',
  ]);
});

test.for<[value: string, warnings: readonly string[]]>([
  ['OK', []],
  ['ok-admin', []],
  ['NO', []],
  ['reject', []],
  ['YES', ['2 GreydAccess:10.1.2.3: YES refuses, as in ze-filter; allowed are OK, OK-ADMIN, NO']],
  ['OK_ADMIN', ['2 GreydAccess:10.1.2.3: OK_ADMIN refuses, as in ze-filter; allowed are OK, OK-ADMIN, NO']],
])('GreydAccess: what may be meant as a right, and is none, is warned of: %s', ([value, warnings]) => {
  expect(warningsOf(`\nGreydAccess:10.1.2.3 ${value}`)).toEqual(warnings);
});

test('a key for all clients is warned of', () => {
  expect(warningsOf('GreyCheckConnect:UNKNOWN NO\nGreyCheckConnect:unknown YES\nGreydAccess:unknown OK')).toEqual([
    '1 GreyCheckConnect:UNKNOWN: fits all clients that no other line fits, as in ze-filter; write default',
    expect.stringMatching(/^2 .*fits all clients/),
    '2 GreyCheckConnect:unknown: has no effect, line 1 has the same key',
  ]);
});

test.for([
  'GreyCheckFrom:[10.1.2.3] NO',
  'GreyCheckFrom:[IPv6:2001:db8::1] NO',
  'GreyCheckTo:2010 NO',
  'GreyCheckTo:4711@ NO',
])('%s may well be meant', (line) => {
  expect(warningsOf(line)).toEqual([]);
});

const words =
  'GreyCheckConnect: GreyCheckTo: GreyDomainEquiv: GreydAccess: # : :: 10.1 . / 24 999 ffff * < > @ [ ] , YES ok';
const fragment = fc.constantFrom(...words.split(' '), ' ', '\t', '\n', '\r\n', '\0', 'default', 'a.com', 'ä', '\ud800');

test('no text makes the reader throw, and every line that it complains about exists', () => {
  const text = fc.oneof(
    fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(text, (content) => {
      const reading = readPolicy(content);
      const problems = reading.kind === 'broken' ? reading.errors : reading.warnings;
      const count = content.split('\n').length;
      expect(problems.filter(({ line }) => line < 1 || line > count)).toEqual([]);
    }),
  );
});
