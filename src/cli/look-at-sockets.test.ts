import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { identityFor, withRightsOf } from '../lib/privileges.ts';
import type { SocketAddress } from '../lib/socket-address.ts';
import { lookAtSockets } from './look-at-sockets.ts';
import type { SocketFacts } from './socket-findings.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-sockets-'));
chmodSync(directory, 0o755);
afterAll(() => rmSync(directory, { recursive: true }));

function look(address: SocketAddress, protocol: 'greylist' | 'peer' = 'greylist'): Promise<readonly SocketFacts[]> {
  return lookAtSockets([{ protocol, address }], { directory, configFile: '' });
}

test.for(['greylist', 'peer'] as const)('a %s socket is left again', async (protocol) => {
  await using server = createServer();
  const path = join(directory, protocol);
  await once(server.listen(path), 'listening');
  const connected = once(server, 'connection');
  expect(await look({ kind: 'unix', path }, protocol)).toMatchObject([{ listening: 'yes' }]);
  const [socket] = await connected;
  await once(socket.resume(), 'close');
});

test('a port is looked for at its own address', async () => {
  await using server = createServer((socket) => socket.end());
  await once(server.listen(0, '127.0.0.2'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  expect(await look({ kind: 'tcp', host: '127.0.0.2', port })).toMatchObject([{ listening: 'yes', steps: [] }]);
  expect(await look({ kind: 'tcp', host: '127.0.0.3', port })).toMatchObject([{ listening: 'no' }]);
});

test.runIf(process.geteuid?.() === 0)('a socket that is kept from us is not taken for dead', async () => {
  await using server = createServer((socket) => socket.end());
  const path = join(directory, 'kept');
  await once(server.listen(path), 'listening');
  chmodSync(path, 0o600);
  const found = withRightsOf(identityFor('nobody', ''), () => look({ kind: 'unix', path }));
  expect(await found).toMatchObject([{ listening: 'denied' }]);
  expect((await found)[0]?.steps.at(-1)).toMatchObject({ path, mode: 0o140600 });
});
