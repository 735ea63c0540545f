import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from './address.ts';
import { parseMailbox } from './check.ts';
import { type Rule, RuleIndex } from './rule-index.ts';
import { type KeyedBy, parseRuleKey } from './rule-key.ts';
import { hostRuleSlowly, mailboxRuleSlowly } from './rule-index.reference.ts';

function indexOf(keys: readonly string[], subject: KeyedBy): RuleIndex<string> {
  const index = new RuleIndex<string>();
  for (const [at, text] of keys.entries()) {
    const key = parseRuleKey(text, subject);
    if (key.kind !== 'wrong' && key.kind !== 'idle') index.add(key, { line: at + 1, key: text, value: text });
  }
  return index;
}

function hostRule(keys: readonly string[], client: string, name = ''): Rule<string> | undefined {
  const index = indexOf(keys, 'host');
  const address = parseAddress(client);
  return (address && index.byAddress(address)) ?? index.byName(name) ?? index.fallback;
}

function mailboxRule(keys: readonly string[], mailbox: string): Rule<string> | undefined {
  const index = indexOf(keys, 'mailbox');
  return index.byMailbox(parseMailbox(mailbox)) ?? index.fallback;
}

const all = 'joe@mail.example.com mail.example.com example.com com joe@ default *';

// Recorded from ze-filter; `!` marks where we differ, with what it found there.
const mailboxes: readonly [keys: string, mailbox: string, found: string | undefined, theirs?: string][] = [
  [all, 'joe@mail.example.com', 'joe@mail.example.com'],
  ['example.com com joe@ default *', 'joe@mail.example.com', 'example.com'],
  ['joe@ default *', 'joe@mail.example.com', 'joe@'],
  ['*', 'joe@mail.example.com', '*'],
  [all, 'JOE@MAIL.EXAMPLE.COM', 'joe@mail.example.com'],
  [all, '<Joe@mail.example.com>', 'joe@mail.example.com'],
  [all, 'joe@', 'joe@'],
  [all, 'ann@mail.example.com', 'mail.example.com'],
  [all, 'ann@x.y.example.com', 'example.com'],
  [all, 'ann@com', 'com'],
  [all, 'mail.example.com', 'mail.example.com'],
  [all, 'a.mail.example.com', 'mail.example.com'],
  [all, '<>', 'default'],
  [all, 'nullsender', 'default'],
  ['joe@ default', 'joe@sub.example.org', 'joe@'],
  ['joe default', 'joe', 'joe'],
  ['DEFAULT', 'joe@example.org', 'DEFAULT'],
  ['<>', '<>', '<>'],
  ['[10.1.2.3] default', 'joe@[10.1.2.3]', '[10.1.2.3]'],
  ['', 'joe@example.org', undefined],
  ['example.org', 'joe@example.com', undefined],
  // Known differences.
  [all, 'joe@mail.example.com.', 'joe@mail.example.com', 'joe@'],
  [all, '"joe@x"@example.com', 'example.com', 'com'],
  ['<joe@example.org> default', 'joe@example.org', '<joe@example.org>', 'default'],
  ['nullsender default', '<>', 'nullsender', 'default'],
];

test.for(mailboxes)('%s: %s is found under %s', ([keys, mailbox, found, theirs]) => {
  expect(mailboxRule(keys.split(' '), mailbox)?.key).toBe(found);
  expect(theirs).not.toBe(found ?? 'nothing');
});

const ipv4 = '10.1.2.3 10.1.2 10.1 10 default *';

