import { expect, test } from 'vitest';
import { formatSocketAddress } from '../lib/socket-address.ts';
import { isPeering, isUsual, listenersOf, socketsOf } from './listeners.ts';
import { readConfig } from './read-config.ts';

function listeners(text: string): string[] {
  const { config, errors } = readConfig('dd.conf', () => text);
  expect(errors).toEqual([]);
  return listenersOf(config, '/var/lib/ddgrey').map(
    ({ protocol, address, mode, gid }) => `${protocol} ${formatSocketAddress(address)} ${mode.toString(8)} ${gid}`,
  );
}

const GREYLIST = 'greylist unix:/var/lib/ddgrey/greylist.socket 666 undefined';
const SYNC = 'sync unix:/var/lib/ddgrey/ddgrey.socket 600 undefined';

test.for<[text: string, sockets: string[]]>([
  ['', [GREYLIST, SYNC]],
  ['listen policy 127.0.0.1:10023', ['policy 127.0.0.1:10023 666 undefined', GREYLIST, SYNC]],
  ['listen greylist unix:/run/a mode=0660 group=12', ['greylist unix:/run/a 660 12', SYNC]],
  [
    'listen greylist unix:a\nlisten greylist unix:b',
    ['greylist unix:/var/lib/ddgrey/a 666 undefined', 'greylist unix:/var/lib/ddgrey/b 666 undefined', SYNC],
  ],
  ['listen greyd unix:a', ['greyd unix:/var/lib/ddgrey/a 600 undefined', GREYLIST, SYNC]],
  ['listen milter unix:a', ['milter unix:/var/lib/ddgrey/a 666 undefined', GREYLIST, SYNC]],
  // p75: a port alone is none that is listened on.
  ['port 17220', [GREYLIST, SYNC]],
  ['port 7\naccept 192.0.2.1', [GREYLIST, SYNC, 'peer :7 600 undefined']],
  ['port 7\naccept_reader a.example', [GREYLIST, SYNC, 'peer :7 600 undefined']],
  ['port 7\naccept_writer 2001:db8::/32', [GREYLIST, SYNC, 'peer :7 600 undefined']],
  ['port 7\npeer a.example 8', [GREYLIST, SYNC, 'peer :7 600 undefined']],
  ['port 7\nserver_read a.example', [GREYLIST, SYNC]],
  ['port 7\naccept none', [GREYLIST, SYNC]],
  ['listen peer 192.0.2.1:7\naccept a.example', ['peer 192.0.2.1:7 600 undefined', GREYLIST, SYNC]],
  ['listen sync unix:a group=root', ['sync unix:/var/lib/ddgrey/a 600 0', GREYLIST]],
])('%j serves %j', ([text, sockets]) => {
  expect(listeners(text)).toEqual(sockets);
});

test.for<[text: string, peering: boolean]>([
  ['', false],
  ['port 7\nlisten greyd 127.0.0.1:7', false],
  ['accept a.example', true],
  ['accept_reader a.example', true],
  ['accept_writer a.example', true],
  ['peer a.example', true],
  ['server_read a.example', true],
  ['listen peer 127.0.0.1:7', true],
])('with %j reports are exchanged: %s', ([text, peering]) => {
  expect(isPeering(readConfig('dd.conf', () => text).config)).toBe(peering);
});

test('a group that does not exist is named', () => {
  expect(() => listeners('listen sync unix:a group=no-such-group')).toThrow('there is no group no-such-group');
});

test.for<[line: string, usual: readonly string[]]>([
  ['listen policy 127.0.0.1:10023', ['greylist', 'sync']],
  ['listen greylist unix:/run/x.socket', ['sync']],
  ['listen greylist unix:/d/greylist.socket', ['greylist', 'sync']],
  ['listen greylist unix:/d/a\nlisten sync unix:/d/greylist.socket', []],
])('of the sockets of %j these are there anyway: %j', ([line, usual]) => {
  const { config } = readConfig('ddgrey.conf', () => line);
  const there = socketsOf(config, '/d').filter((socket) => isUsual(socket, '/d'));
  expect(there.map(({ protocol }) => protocol)).toEqual(usual);
});
