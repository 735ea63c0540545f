import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from '../policy/address.ts';
import { BLOCK_LISTS, DNSWL, ownList, retiredList } from './known-lists.ts';
import { type DnsList, listQuestion, meaningOf, saysDynamic, trustOf } from './lists.ts';

const own = ownList({ name: 'own', zone: 'dnsbl.example.net', score: -30 });
const lists = new Map<string, DnsList>([...BLOCK_LISTS, DNSWL, own].map((list) => [list.name, list]));

function list(name: string): DnsList {
  const known = lists.get(name);
  if (known === undefined) throw new Error(`no list ${name}`);
  return known;
}

test('names, zones and scores', () => {
  const rows = BLOCK_LISTS.map(({ name, zone, score, mayBeWrong, ipv6 }) => [name, zone, score, mayBeWrong, ipv6]);
  expect(rows).toEqual([
    ['spamcop', 'bl.spamcop.net', -80, true, false],
    ['uce-2', 'dnsbl-2.uceprotect.net', -50, false, false],
    ['uce-3', 'dnsbl-3.uceprotect.net', -50, false, false],
    ['backscatter', 'ips.backscatterer.org', -50, true, false],
    ['barracuda', 'b.barracudacentral.org', -80, true, false],
    ['spamhaus', 'zen.spamhaus.org', -100, false, true],
  ]);
});

test.for([
  ['spamcop', '203.0.113.10', '10.113.0.203.bl.spamcop.net'],
  ['spamcop', '::ffff:203.0.113.10', '10.113.0.203.bl.spamcop.net'],
  ['spamcop', '2001:db8::1', undefined],
  ['spamhaus', '2001:db8::1', `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.zen.spamhaus.org`],
  ['spamcop', '9.255.255.255', '255.255.255.9.bl.spamcop.net'],
  ['spamcop', '172.15.255.255', '255.255.15.172.bl.spamcop.net'],
  ['spamcop', '172.32.0.1', '1.0.32.172.bl.spamcop.net'],
  ['spamcop', '100.63.255.255', '255.255.63.100.bl.spamcop.net'],
  ['spamcop', '100.128.0.1', '1.0.128.100.bl.spamcop.net'],
  ['spamcop', '223.255.255.255', '255.255.255.223.bl.spamcop.net'],
  ...['0.1.2.3', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.2', '169.254.1.1', '172.16.0.1'].map(unasked),
  ...['172.31.255.255', '192.168.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255', '::ffff:10.0.0.1'].map(unasked),
  ...['::', '::1', 'fc00::1', 'fdff::1', 'fe80::1', 'febf::1', 'ff02::1'].map(unasked),
] as const)('%s about %s: %s', ([name, text, expected]) => {
  const address = parseAddress(text);
  expect(address && listQuestion(list(name), address)).toEqual(expected && { type: 'A', name: expected });
});

function unasked(address: string): readonly [string, string, undefined] {
  return ['spamhaus', address, undefined];
}

test.for([
  ['spamcop', [], 'not listed'],
  ['spamcop', ['127.0.0.2'], 'listed'],
  ['spamcop', ['127.0.0.3'], 'not listed'],
  ['spamcop', ['127.0.0.1'], 'error'],
  ['spamcop', ['127.0.1.2'], 'not listed'],
  ['spamcop', ['203.0.113.80'], 'error'],
  ['spamcop', ['127.0.0.2', '203.0.113.80'], 'error'],
  ['spamhaus', ['127.0.0.4', '127.0.0.10'], 'listed'],
  ['spamhaus', ['127.0.0.30'], 'listed'],
  ['spamhaus', ['127.0.0.10'], 'listed'],
  ['spamhaus', ['127.255.255.252'], 'error'],
  ['spamhaus', ['127.255.255.254'], 'error'],
  ['spamhaus', ['127.255.255.255'], 'error'],
  ['own', ['127.0.0.2'], 'listed'],
  ['own', ['127.3.2.1'], 'listed'],
  ['own', ['127.0.0.1'], 'error'],
  ['own', ['127.255.255.254'], 'error'],
  ['own', ['128.0.0.2'], 'error'],
  ['dnswl', ['127.0.5.0'], 'listed'],
  ['dnswl', ['127.0.0.255'], 'error'],
  ['dnswl', [], 'not listed'],
] as const)('%s answers %j: %s', ([name, answers, meaning]) => {
  expect(meaningOf(list(name), answers)).toBe(meaning);
});

test('codes of an own list', () => {
  const codes = ['127.0.0.7', '127.1.2.3', '127.0.0.1', '127.255.255.2'];
  const coded = ownList({ name: 'own', zone: 'dnsbl.example.net', score: -30, codes });
  for (const answer of codes) expect(meaningOf(coded, [answer])).toBe('listed');
  expect(meaningOf(coded, ['127.0.0.2'])).toBe('not listed');
  expect(meaningOf(coded, ['127.1.2.3', '127.0.0.2'])).toBe('listed');
  expect(meaningOf(coded, ['127.1.2.4'])).toBe('not listed');
  for (const answer of ['127.255.255.3', '10.0.0.7']) expect(meaningOf(coded, [answer])).toBe('error');
});

test.for([
  [[], 'not listed'],
  [['127.0.5.0'], 0],
  [['127.0.5.1'], 1],
  [['127.0.15.2'], 2],
  [['127.0.5.3'], 3],
  [['127.0.5.3', '127.0.9.1'], 1],
  [['127.0.9.1', '127.0.5.3'], 1],
  [['127.0.5.3', '203.0.113.80'], 'error'],
  [['127.0.0.255'], 'error'],
  [['127.0.0.1'], 'error'],
  [['127.0.5.10'], 'error'],
  [['127.0.5.4'], 'error'],
  [['127.1.5.3'], 'error'],
  [['127.255.255.254'], 'error'],
  [['203.0.113.3'], 'error'],
] as const)('DNSWL answers %j: %s', ([answers, expected]) => {
  expect(trustOf(answers)).toBe(expected);
});

test.for([
  ['spamhaus', ['127.0.0.10'], true],
  ['spamhaus', ['127.0.0.4', '127.0.0.11'], true],
  ['spamhaus', ['127.0.0.4'], false],
  ['spamhaus', ['127.0.0.10', '127.255.255.254'], false],
  ['spamcop', ['127.0.0.10'], false],
] as const)('%s answers %j: dynamic is %s', ([name, answers, expected]) => {
  const known = BLOCK_LISTS.find((candidate) => candidate.name === name);
  expect(known && saysDynamic(known, answers)).toBe(expected);
});

test.for([
  ['sorbs', 'June 2024'],
  ['nixspam', 'January 2025'],
  ['ix.dnsbl.manitu.net', 'January 2025'],
  ['dnsbl.sorbs.net', 'June 2024'],
  ['dul.dnsbl.SORBS.net', 'June 2024'],
  ['dnsbl.njabl.org', '2013'],
  ['notsorbs.net', undefined],
  ['spamcop', undefined],
] as const)('%s closed: %s', ([name, closed]) => {
  expect(retiredList(name)?.closed).toBe(closed);
});

test('whatever a list answers, an address outside 127.0.0.0/8 is no listing', () => {
  fc.assert(
    fc.property(fc.array(fc.ipV4()), fc.constantFrom(...lists.values()), (answers, anyList) => {
      fc.pre(answers.some((answer) => !answer.startsWith('127.')));
      expect(meaningOf(anyList, answers)).toBe('error');
    }),
  );
});
