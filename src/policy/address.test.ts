import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOf } from '../../test/engine-bench.ts';
import {
  type Address,
  clientKey,
  networkContains,
  networkText,
  parseAddress,
  parseNetwork,
  siteNetwork,
  socketHost,
} from './address.ts';

const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6().filter((text) => parseAddress(text)?.family === 6);

test.for<[text: string, family: 4 | 6, canonical: string]>([
  ['203.0.113.7', 4, '203.0.113.7'],
  ['0.0.0.0', 4, '0.0.0.0'],
  ['255.255.255.255', 4, '255.255.255.255'],
  ['::ffff:203.0.113.7', 4, '203.0.113.7'],
  ['::FFFF:CB00:7107', 4, '203.0.113.7'],
  ['IPv6:::ffff:203.0.113.7', 4, '203.0.113.7'],
  ['2001:DB8::1', 6, '2001:db8::1'],
  ['2001:0db8:0000:0000:0000:0000:0000:0001', 6, '2001:db8::1'],
  ['ipv6:2001:db8::1', 6, '2001:db8::1'],
  ['2001:db8:0:0:1:0:0:0', 6, '2001:db8:0:0:1::'],
  ['2001:db8:0:1:1:1:1:1', 6, '2001:db8:0:1:1:1:1:1'],
  ['::1.2.3.4', 6, '::102:304'],
  ['64:ff9b::192.0.2.33', 6, '64:ff9b::c000:221'],
  ['::', 6, '::'],
  ['::1', 6, '::1'],
])('%s is an address of family %i, written %s', ([text, family, canonical]) => {
  expect(parseAddress(text)).toEqual({ family, text: canonical });
});

test.for([
  '',
  '1',
  '203.0.113',
  '203.0.113.7.',
  '203.0.113.7.1',
  '203.0.113.256',
  '203.0.113.07',
  '0xcb.0.113.7',
  ' 203.0.113.7',
  '203.0.113.7\n',
  '203.0.113.7/24',
  'IPv6:203.0.113.7',
  'IPv6:IPv6:::1',
  'fe80::1%eth0',
  '2001:db8::1::2',
  '2001:db8:1:2:3:4:5:6:7',
  '[::1]',
  '::ffff:010.0.0.1',
  '1::0x1.2.3.4',
  ':',
  'mail.example.org',
])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test.for([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['fe80::1%eth0', 'fe80::1'],
  ['', undefined],
  [undefined, undefined],
])('a socket says %j: %j is at the other end', ([text, host]) => {
  expect(socketHost(text)?.text).toBe(host);
});

test('every address that Node knows is one, and only those', () => {
  const near = fc.stringMatching(/^[0-9a-fF:.x ]{0,20}$/);
  fc.assert(
    fc.property(fc.oneof(ipv4, fc.ipV6(), near, fc.string()), (text) => {
      fc.pre(!/^ipv6:|%/i.test(text));
      expect(parseAddress(text)?.text !== undefined).toBe(isIPv4(text) || isIPv6(text));
    }),
  );
});

test('canonical text is canonical: it reads as itself, and as RFC 5952 has it', () => {
  fc.assert(
    fc.property(fc.oneof(ipv4, ipv6), (text) => {
      const address = addressOf(text);
      expect(parseAddress(address.text)).toEqual(address);
      // The URL standard writes addresses in the same way.
      const host = address.family === 4 ? text : `[${text}]`;
      expect(new URL(`http://${host}/`).hostname).toBe(address.family === 4 ? address.text : `[${address.text}]`);
    }),
  );
});

test.for<[text: string, bits: number, network: string]>([
  ['203.0.113.7', 24, '203.0.113.0/24'],
  ['203.0.113.7', 32, '203.0.113.7/32'],
  ['203.0.113.7', 30, '203.0.113.4/30'],
  ['203.0.113.7', 0, '0.0.0.0/0'],
  ['2001:db8:1:2ff:3:4:5:6', 64, '2001:db8:1:2ff::/64'],
  ['2001:db8:1:2ff:3:4:5:6', 56, '2001:db8:1:200::/56'],
])('%s with %i bits is %s', ([text, bits, network]) => {
  expect(networkText(addressOf(text), bits)).toBe(network);
});

