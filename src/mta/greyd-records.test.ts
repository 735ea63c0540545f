import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONGEST_RECORD } from '../lib/line-protocol.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import { formatPass, formatTuple, LONGEST_FIELD, parsePass, parseTuple } from './greyd-records.ts';

const TUPLE: StoredTuple = {
  tuple: { client: '10.1.2.0/24', sender: 'example.com', recipient: 'bob@example.org' },
  state: 'pending',
  client: '10.1.2.3',
  clientName: 'mail.example.com',
  senderText: 'joe@example.com',
  nullSender: false,
  firstSeen: 1_700_000_000,
  lastSeen: 1_700_000_600,
  uses: 1,
};
const RECORD = '1700000000;1700000600;10.1.2.3;mail.example.com;joe@example.com;FLAGS;1;NULL';

/** Lines that are read as this tuple, and written so too. */
test.for<[line: string, tuple: Partial<StoredTuple>]>([
  [`10.1.2;example.com;bob@example.org ${RECORD}`, {}],
  [`10.1.2.3;; ${RECORD}`, { tuple: { client: '10.1.2.3', sender: '', recipient: '' } }],
  [`;nullsender;bob ${RECORD}`, { tuple: { client: '', sender: '<>', recipient: 'bob' } }],
  [`example.net;%6Eullsender;b ${RECORD}`, { tuple: { client: 'example.net', sender: 'nullsender', recipient: 'b' } }],
  [
    `2001:db8:1:2ff:0:0:0:0/64;a;b ${RECORD}`,
    { tuple: { client: '2001:db8:1:2ff::/64', sender: 'a', recipient: 'b' } },
  ],
  [`2001:db8:0:0:0:0:0:1;a;b ${RECORD}`, { tuple: { client: '2001:db8::1', sender: 'a', recipient: 'b' } }],
  [
    '10.1.2;nullsender;bob@example.org 1700000000;1700000600;10.1.2.3;-;nullsender;FLAGS;7;NULL',
    {
      tuple: { ...TUPLE.tuple, sender: '<>' },
      clientName: undefined,
      senderText: '',
      nullSender: true,
      uses: 7,
    },
  ],
  [
    '10.1.2;a%3Bb@%23c;d%20%25%0D%0A 1;2;2001:db8::5;%5Bx%3B;a%3Bb@%23c;FLAGS;1;NULL',
    {
      tuple: { client: '10.1.2.0/24', sender: 'a;b@#c', recipient: 'd %\r\n' },
      client: '2001:db8::5',
      clientName: '[x;',
      senderText: 'a;b@#c',
      firstSeen: 1,
      lastSeen: 2,
    },
  ],
])('%s', ([line, difference]) => {
  const tuple = { ...TUPLE, ...difference };
  expect(parseTuple(line, 'pending')).toEqual({ kind: 'entry', entry: tuple });
  expect(formatTuple(tuple)).toBe(line);
});

/** What ze-filter wrote, which we write otherwise. */
test.for<[line: string, tuple: Partial<StoredTuple>]>([
  [
    '2001:db8:1:200:0:0:0:0/56;example.com;bob@example.org 1;2;2001:db8:1:2ff:0:0:0:0/64;[10.1.2.3];u%40h@example.com;FLAGS;1;NULL',
    {
      tuple: { ...TUPLE.tuple, client: '2001:db8:1:2ff::/64' },
      client: '2001:db8:1:2ff::',
      clientName: undefined,
      senderText: 'u%40h@example.com',
    },
  ],
  [
    '10.1.2;example.com;b_b@example.org 1;2;10.1.2.3;unknown;joe@example.com;FLAGS;1;NULL',
    { tuple: { ...TUPLE.tuple, recipient: 'b_b@example.org' }, clientName: undefined },
  ],
  [
    '10.1.2;example.com;bob@example.org 1;2;10.1.2.3;unknown.example.com;joe@example.com;FLAGS;1;NULL',
    { clientName: 'unknown.example.com' },
  ],
  [
    '10.1.2;example.com;bob@example.org 1;2;10.1.2.3;host.unknown;joe@example.com;FLAGS;1;NULL',
    { clientName: 'host.unknown' },
  ],
  ['10.1.2;Example.COM;BOB@example.org 1;2;10.1.2.3;mail.example.com;joe@example.com;FLAGS;1;NULL', {}],
])('of ze-filter: %s', ([line, difference]) => {
  const times = { firstSeen: 1, lastSeen: 2 };
  expect(parseTuple(line, 'valid')).toEqual({
    kind: 'entry',
    entry: { ...TUPLE, ...times, ...difference, state: 'valid' },
  });
});

