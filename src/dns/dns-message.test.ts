import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeResponse, encodeQuery, isResponseTo } from './dns-message.ts';

// id 1234, response, 1 question, ANCOUNT 1: mail.example.com A? then the records.
const header = (flags: string, answers = '0001', authority = '0000'): string =>
  `1234${flags}0001${answers}${authority}0000`;
const asked = '046d61696c076578616d706c6503636f6d00' + '0001' + '0001';
const record = (type: string, data: string, ttl = '0000012c'): string =>
  `c00c${type}0001${ttl}${(data.length / 2).toString(16).padStart(4, '0')}${data}`;
const decoded = (hex: string): ReturnType<typeof decodeResponse> => decodeResponse(Buffer.from(hex, 'hex'));
const whole = header('8180') + asked + record('0001', 'cb00710a');

test('a question as bytes', () => {
  const query = encodeQuery({ type: 'A', name: 'mail.example.com' });
  expect(query?.toString('hex')).toBe(`0000${'0100'}0001${'0000'.repeat(3)}${asked}`);
  expect(encodeQuery({ type: 'PTR', name: 'no name' })).toBeUndefined();
});

test('a response is read with its question, answers and code', () => {
  expect(decoded(whole)).toEqual({
    id: 0x1234,
    truncated: false,
    code: 0,
    question: { type: 'A', name: 'mail.example.com' },
    answers: [{ name: 'mail.example.com', type: 'A', ttl: 300, value: '203.0.113.10' }],
    authority: [],
  });
});

test.for([
  ['AAAA', record('001c', '20010db8000000000000000000000001'), { type: 'AAAA', value: '2001:db8::1' }],
  ['AAAA, mapped', record('001c', '00000000000000000000ffffcb00710a'), { type: 'AAAA', value: '203.0.113.10' }],
  ['PTR', record('000c', '0178c011'), { type: 'PTR', value: 'x.example.com' }],
  ['CNAME', record('0005', 'c011'), { type: 'CNAME', value: 'example.com' }],
  ['SOA', record('0006', `0000${'00000000'.repeat(4)}0000003c`), { type: 'SOA', value: '', ttl: 60 }],
  ['SOA that holds less long itself', record('0006', `0000${'00000000'.repeat(4)}00000e10`), { type: 'SOA', ttl: 300 }],
  ['TXT', record('0010', '0161'), { type: 'other', value: '' }],
  ['a TTL with the highest bit', record('0001', 'cb00710a', 'ffffffff'), { type: 'A', ttl: 0 }],
  ['A of another class', record('0001', 'cb00710a').replace('c00c00010001', 'c00c00010003'), { type: 'other' }],
] as const)('a record: %s', ([, hex, expected]) => {
  expect(decoded(header('8180') + asked + hex)?.answers).toMatchObject([expected]);
});

test.for([
  ['shorter than a header', '123481800001'],
  ['a question, not a response', header('0100') + asked],
  ['another opcode', header('a980') + asked],
  ['no question', `12348180${'0000'.repeat(4)}`],
  ['two questions', `123481800002${'0000'.repeat(3)}${asked}${asked}`],
  ['a question of another type', header('8180', '0000') + asked.replace('00010001', '00100001')],
  ['a question of another class', header('8180', '0000') + asked.replace('00010001', '00010003')],
  ['a question that ends too early', header('8180', '0000') + asked.slice(0, -2)],
  ['fewer records than it says', header('8180', '0002') + asked + record('0001', 'cb00710a')],
  ['a record that ends too early', whole.slice(0, -2)],
  ['an A record of 3 octets', header('8180') + asked + record('0001', 'cb0071')],
  ['an AAAA record of 4 octets', header('8180') + asked + record('001c', 'cb00710a')],
  ['a PTR with something behind its name', header('8180') + asked + record('000c', '016100ff')],
  ['a PTR that runs out of its data', header('8180') + asked + record('000c', '01').concat('6100')],
  ['an SOA that is too short', header('8180') + asked + record('0006', '00000000')],
  ['an authority section that is cut off', header('8180', '0000', '0001') + asked],
] as const)('no response: %s', ([, hex]) => {
  expect(decoded(hex)).toBeUndefined();
});

test('a truncated response has no records, whatever is left of them', () => {
  expect(decoded(`${header('8380', '0009')}${asked}c00c`)).toMatchObject({ truncated: true, answers: [] });
});

test('of thousands of records the first ones are read', () => {
  const records = record('0001', 'cb00710a').repeat(256);
  expect(decoded(`${header('8180', 'ffff', 'ffff')}${asked}${records}c0`)).toMatchObject({
    answers: { length: 256 },
    authority: [],
  });
});

test.for([
  [{ type: 'A', name: 'Mail.Example.COM' }, true],
  [{ type: 'A', name: 'mail.example.com.' }, true],
  [{ type: 'AAAA', name: 'mail.example.com' }, false],
  [{ type: 'A', name: 'mail.example.org' }, false],
] as const)('a response to %j: %s', ([question, expected]) => {
  const response = decoded(whole);
  expect(response && isResponseTo(response, question)).toBe(expected);
});

test('any bytes are a response or not, also behind a good header', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), (bytes, headed) => {
      const head = headed ? header('8180', 'ffff', 'ffff') + asked : '';
      const response = decodeResponse(Buffer.concat([Buffer.from(head, 'hex'), bytes]));
      for (const { ttl } of response?.answers ?? []) expect(ttl >= 0).toBe(true);
    }),
  );
});

test('a response with octets changed is a response or not', () => {
  const bytes = Buffer.from(whole, 'hex');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 }), (changes) => {
      const changed = Buffer.from(bytes);
      for (const [at, octet] of changes) changed[at] = octet;
      const response = decodeResponse(changed);
      expect((response?.answers.length ?? 0) <= 1 || response?.truncated).toBe(true);
    }),
  );
});