test.for<[text: string, site: string, key: string]>([
  ['203.0.113.7', '203.0.113.0/24', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1:2::/64'],
])('%s is of the site %s and counted under %s', ([text, site, key]) => {
  expect(siteNetwork(addressOf(text))).toBe(site);
  expect(clientKey(addressOf(text))).toBe(key);
});

test.for<[network: string, address: string, holds: boolean]>([
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['192.0.2.77/24', '192.0.2.255', true],
  ['192.0.2.0/24', '192.0.3.0', false],
  ['192.0.2.0/255.255.255.0', '192.0.2.9', true],
  ['192.0.2.128/25', '192.0.2.127', false],
  ['10.0.0.0/8', '10.255.255.255', true],
  ['0.0.0.0/0', '203.0.113.7', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '2001:db8::1', true],
  ['::/0', '203.0.113.7', false],
  ['2001:db8::/33', '2001:db8:7fff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
  ['IPv6:2001:db8::/32', '2001:db8::1', true],
  ['::ffff:192.0.2.0/120', '192.0.2.9', true],
  ['::ffff:192.0.2.0/120', '192.0.3.9', false],
  ['::ffff:0:0/96', '203.0.113.7', true],
  ['2001:db8::', '2001:db8::1', false],
])('%s holds %s: %j', ([network, address, holds]) => {
  expect(networkContains(networkOf(network), addressOf(address))).toBe(holds);
});

test.for(['', '/', '192.0.2.0/', '/24', '192.0.2.0/33', '2001:db8::/129', '192.0.2.0/24/24', '192.0.2.0/-1'])(
  '%j is no network',
  (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  },
);

test.for([
  '192.0.2.0/255.0.255.0',
  '192.0.2.0/1e1',
  '2001:db8::/255.0.0.0',
  '192.0.2.0/0024',
  // Other programs would take this for a network of IPv6.
  '::ffff:192.0.2.0/24',
  '192.0.2.0/024',
  'example.org/24',
  '192.0.2/24',
])('%j is no network either', (text) => {
  expect(parseNetwork(text)).toBeUndefined();
});

test('a network holds what shares its leading bits, as a bit by bit comparison says', () => {
  const pair = fc.oneof(nearby(ipv4, 32), nearby(ipv6, 128));
  fc.assert(
    fc.property(pair, ({ base, other, bits }) => {
      const expected = bitsOf(base).slice(0, bits) === bitsOf(other).slice(0, bits);
      expect(networkContains(networkOf(`${base.text}/${bits}`), other)).toBe(expected);
      expect(networkText(base, bits) === networkText(other, bits)).toBe(expected);
    }),
  );
});

/** Two addresses of which the second has one bit of the first flipped, and a prefix length. */
function nearby(
  texts: fc.Arbitrary<string>,
  length: number,
): fc.Arbitrary<{ base: Address; other: Address; bits: number }> {
  const bit = fc.integer({ min: 0, max: length - 1 });
  return fc
    .record({ base: texts.map(addressOf), flipped: bit, bits: fc.integer({ min: 0, max: length }) })
    .map(({ base, flipped, bits }) => ({ base, other: flip(base, flipped), bits }));
}

function flip(address: Address, bit: number): Address {
  const bits = bitsOf(address);
  const flipped = `${bits.slice(0, bit)}${bits[bit] === '0' ? '1' : '0'}${bits.slice(bit + 1)}`;
  const groups = flipped.match(address.family === 4 ? /.{8}/g : /.{16}/g) ?? [];
  const numbers = groups.map((group) => Number.parseInt(group, 2));
  return addressOf(address.family === 4 ? numbers.join('.') : numbers.map((number) => number.toString(16)).join(':'));
}

function bitsOf({ family, text }: Address): string {
  if (family === 4)
    return text
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  const [head = '', tail = ''] = text
    .split('::')
    .map((side) => side.split(':').filter(Boolean).map(groupBits).join(''));
  return head + '0'.repeat(128 - head.length - tail.length) + tail;
}

function groupBits(group: string): string {
  return Number.parseInt(group, 16).toString(2).padStart(16, '0');
}

function networkOf(text: string): NonNullable<ReturnType<typeof parseNetwork>> {
  const network = parseNetwork(text);
  if (network === undefined) throw new Error(`not a network: ${text}`);
  return network;
}