test.for<[line: string, problem: string]>([
  ['', 'needs a key and a record with one blank between them'],
  ['10.1.2;a;b', 'needs a key and a record with one blank between them'],
  [`10.1.2;a;b ${RECORD} x`, 'needs a key and a record with one blank between them'],
  [`10.1.2;a ${RECORD}`, 'key is not ip;from;to'],
  [`10.1.2;a;b;c ${RECORD}`, 'key is not ip;from;to'],
  ['10.1.2;a;b 1;2;10.1.2.3;ma;il;joe;FLAGS;1;NULL', 'record has 9 fields, not 8'],
  ['10.1.2;a;b 1;2;10.1.2.3;x;joe;FLAGS;1', 'record has 7 fields, not 8'],
  ['10.1.2;a;b x;2;10.1.2.3;x;joe;FLAGS;1;NULL', 'time is not seconds since 1970'],
  ['10.1.2;a;b 1;-2;10.1.2.3;x;joe;FLAGS;1;NULL', 'time is not seconds since 1970'],
  ['10.1.2;a;b 1;999999999999;10.1.2.3;x;joe;FLAGS;1;NULL', 'time is not seconds since 1970'],
  ['10.1.2;a;b 1;2;10.1.2.3;x;joe;flags;1;NULL', 'FLAGS or NULL is missing'],
  ['10.1.2;a;b 1;2;10.1.2.3;x;joe;FLAGS;1;', 'FLAGS or NULL is missing'],
  ['10.1.2;a;b 1;2;10.1.2.3;x;joe;FLAGS;0;NULL', 'count is no number above 0'],
  ['10.1.2;a;b 1;2;10.1.2.3;x;joe;FLAGS;1e3;NULL', 'count is no number above 0'],
  ['10.1.2;a;b 1;2;10.1.2;x;joe;FLAGS;1;NULL', 'ip is no address'],
  ['10.1.2;a;b 1;2;10.1.2.3;x;;FLAGS;1;NULL', 'no sender'],
  [`10.1.256;a;b ${RECORD}`, 'ip of the key is no address, network or domain'],
  [`10.1.2.3.4;a;b ${RECORD}`, 'ip of the key is no address, network or domain'],
  [`2001:db8:/64;a;b ${RECORD}`, 'ip of the key is no address, network or domain'],
  [`.example;a;b ${RECORD}`, 'ip of the key is no address, network or domain'],
  [`example..net;a;b ${RECORD}`, 'ip of the key is no address, network or domain'],
  [`exa%3Bmple;a;b ${RECORD}`, 'ip of the key is no address, network or domain'],
])('%j: %s', ([line, problem]) => {
  expect(parseTuple(line, 'pending')).toEqual({ kind: 'wrong', problem });
});

test.for<[line: string, pass: Pass]>([
  [
    '10.1.2.3;example.com 1700259200;1700302403;10.1.2.3;-;example.com;FLAGS;7;NULL',
    { client: '10.1.2.3', domain: 'example.com', firstSeen: 1_700_259_200, lastSeen: 1_700_302_403, uses: 7 },
  ],
  [
    '2001:db8:1:2:0:0:0:0/64;example.com 1;2;2001:db8:1:2:0:0:0:0/64;-;example.com;FLAGS;5;NULL',
    { client: '2001:db8:1:2::/64', domain: 'example.com', firstSeen: 1, lastSeen: 2, uses: 5 },
  ],
  [
    'mx.example.net;example.com 1;2;mx.example.net;-;example.com;FLAGS;5;NULL',
    { client: 'mx.example.net', domain: 'example.com', firstSeen: 1, lastSeen: 2, uses: 5 },
  ],
])('pass %s', ([line, pass]) => {
  expect(parsePass(line)).toEqual({ kind: 'entry', entry: pass });
  expect(formatPass(pass)).toBe(line);
});

test.for([
  '10.1.2.3;example.com 1;2;10.1.2.3;mail.example.com;example.com;FLAGS;5;NULL',
  '10.1.2.3;Example.COM 1;2;10.1.2.3;-;Example.COM;FLAGS;5;NULL',
])('a pass of ze-filter, or by hand: %s', (line) => {
  expect(parsePass(line)).toMatchObject({
    kind: 'entry',
    entry: { client: '10.1.2.3', domain: 'example.com', uses: 5 },
  });
});

