import { expect, test } from 'vitest';
import { lookupOf } from './dns-answer.ts';
import type { DnsRecord } from './dns-message.ts';

const question = { type: 'A', name: 'mail.example.com' } as const;
const a = (name: string, value: string, ttl = 300): DnsRecord => ({ name, type: 'A', ttl, value });
const alias = (name: string, value: string, ttl = 300): DnsRecord => ({ name, type: 'CNAME', ttl, value });
const soa: DnsRecord = { name: 'example.com', type: 'SOA', ttl: 60, value: '' };
const ns: DnsRecord = { name: 'com', type: 'NS', ttl: 60, value: '' };
const txt: DnsRecord = { name: 'mail.example.com', type: 'other', ttl: 1, value: '' };
const mail = a('mail.example.com', '203.0.113.10');
const real = a('real.example.com', '203.0.113.10');
/** A chain of this many aliases, from the mail name to the real one. */
const aliases = (count: number): DnsRecord[] => {
  const names = ['mail.example.com', ...Array.from({ length: count - 1 }, (_, at) => `a${at}`), 'real.example.com'];
  return [...names.slice(1).map((name, at) => alias(names[at] ?? '', name)), real];
};
const toReal = alias('mail.example.com', 'real.example.com');
const found = (value: readonly string[], ttl = 300): unknown => ({ kind: 'found', value, ttl });
const absent = (ttl: number): unknown => ({ kind: 'absent', ttl });
const failed = (error: string): unknown => ({ kind: 'failed', error });

test.for([
  ['an address', 0, [mail], [], found(['203.0.113.10'])],
  [
    'several addresses, the least TTL',
    0,
    [mail, a('mail.example.com', '203.0.113.11', 20)],
    [],
    found(['203.0.113.10', '203.0.113.11'], 20),
  ],
  ['the same address twice', 0, [mail, mail], [], found(['203.0.113.10'])],
  ['a record of another type beside it', 0, [txt, mail], [], found(['203.0.113.10'])],
  ['a record of another name beside it', 0, [mail, a('evil.example', '192.0.2.1')], [], found(['203.0.113.10'])],
  ['an alias first', 0, [toReal, real], [], found(['203.0.113.10'])],
  ['an alias behind its target', 0, [real, toReal], [], found(['203.0.113.10'])],
  [
    'the TTL of the alias counts',
    0,
    [alias('mail.example.com', 'real.example.com', 7), real],
    [],
    found(['203.0.113.10'], 7),
  ],
  [
    'aliases in any order',
    0,
    [alias('b', 'real.example.com'), real, alias('mail.example.com', 'b')],
    [],
    found(['203.0.113.10']),
  ],
  [
    'aliases in a circle',
    0,
    [alias('mail.example.com', 'b'), alias('b', 'mail.example.com')],
    [],
    failed('the aliases go round in a circle'),
  ],
  ['16 aliases', 0, aliases(16), [], found(['203.0.113.10'])],
  ['17 aliases', 0, aliases(17), [], failed('the aliases go round in a circle')],
  ['an alias to nothing', 3, [toReal], [soa], absent(60)],
  ['an alias to nothing, that holds less long itself', 3, [alias('mail.example.com', 'b', 7)], [soa], absent(7)],
  ['an alias to a name without addresses', 0, [toReal], [soa], absent(60)],
  ['an alias out of the answer', 0, [toReal], [], failed('an alias leads out of the answer')],
  ['no such name', 3, [], [soa], absent(60)],
  ['no such name, for how long is not said', 3, [], [], absent(0)],
  ['no records', 0, [], [soa], absent(60)],
  ['no records, for how long is not said', 0, [], [], absent(0)],
  ['only records of another type', 0, [txt], [soa], absent(60)],
  ['a referral', 0, [], [ns], failed('the server only refers to others')],
  ['SERVFAIL', 2, [], [], failed('SERVFAIL')],
  ['REFUSED', 5, [], [], failed('REFUSED')],
  ['REFUSED with records', 5, [mail], [], failed('REFUSED')],
  ['another code', 9, [], [], failed('code 9')],
] as const)('%s', ([, code, answers, authority, expected]) => {
  expect(lookupOf({ id: 1, truncated: false, code, question, answers, authority }, question)).toEqual(expected);
});
