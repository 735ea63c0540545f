import { expect, test } from 'vitest';
import { isOwnAddress } from './own-address.ts';

test.for([
  ['127.0.0.1', true],
  ['127.0.1.1', true],
  ['127.255.255.254', true],
  ['192.0.2.1', false],
  ['2001:db8::1', false],
  ['127.example.org', false],
  ['', false],
] as const)('%s: %s', ([address, expected]) => {
  expect(isOwnAddress(address)).toBe(expected);
});

test('where the system does not tell its addresses', () => {
  const refused = (): never => {
    throw new Error('uv_interface_addresses returned Unknown system error 97');
  };
  expect(['127.0.0.1', '192.0.2.1'].map((address) => isOwnAddress(address, refused))).toEqual([true, undefined]);
});