test.for<[line: string, problem: string]>([
  [`10.1.2.3;a;b ${RECORD}`, 'key is not ip;domain'],
  [`10.1.2.3 ${RECORD}`, 'key is not ip;domain'],
  [`10.1.2;a ${RECORD}`, 'ip of the key is no address or domain'],
  [`10.1.2.3; ${RECORD}`, 'no domain'],
  ['10.1.2.3;a 1;2', 'record has 2 fields, not 8'],
])('pass %j: %s', ([line, problem]) => {
  expect(parsePass(line)).toEqual({ kind: 'wrong', problem });
});

const TEXT = fc.oneof(
  fc.constantFrom('', '-', '[', 'nullsender', '<>', 'unknown', '%6E', '%', 'a b'),
  fc.string({ unit: 'binary' }),
);
const LOWER = TEXT.map((text) => text.toLowerCase());
const PART = fc.oneof(
  fc.constantFrom('', 'example.com', '2001:db8:1:2::/64', '2001:db8::1', '::', '::1', '1::', '::/64', 'x'),
  fc.ipV4(),
  fc.ipV4().map((ip) => `${ip.slice(0, ip.lastIndexOf('.'))}.0/24`),
);
const SEEN = { firstSeen: fc.nat(), lastSeen: fc.nat(), uses: fc.integer({ min: 1, max: 1e9 }) };

test('a tuple that was written is read back, on one line', () => {
  const tuple = fc.record({ client: PART, sender: LOWER, recipient: LOWER });
  const client = fc.constantFrom('10.1.2.3', '2001:db8::1', '::');
  const words = {
    tuple,
    client,
    clientName: fc.option(
      TEXT.filter((name) => name !== ''),
      { nil: undefined },
    ),
    senderText: TEXT,
  };
  fc.assert(
    fc.property(fc.record({ ...words, ...SEEN, state: fc.constantFrom('pending', 'valid') }), (fields) => {
      const stored: StoredTuple = { ...fields, nullSender: fields.senderText === '' };
      const line = formatTuple(stored);
      expect(line).not.toMatch(/[\r\n\0]/);
      expect(parseTuple(line, stored.state)).toEqual({ kind: 'entry', entry: stored });
    }),
  );
});

test.for(['client', 'clientName', 'senderText', 'sender', 'recipient'] as const)(
  'the longest %s fits, one more is refused',
  (field) => {
    const tuple = (length: number): StoredTuple => {
      const full = '#'.repeat(LONGEST_FIELD);
      const texts = { client: full, clientName: full, senderText: full, sender: full, recipient: full };
      const { clientName, senderText, ...tuple } = { ...texts, [field]: '#'.repeat(length) };
      // A domain has none of the characters that are written as three.
      return { ...TUPLE, clientName, senderText, tuple: { ...tuple, client: tuple.client.replaceAll('#', 'a') } };
    };
    const line = formatTuple(tuple(LONGEST_FIELD));
    expect(line.length).toBeLessThan(LONGEST_RECORD);
    expect(parseTuple(line, 'pending')).toEqual({ kind: 'entry', entry: tuple(LONGEST_FIELD) });
    const problem = 'field has more than 16384 characters';
    expect(parseTuple(formatTuple(tuple(LONGEST_FIELD + 1)), 'pending')).toEqual({ kind: 'wrong', problem });
    const pass = { client: '10.1.2.3', domain: '#'.repeat(LONGEST_FIELD + 1), firstSeen: 1, lastSeen: 2, uses: 1 };
    expect(parsePass(formatPass(pass))).toEqual({ kind: 'wrong', problem });
  },
);

test('a pass that was written is read back', () => {
  const client = fc.constantFrom('10.1.2.3', '2001:db8::/64', 'example.net');
  fc.assert(
    fc.property(fc.record({ client, domain: LOWER.filter((text) => text !== ''), ...SEEN }), (pass) => {
      expect(parsePass(formatPass(pass))).toEqual({ kind: 'entry', entry: pass });
    }),
  );
});

test('no line makes the parsers fail', () => {
  const piece = fc.oneof(fc.constantFrom(';', ' ', 'FLAGS', 'NULL', '1', '10.1.2.3', '/64', ':', '%'), fc.string());
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const line = pieces.join('');
      expect(parseTuple(line, 'valid').kind).toMatch(/^(entry|wrong)$/);
      expect(parsePass(line).kind).toMatch(/^(entry|wrong)$/);
    }),
  );
});
