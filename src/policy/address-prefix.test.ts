import fc from 'fast-check';
import { expect, test } from 'vitest';
import { networkContains, parseAddress, parseNetwork } from './address.ts';
import { addressWords, exactPrefix, leadingBits, parsePrefix } from './address-prefix.ts';

/** Family, length and the words in hexadecimal. */
function spelled(text: string): string | undefined {
  const prefix = parsePrefix(text);
  if (prefix === undefined) return undefined;
  const words = Array.from(prefix.words.split(''), (word) => word.charCodeAt(0).toString(16).padStart(4, '0'));
  return `${prefix.family}/${prefix.length} ${words.join(':')}`.trim();
}

const spellings: readonly [text: string, prefix: string | undefined][] = [
  ['10.1.2.3', '4/32 0a01:0203'],
  ['10.1.2', '4/24 0a01:0200'],
  ['10.1.2.', '4/24 0a01:0200'],
  ['10.1.*.*', '4/16 0a01'],
  ['10', '4/8 0a00'],
  ['10.1/20', '4/20 0a01:0000'],
  ['10.1.2.3/255.255.254.0', '4/23 0a01:0200'],
  ['0.0.0.0/0', '4/0'],
  ['10.1.2.3/0.0.0.0', '4/0'],
  ['2001:db8', '6/32 2001:0db8'],
  ['2001:db8:', '6/32 2001:0db8'],
  ['2001:DB8::', '6/32 2001:0db8'],
  ['2001:db8::/33', '6/33 2001:0db8:0000'],
  ['2001:db8::1', '6/128 2001:0db8:0000:0000:0000:0000:0000:0001'],
  ['IPv6:2001:db8::1/64', '6/64 2001:0db8:0000:0000'],
  ['::', '6/128 0000:0000:0000:0000:0000:0000:0000:0000'],
  ['::/0', '6/0'],
  ['64:ff9b::10.1.2.3', '6/128 0064:ff9b:0000:0000:0000:0000:0a01:0203'],
  ['::ffff:10.1.2.3', '4/32 0a01:0203'],
  ['::ffff:a01:203/120', '4/24 0a01:0200'],
  ['', undefined],
  ['IPv6:10.1.2.3', undefined],
  ['10.1.2.3.4', undefined],
  ['10..2', undefined],
  ['010.1.2.3', undefined],
  ['256', undefined],
  ['10.1.2.3/33', undefined],
  ['10.1.2.3/255.0.255.0', undefined],
  ['10.1.2.3/', undefined],
  ['1:2:3:4:5:6:7:8:9', undefined],
  ['1:2:3:4::5:6:7:8', undefined],
  ['1::2::3', undefined],
  [':1:2', undefined],
  ['2001:db8::10.1', undefined],
  ['2001:db8:10.1.2.256', undefined],
  ['::ffff:010.1.2.3', undefined],
  ['10.1.2.3::1', undefined],
  ['1:10.1.2.3:10.1.2.3', undefined],
  ['10.1.2.3:', undefined],
  ['2001:db8::/129', undefined],
];

test.for(spellings)('%s: %s', ([text, prefix]) => {
  expect(spelled(text)).toBe(prefix);
});

test('an exact prefix holds the addresses that the network of the same text holds', () => {
  const zero = fc.constantFrom('2001:db8::', '::', '::ffff:10.1.0.0', 'IPv6:2001:db8::', '10.1.0.0');
  const text = fc.oneof(fc.ipV4(), fc.ipV6(), zero);
  const size = fc.oneof(
    fc.constant(''),
    fc.nat(130).map((bits) => `/${bits}`),
    fc.constantFrom('/08', '/255.255.0.0', '/0', '/'),
  );
  fc.assert(
    fc.property(text, text, size, fc.boolean(), (base, other, bits, near) => {
      const network = parseNetwork(base + bits);
      const prefix = exactPrefix(base + bits);
      const address = parseAddress(near ? base : other);
      if (network === undefined || address === undefined) return;
      const held =
        prefix?.family === address.family && leadingBits(addressWords(address), prefix.length) === prefix.words;
      expect(held).toBe(networkContains(network, address));
    }),
  );
});

test('every address is a prefix of its own length', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.ipV4(),
        fc.ipV6().filter((text) => !text.endsWith('::')),
      ),
      (text) => {
        const address = parseAddress(text);
        expect(address && addressWords(address)).toBe(parsePrefix(text)?.words);
      },
    ),
  );
});
