import { expect, test } from 'vitest';
import type { SocketAddress } from '../lib/socket-address.ts';
import { listensThere } from './listens-there.ts';

function tcp(host: string, port = 7): SocketAddress {
  return { kind: 'tcp', host, port };
}

function unix(path: string): SocketAddress {
  return { kind: 'unix', path };
}

test.for<[own: SocketAddress, asked: SocketAddress, isSame: boolean]>([
  [tcp('192.0.2.1'), tcp('192.0.2.1'), true],
  [tcp('192.0.2.1'), tcp('192.0.2.1', 8), false],
  [tcp('192.0.2.1'), tcp('192.0.2.2'), false],
  [tcp('MX.example.org'), tcp('mx.Example.org'), true],
  ...['', '0.0.0.0', '::'].map((host): [SocketAddress, SocketAddress, boolean] => [tcp(host), tcp('192.0.2.1'), true]),
  [tcp('', 8), tcp('192.0.2.1'), false],
  [tcp('192.0.2.1'), tcp('0.0.0.0'), false],
  ...['127.0.0.1', '127.100.100.100', '::1', 'LocalHost'].flatMap(
    (host): readonly [SocketAddress, SocketAddress, boolean][] => [
      [tcp(host), tcp('localhost'), true],
      [tcp('LOCALHOST'), tcp(host), true],
    ],
  ),
  // An address is no other one, though both are of this machine.
  [tcp('127.0.0.1'), tcp('::1'), false],
  [tcp('192.0.2.1'), tcp('localhost'), false],
  [tcp('localhost'), tcp('192.0.2.1'), false],
  [tcp('127.0.0.1'), tcp('localhost.example.org'), false],
  [tcp('127.0.0.1'), tcp('lb.localhost'), false],
  [tcp('localhost'), unix('/s'), false],
  [unix('/s'), tcp('localhost'), false],
  [unix('/s'), unix('/s'), true],
  [unix('/s'), unix('/t'), false],
  [unix('/run/s'), unix('/var/run/s'), true],
  [unix('/var/run/s'), unix('/run/s'), true],
  [unix('/q/run/s'), unix('/q/var/run/s'), false],
])('where %j is served, %j is: %s', ([own, asked, isSame]) => {
  expect(listensThere([{ protocol: 'milter', address: own }], asked)).toBe(isSame);
});
