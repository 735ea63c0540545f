// Makes a server listen on a unix socket or a TCP port, or says in one sentence why it can't and what to do.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { lchown, lstat, unlink } from 'node:fs/promises';
import { createConnection, type ListenOptions, type Server } from 'node:net';
import { dirname } from 'node:path';
import { causeOf, errorCode } from './error-cause.ts';
import { withFileMode } from './file-mode.ts';
import { formatSocketAddress, type SocketAddress } from './socket-address.ts';

/** Who may connect to a unix socket; without it, what the umask says and the user that we are. */
export interface SocketAccess {
  readonly mode?: number | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

/** Connections that may wait to be accepted; the system may lower it (net.core.somaxconn). */
const BACKLOG = 1024;
/** What a unix socket's path may have, in bytes (unix(7): sun_path is 108 with its end). */
export const LONGEST_PATH = 107;

/**
 * Listens. A socket file that nobody listens on any more is replaced. Returns the address with the port that was given
 * for port 0. Throws an error with a message for an administrator.
 */
export async function listen(server: Server, address: SocketAddress, access: SocketAccess): Promise<SocketAddress> {
  try {
    if (address.kind === 'unix') {
      await bindPath(server, address.path, access);
      await giveTo(address.path, access);
      return address;
    }
    await bind(server, { host: address.host, port: address.port });
    const bound = server.address();
    return bound !== null && typeof bound === 'object' ? { ...address, port: bound.port } : address;
  } catch (error) {
    server.close();
    throw new Error(`cannot listen on ${formatSocketAddress(address)}: ${explain(errorCode(error), address, error)}`, {
      cause: error,
    });
  }
}

async function bind(server: Server, options: ListenOptions): Promise<void> {
  server.listen({ ...options, backlog: BACKLOG });
  await once(server, 'listening');
}

async function bindPath(server: Server, path: string, { mode }: SocketAccess): Promise<void> {
  // The system would cut the path off, and listen at another one.
  if (Buffer.byteLength(path) > LONGEST_PATH) throw new Error(`the path is longer than ${LONGEST_PATH} bytes`);
  // The mode is not set afterwards, by the path: if somebody puts a link there, another file would get it.
  const bindThere = (): Promise<void> => withFileMode(mode, () => bind(server, { path }));
  try {
    await bindThere();
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE' || !(await isStale(path))) throw error;
    await unlink(path).catch((cause: unknown) => ofAnother(path, cause));
    await bindThere();
  }
}

/** Whether the socket file was left behind by a program that is gone. Throws if one answers. */
async function isStale(path: string): Promise<boolean> {
  // Connecting to a plain file is refused as well, and that must not be removed.
  if (!(await lstat(path)).isSocket()) return false;
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
  } catch (error) {
    if (errorCode(error) === 'ECONNREFUSED') return true;
    // Who accepts no more connections, since it hangs or is very busy, listens all the same.
    if (errorCode(error) !== 'EAGAIN') ofAnother(path, error);
  } finally {
    socket.destroy();
  }
  throw new Error(`another ddgreyd listens on ${path}; stop it first`);
}

/** Throws that the socket is another user's: that we may neither try nor remove it has nothing to do with the directory. */
function ofAnother(path: string, error: unknown): never {
  if (errorCode(error) !== 'EACCES' && errorCode(error) !== 'EPERM') throw error;
  throw new Error(`${path} is another user's; remove it if no program of that user listens there`, { cause: error });
}

/** Gives the socket its owner; if a link was put in its place, not the file to which that leads. */
async function giveTo(path: string, { uid = -1, gid = -1 }: SocketAccess): Promise<void> {
  if (uid !== -1 || gid !== -1) await lchown(path, uid, gid);
}

/** What went wrong and what to do, by the system's error code. */
function explain(code: unknown, address: SocketAddress, error: unknown): string {
  const sentence = address.kind === 'unix' ? explainPath(code, address.path) : explainPort(code, address);
  return sentence ?? causeOf(error);
}

/**
 * Exported for who only looks whether a socket could be opened, and for a test: not every error can be provoked by
 * everybody.
 */
export function explainPath(code: unknown, path: string): string | undefined {
  switch (code) {
    case 'ENOTDIR':
      return `${dirname(path)} is not a directory; choose another path`;
    case 'ENOENT':
    case 'EACCES':
      // libuv says EACCES for a missing directory as well.
      return existsSync(dirname(path))
        ? `no permission for ${path}; give this user the right to write in ${dirname(path)}`
        : `the directory ${dirname(path)} does not exist; create it`;
    case 'EPERM':
      return `no permission to give ${path} to that group; make this user one of it (systemd: SupplementaryGroups=), start as root, or leave group= out`;
    case 'EROFS':
      return `${dirname(path)} is on a read-only file system; choose another path`;
    case 'EADDRINUSE':
      return `${path} exists and is not a socket; remove it or choose another path`;
    default:
      return undefined;
  }
}

/** Exported for its test, likewise. */
export function explainPort(code: unknown, { host, port }: { host: string; port: number }): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is in use by another program; stop that or choose another port`;
    case 'EACCES':
      return `no permission for port ${port}; start as root or choose a port above 1023`;
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name ${host} has no address`;
    default:
      return undefined;
  }
}