const hosts: readonly [keys: string, client: string, found: string | undefined, theirs?: string][] = [
  ['10.1.2 10.1 10 default *', '10.1.2.3', '10.1.2'],
  ['10 default *', '10.1.2.3', '10'],
  ['*', '10.1.2.3', '*'],
  [ipv4, '10.1.2.30', '10.1.2'],
  [ipv4, '10.100.2.3', '10'],
  [ipv4, '1.10.1.2', 'default'],
  ['10.1.2.0 default', '10.1.2.3', 'default'],
  ['3 2.3 default', '10.1.2.3', 'default'],
  ['2001:db8:1:2:0:0:0:5/64 2001:db8:1:2:0:0:0:0/64 default', '2001:db8:1:2::5', '2001:db8:1:2:0:0:0:5/64'],
  ['2001:db8:1:0:0:0:0:0/60 2001:db8:1:0:0:0:0:0/48 default', '2001:db8:1:2::5', '2001:db8:1:0:0:0:0:0/60'],
  ['2001:db8:0:0:0:0:0:0/32 default', '2001:db8:1:2::5', '2001:db8:0:0:0:0:0:0/32'],
  ['', '2001:db8:1:2::5', undefined],
  ['2001:db8:1:2:0:0:0:0 default', '2001:db8:1:2::5', 'default'],
  ['2001:DB8:1:2:0:0:0:0/64 default', '2001:db8:1:2::5', '2001:DB8:1:2:0:0:0:0/64'],
  ['2001:db8:1:0:0:0:0:0/52 default', '2001:db8:1:2::5', '2001:db8:1:0:0:0:0:0/52'],
  ['2001:db8:1:2::5 default', '2001:DB8:1:2::5', '2001:db8:1:2::5'],
  // Known differences.
  ['10.1.2. default', '10.1.2.3', '10.1.2.', 'default'],
  ['10.1.2.* default', '10.1.2.3', '10.1.2.*', 'default'],
  ['10.1.0.0/16 default', '10.1.2.3', '10.1.0.0/16', 'default'],
  ['10.1.0.0/255.255.0.0 default', '10.1.2.3', '10.1.0.0/255.255.0.0', 'default'],
  ['2001:db8:1:2::/64 default', '2001:db8:1:2::5', '2001:db8:1:2::/64', 'default'],
  ['2001:db8:1:2: default', '2001:db8:1:2::5', '2001:db8:1:2:', 'default'],
  ['2001:db8 default', '2001:db8:1:2::5', '2001:db8', 'default'],
  ['2001:db8:0:0:0:0:0:0/33 default', '2001:db8:1:2::5', '2001:db8:0:0:0:0:0:0/33', 'default'],
  ['IPv6:2001:db8:1:2::5 default', '2001:db8:1:2::5', 'IPv6:2001:db8:1:2::5', 'default'],
];

test.for(hosts)('%s: %s is found under %s', ([keys, client, found, theirs]) => {
  expect(hostRule(keys.split(' '), client)?.key).toBe(found);
  expect(theirs).not.toBe(found ?? 'nothing');
});

const label = fc.constantFrom('a', 'b', 'com', 'x1');
const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const local = fc.constantFrom('joe', 'ann', 'a');
const mailbox = fc.oneof(
  fc.tuple(local, domain).map((parts) => parts.join('@')),
  fc.constantFrom('<>', 'joe', 'a'),
);
const number = fc.constantFrom(0, 1, 2, 127, 128, 255);
const address4 = fc.array(number, { minLength: 4, maxLength: 4 }).map((numbers) => numbers.join('.'));
const group = fc.constantFrom('0', '1', '2', '7fff', '8000', 'ffff');
const address6 = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':'));
const network = fc.oneof(
  fc.tuple(address4, fc.integer({ min: 0, max: 32 })).map((parts) => parts.join('/')),
  fc.tuple(address6, fc.integer({ min: 0, max: 128 })).map((parts) => parts.join('/')),
);
const general = fc.constantFrom('default', '*');
const hostKeys = fc.array(fc.oneof(network, address4, address6, domain, general), { maxLength: 30 });
const mailboxKeys = fc.array(
  fc.oneof(
    mailbox,
    domain,
    local.map((name) => `${name}@`),
    general,
  ),
  { maxLength: 30 },
);

test('the index finds the rules of clients that reading all lines finds', () => {
  fc.assert(
    fc.property(hostKeys, fc.oneof(address4, address6), domain, (keys, client, name) => {
      expect(hostRule(keys, client, name)?.line).toBe(hostRuleSlowly(keys, client, name));
    }),
    { numRuns: 500 },
  );
});

test('the index finds the rules of mailboxes that reading all lines finds', () => {
  fc.assert(
    fc.property(mailboxKeys, mailbox, (keys, asked) => {
      expect(mailboxRule(keys, asked)?.line).toBe(mailboxRuleSlowly(keys, asked));
    }),
    { numRuns: 500 },
  );
});

test('what the rules for names say, also after one was added', () => {
  const index = new RuleIndex<string>();
  const add = (text: string, value: string): unknown =>
    index.add({ kind: 'text', text }, { line: 1, key: text, value });
  index.add({ kind: 'star' }, { line: 1, key: '*', value: 'all' });
  expect([...index.valuesOfNames]).toEqual([]);
  add('example.com', 'a');
  add('example.net', 'a');
  expect([...index.valuesOfNames]).toEqual(['a']);
  add('example.org', 'b');
  expect([...index.valuesOfNames]).toEqual(['a', 'b']);
});
