import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorCode } from './error-cause.ts';
import { explainPath, explainPort, listen, type SocketAccess } from './listen.ts';

let directory = '';
const servers: Server[] = [];
const clients: Socket[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddgrey-listen-'));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const server of servers.splice(0)) await closed(server);
  rmSync(directory, { recursive: true });
});

function newServer(): Server {
  const server = createServer();
  servers.push(server);
  return server;
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
}

/** A socket file as a killed program leaves it. */
function leaveSocketBehind(path: string): void {
  const script = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script, path]);
  expect(existsSync(path)).toBe(true);
}

test('a unix socket gets the mode that was asked for, and goes when the server closes', async () => {
  const path = join(directory, 's');
  const server = newServer();
  expect(await listen(server, { kind: 'unix', path }, { mode: 0o660, gid: process.getgid?.() })).toEqual({
    kind: 'unix',
    path,
  });
  expect(statSync(path).mode & 0o777).toBe(0o660);
  await closed(server);
  expect(existsSync(path)).toBe(false);
});

test('a link that takes the place of the socket gets neither its mode nor its owner to another file', async () => {
  const [path, victim] = [join(directory, 's'), join(directory, 'victim')];
  writeFileSync(victim, 'precious', { mode: 0o600 });
  const { uid } = statSync(victim);
  const server = newServer();
  server.on('listening', () => {
    unlinkSync(path);
    symlinkSync(victim, path);
  });
  // Only root may give a file away.
  await listen(server, { kind: 'unix', path }, { mode: 0o666, uid: uid === 0 ? 65_534 : uid });
  const after = statSync(victim);
  expect([after.mode & 0o777, after.uid]).toEqual([0o600, uid]);
});

test.for(['127.0.0.1', '::1'])('port 0 on %s becomes a real port', async (host) => {
  const address = await listen(newServer(), { kind: 'tcp', host, port: 0 }, {});
  expect(address).toEqual({ kind: 'tcp', host, port: expect.any(Number) });
  expect(address).not.toHaveProperty('port', 0);
});

test('the socket of a dead program is replaced', async () => {
  const path = join(directory, 's');
  leaveSocketBehind(path);
  const server = newServer();
  await listen(server, { kind: 'unix', path }, {});
  // A server that failed to listen has the address as well.
  expect([server.listening, server.address()]).toEqual([true, path]);
});

test('k18: the socket of a living one is not', async () => {
  const path = join(directory, 's');
  await listen(newServer(), { kind: 'unix', path }, {});
  await expect(listen(newServer(), { kind: 'unix', path }, {})).rejects.toThrow(
    `cannot listen on unix:${path}: another ddgreyd listens on ${path}; stop it first`,
  );
  expect(existsSync(path)).toBe(true);
});

/** The code of the error with which connecting ends; undefined: there is none. */
async function knock(path: string): Promise<unknown> {
  const socket = createConnection(path);
  clients.push(socket);
  return once(socket, 'connect').then(
    () => undefined,
    (error: unknown) => errorCode(error),
  );
}

test('the socket of one that hangs, with as many clients waiting as may, is not either', async () => {
  const path = join(directory, 's');
  const stop = `() => process.kill(process.pid, 'SIGSTOP')`;
  const script = `require('node:net').createServer().listen({ path: process.argv[1], backlog: 1 }, ${stop})`;
  const hanging = spawn(process.execPath, ['-e', script, path], { stdio: 'ignore' });
  try {
    while ((await knock(path)) !== 'EAGAIN') await sleep(5);
    await expect(listen(newServer(), { kind: 'unix', path }, {})).rejects.toThrow(
      `cannot listen on unix:${path}: another ddgreyd listens on ${path}; stop it first`,
    );
  } finally {
    hanging.kill('SIGKILL');
  }
});

test.runIf(process.geteuid?.() === 0).for<[what: string, modeOfDirectory: number, mode: number]>([
  ['may not try', 0o777, 0o600],
  ['may not remove', 0o1777, 0o666],
])("the socket of another user's dead program, which we %s", async ([, modeOfDirectory, mode]) => {
  const path = join(directory, 's');
  leaveSocketBehind(path);
  chmodSync(path, mode);
  chmodSync(directory, modeOfDirectory);
  process.seteuid?.(65_534);
  try {
    await expect(listen(newServer(), { kind: 'unix', path }, {})).rejects.toThrow(
      `cannot listen on unix:${path}: ${path} is another user's; remove it if no program of that user listens there`,
    );
  } finally {
    process.seteuid?.(0);
  }
});

