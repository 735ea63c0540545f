import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packPart, unpackPart } from './packed-address.ts';

test.for([
  ['192.0.2.1', 4],
  ['0.0.0.0', 4],
  ['192.0.2.0/24', 3],
  ['2001:db8::1', 16],
  ['::', 16],
  ['2001:db8::/64', 8],
  // Any other way to write the same is a text of its own.
  ['192.0.2.1/24', 'text'],
  ['192.0.2.0/25', 'text'],
  ['192.0.2.01', 'text'],
  ['192.0.2.256', 'text'],
  ['192.0.2', 'text'],
  ['192.0..2', 'text'],
  ['192.0.2.1.', 'text'],
  ['192.0.2.1.1', 'text'],
  ['2001:db8::1/64', 'text'],
  ['2001:db8::/48', 'text'],
  ['2001:DB8::1', 'text'],
  ['2001:db8:0::1', 'text'],
  ['::ffff:192.0.2.1', 'text'],
  ['example.com', 'text'],
  ['', 'text'],
] as const)('the part "%s" is kept as %s', ([part, kept]) => {
  const packed = packPart(part);
  expect([typeof packed === 'string' ? 'text' : packed.length, unpackPart(packed)]).toEqual([kept, part]);
});

test('what is packed is unpacked as it was', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9.:a-f]{0,20}$/));
  const part = fc.oneof(
    address,
    fc.tuple(address, fc.constantFrom('/24', '/64', '/0')).map(([ip, bits]) => ip + bits),
  );
  fc.assert(
    fc.property(part, (text) => {
      expect(unpackPart(packPart(text))).toBe(text);
    }),
  );
});
