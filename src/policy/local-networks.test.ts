import { expect, test } from 'vitest';
import { parseAddress } from './address.ts';
import { isLocal } from './local-networks.ts';

test.for([
  ['0.1.2.3', true],
  ['10.0.0.5', true],
  ['127.0.0.1', true],
  ['100.64.0.1', true],
  ['172.15.255.255', false],
  ['172.16.0.1', true],
  ['172.32.0.0', false],
  ['192.168.3.4', true],
  ['169.254.1.1', true],
  ['223.255.255.255', false],
  ['224.0.0.1', true],
  ['255.255.255.255', true],
  ['203.0.113.66', false],
  ['::', true],
  ['::1', true],
  ['::2', false],
  ['::ffff:10.0.0.1', true],
  ['fd00::1', true],
  ['fe80::1', true],
  ['ff02::1', true],
  ['2001:db8::1', false],
] as const)('%s is local: %s', ([text, expected]) => {
  const address = parseAddress(text);
  expect(address && isLocal(address)).toBe(expected);
});
