import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  absoluteAddress,
  collide,
  formatSocketAddress,
  parseSocketAddress,
  type SocketAddress,
} from './socket-address.ts';

const unix = (path: string): SocketAddress => ({ kind: 'unix', path });
const tcp = (host: string, port: number): SocketAddress => ({ kind: 'tcp', host, port });

test.for<[text: string, address: SocketAddress | undefined]>([
  ['unix:/run/a.socket', unix('/run/a.socket')],
  ['local:a.socket', unix('a.socket')],
  ['unix:/run/a b', unix('/run/a b')],
  ['127.0.0.1:10023', tcp('127.0.0.1', 10_023)],
  ['localhost:0', tcp('localhost', 0)],
  ['[::1]:25', tcp('::1', 25)],
  ['[fe80::1%eth0]:25', tcp('fe80::1%eth0', 25)],
  ['inet:25@127.0.0.1', tcp('127.0.0.1', 25)],
  ['inet:25@[::1]', tcp('::1', 25)],
  ['inet6:25@::1', tcp('::1', 25)],
  ['127.0.0.1:65535', tcp('127.0.0.1', 65_535)],
  ['127.0.0.1:65536', undefined],
  ['127.0.0.1', undefined],
  ['::1:25', undefined],
  ['[::1]', undefined],
  ['[a b]:1', undefined],
  ['a b:1', undefined],
  ['a@b:1', undefined],
  ['[[a]:1', undefined],
  ['inet:25', undefined],
  ['INET6:25', undefined],
  ['*:25', undefined],
  ['inet:25@[::1', undefined],
  ['inet:25@[::1]a', undefined],
  ['inet:25@[a b]', undefined],
  ['inet:25@a b', undefined],
  ['an inet:25@a', undefined],
  ['UNIX:25', undefined],
  ['Local:25', undefined],
  ['a unix:/run/a', undefined],
  [':25', undefined],
  ['unix:', undefined],
  ['/run/a.socket', undefined],
  ['', undefined],
])('%j is %j', ([text, address]) => {
  expect(parseSocketAddress(text)).toEqual(address);
});

test('an address that was written reads back as the same', () => {
  const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
  const address = fc.oneof(
    fc.stringMatching(/^[^\r\n\u2028\u2029]+$/).map(unix),
    fc.tuple(host, fc.nat(65_535)).map(([name, port]) => tcp(name, port)),
  );
  fc.assert(
    fc.property(address, (given) => {
      expect(parseSocketAddress(formatSocketAddress(given))).toEqual(given);
    }),
  );
});

test('what any text spells is written so that it spells the same', () => {
  const text = fc.array(fc.constantFrom('unix:', 'inet:', '25', '@', '[', ']', ':', 'a', ' ', '\n', '::1', ':1'));
  fc.assert(
    fc.property(text, (pieces) => {
      const address = parseSocketAddress(pieces.join(''));
      if (address === undefined) return;
      expect(parseSocketAddress(formatSocketAddress(address))).toEqual(address);
    }),
  );
});

test.for<[one: SocketAddress, other: SocketAddress, expected: boolean]>([
  [unix('/run/a'), unix('/run/./a'), true],
  [unix('/run/a'), unix('/run/b'), false],
  [unix('a'), tcp('a', 1), false],
  [tcp('127.0.0.1', 1), tcp('127.0.0.1', 1), true],
  [tcp('127.0.0.1', 0), tcp('127.0.0.1', 0), false],
  [tcp('127.0.0.1', 1), tcp('127.0.0.1', 2), false],
  [tcp('127.0.0.1', 1), tcp('::1', 1), false],
  [tcp('127.0.0.1', 1), tcp('0.0.0.0', 1), true],
  [tcp('127.0.0.1', 1), tcp('::', 1), true],
  [tcp('0.0.0.0', 1), tcp('::1', 1), false],
  [tcp('0.0.0.0', 1), tcp('::', 1), true],
  [tcp('::', 1), tcp('::1', 1), true],
  [tcp('', 1), tcp('127.0.0.1', 1), true],
  [tcp('', 1), tcp('localhost', 1), true],
])('%o and %o: only one can be listened on: %s', ([one, other, expected]) => {
  expect([collide(one, other), collide(other, one)]).toEqual([expected, expected]);
});

test.for<[address: SocketAddress, there: SocketAddress]>([
  [unix('a.socket'), unix('/var/lib/ddgrey/a.socket')],
  [unix('/run/a.socket'), unix('/run/a.socket')],
  [tcp('a', 1), tcp('a', 1)],
])('%o, seen from elsewhere, is %o', ([address, there]) => {
  expect(absoluteAddress(address, '/var/lib/ddgrey')).toEqual(there);
});
