import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeName, encodeName } from './domain-name.ts';

const label63 = 'a'.repeat(63);
const longest = [label63, label63, label63, 'a'.repeat(61)].join('.');

test.for([
  ['example.com', '076578616d706c6503636f6d00'],
  ['example.com.', '076578616d706c6503636f6d00'],
  ['_a-1', '045f612d3100'],
  ['', undefined],
  ['.', undefined],
  ['a..b', undefined],
  ['.a', undefined],
  ['a b', undefined],
  ['a\\046b', undefined],
  ['bücher.example', undefined],
  [`${label63}a.example`, undefined],
  [`${longest}a`, undefined],
] as const)('%j is encoded as %s', ([name, hex]) => {
  expect(encodeName(name)?.toString('hex')).toBe(hex);
});

test('the longest name there is goes both ways', () => {
  expect(decodeName(encodeName(longest) ?? Buffer.alloc(0), 0)).toEqual({ name: longest, end: 255 });
});

test.for([
  ['plain', '0141026f4b00', 0, { name: 'a.ok', end: 6 }],
  ['the root', '00', 0, { name: '', end: 1 }],
  ['a pointer back', '016100' + '0162c000', 3, { name: 'b.a', end: 7 }],
  ['a pointer to a pointer', '016100' + 'c000' + 'c003', 5, { name: 'a', end: 7 }],
  ['a dot and a backslash inside a label', '03' + '2e5cff' + '00', 0, { name: '\\046\\092\\255', end: 5 }],
  ['the octets beside those of host names', '04' + '0020217e' + '00', 0, { name: '\\000\\032!~', end: 6 }],
  ['the first octet above them', '01' + '7f' + '00', 0, { name: '\\127', end: 3 }],
  ['octets above 127 keep their case', '01' + 'c0' + '00', 0, { name: '\\192', end: 3 }],
  ['a pointer to itself', 'c000', 0, undefined],
  ['a pointer forward', 'c002016100', 0, undefined],
  ['two pointers at each other', 'c002c000', 2, undefined],
  ['a label before a pointer to it', '0161c000', 0, undefined],
  ['a reserved label type', `40${'61'.repeat(64)}00`, 0, undefined],
  ['a label that ends too early', '0361', 0, undefined],
  ['no end', '0161', 0, undefined],
  ['half a pointer', '016100c0', 3, undefined],
  ['beyond the data', '00', 1, undefined],
] as const)('%s', ([, hex, start, expected]) => {
  expect(decodeName(Buffer.from(hex, 'hex'), start)).toEqual(expected);
});

test('more than 255 octets are no name, pointers or not', () => {
  const label = Buffer.concat([Buffer.from([63]), Buffer.from(label63)]);
  const tail = Buffer.concat([label, label, label, Buffer.from([0])]);
  const whole = Buffer.concat([tail, label, Buffer.from([0xc0, 0])]);
  expect(decodeName(tail, 0)?.name).toHaveLength(191);
  expect(decodeName(whole, tail.length)).toBeUndefined();
});

test('a long chain of pointers is no name', () => {
  const chain = (length: number): Buffer =>
    Buffer.concat([Buffer.from([0, 0]), ...Array.from({ length }, (_, i) => Buffer.from([0xc0, i * 2]))]);
  expect(decodeName(chain(32), 64)).toEqual({ name: '', end: 66 });
  expect(decodeName(chain(33), 66)).toBeUndefined();
});

test('any bytes are a name or not', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, start) => {
      const read = decodeName(Buffer.from(bytes), start);
      expect((read?.end ?? 0) <= bytes.length).toBe(true);
    }),
  );
});

test('every host name goes both ways', () => {
  fc.assert(
    fc.property(fc.domain(), (name) => {
      const bytes = encodeName(name);
      expect(bytes && decodeName(bytes, 0)).toEqual({ name: name.toLowerCase(), end: name.length + 2 });
    }),
  );
});