test.skipIf(process.geteuid?.() !== 0).for<[access: SocketAccess, owner: number, group: number]>([
  [{}, 0, 65_532],
  [{ uid: 65_534 }, 65_534, 65_532],
  [{ gid: 65_533 }, 0, 65_533],
  [{ uid: 65_534, gid: 65_533 }, 65_534, 65_533],
])('a socket for %o belongs to user %i and group %i', async ([access, owner, group]) => {
  const path = join(directory, 's');
  // The directory hands its group on: one that nobody asked for would be seen.
  chownSync(directory, 0, 65_532);
  chmodSync(directory, 0o2755);
  await listen(newServer(), { kind: 'unix', path }, access);
  const { uid, gid } = statSync(path);
  expect([uid, gid]).toEqual([owner, group]);
});

test.skipIf(process.geteuid?.() !== 0)('a group that the daemon is not in', async () => {
  const path = join(directory, 's');
  const server = newServer();
  chmodSync(directory, 0o777);
  process.seteuid?.(65_534);
  try {
    await expect(listen(server, { kind: 'unix', path }, { gid: 65_533 })).rejects.toThrow(
      `no permission to give ${path} to that group; make this user one of it (systemd: SupplementaryGroups=)`,
    );
  } finally {
    process.seteuid?.(0);
  }
  // Nobody is served by a daemon that said that it can't be started.
  expect([server.listening, existsSync(path)]).toEqual([false, false]);
});

test('a file that is no socket stays', async () => {
  const path = join(directory, 's');
  writeFileSync(path, 'precious');
  await expect(listen(newServer(), { kind: 'unix', path }, {})).rejects.toThrow(
    'exists and is not a socket; remove it',
  );
  expect(existsSync(path)).toBe(true);
});

test('a directory that is not there is named, with what to do', async () => {
  const path = join(directory, 'none', 's');
  await expect(listen(newServer(), { kind: 'unix', path }, {})).rejects.toThrow(
    `the directory ${join(directory, 'none')} does not exist; create it`,
  );
});

test.for([
  [107, 'listened on'],
  [108, 'refused, and not cut off: longer than 107 bytes'],
] as const)('a path of %i bytes, in fewer letters, is %s', async ([bytes, outcome]) => {
  const start = join(directory, 'å');
  const path = start + 'x'.repeat(bytes - Buffer.byteLength(start));
  const said = listen(newServer(), { kind: 'unix', path }, {}).then(
    () => (existsSync(path) ? 'listened on' : 'cut off'),
    (error: unknown) => `refused, and not cut off: ${/longer.*/.exec(String(error))?.[0]}`,
  );
  expect(await said).toBe(outcome);
});

test('a port in use is named as such', async () => {
  const address = await listen(newServer(), { kind: 'tcp', host: '127.0.0.1', port: 0 }, {});
  await expect(listen(newServer(), address, {})).rejects.toThrow('is in use by another program');
});

test('an address that is not of this machine is named as such', async () => {
  const address = { kind: 'tcp', host: '192.0.2.1', port: 0 } as const;
  await expect(listen(newServer(), address, {})).rejects.toThrow(
    'cannot listen on 192.0.2.1:0: 192.0.2.1 is not an address of this machine',
  );
});

// root may do all this, so the others' errors are made by a user only.
test.skipIf(process.geteuid?.() === 0)('a directory that others own', async () => {
  chmodSync(directory, 0o500);
  await expect(listen(newServer(), { kind: 'unix', path: join(directory, 's') }, {})).rejects.toThrow('no permission');
});

test.for([
  [explainPath('EACCES', '/tmp/s'), 'no permission for /tmp/s; give this user the right to write in /tmp'],
  [explainPath('ENOTDIR', '/dev/null/s'), '/dev/null is not a directory; choose another path'],
  [explainPath('EROFS', '/usr/s'), '/usr is on a read-only file system; choose another path'],
  [
    explainPort('EACCES', { host: '::', port: 25 }),
    'no permission for port 25; start as root or choose a port above 1023',
  ],
  [explainPort('ENOTFOUND', { host: 'mx', port: 25 }), 'the name mx has no address'],
  [explainPort('EAI_AGAIN', { host: 'mx', port: 25 }), 'the name mx has no address'],
  [explainPort('EMFILE', { host: 'mx', port: 25 }), undefined],
])('%s', ([said, expected]) => {
  expect(said).toBe(expected);
});
