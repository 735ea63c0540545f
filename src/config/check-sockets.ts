// What keeps a socket from being opened on this machine, as far as can be told before it is tried.
import { lstatSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { explainPath, LONGEST_PATH } from '../lib/listen.ts';
import { isOwnAddress } from '../lib/own-address.ts';
import { formatSocketAddress, type SocketAddress } from '../lib/socket-address.ts';
import { parseAddress } from '../policy/address.ts';
import { writtenAs } from './check-config.ts';
import type { Conflict, SetLines } from './conflict.ts';
import { allListeners } from './listeners.ts';
import type { Config } from './options.ts';

/** Paths whose directories systemd makes when it starts the daemon. */
const MADE_LATER = /^(?:\/var)?\/run\//;

/** What stands for all addresses of the machine. */
const ALL: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** The sockets that can't be opened, or perhaps can't, each at its line. */
export function checkSockets(config: Config, set: SetLines, directory: string): readonly Conflict[] {
  return allListeners(config).flatMap(({ address }): readonly Conflict[] => {
    const found =
      address.kind === 'unix' ? pathProblem(resolve(directory, address.path), directory) : hostProblem(address);
    if (found === undefined) return [];
    // A default socket stands in no line, though others may.
    const word = writtenAs(address, set) ?? formatSocketAddress(address);
    return [{ options: ['listen'], word, ...found, message: `listen: ${found.message}` }];
  });
}

type Found = Pick<Conflict, 'message' | 'warning'>;

function pathProblem(path: string, directory: string): Found | undefined {
  if (Buffer.byteLength(path) > LONGEST_PATH) return { message: `${path} is longer than ${LONGEST_PATH} bytes` };
  const message = explainPath(errorAt(path, directory), path);
  return message === undefined ? undefined : { message };
}

/**
 * The code of the error with which opening the socket would end; undefined if there would be none, or where we may not
 * look.
 */
function errorAt(path: string, directory: string): string | undefined {
  const above = dirname(path);
  try {
    const found = statSync(above, { throwIfNoEntry: false });
    // As with the database, the daemon's own directory may be made at its start.
    if (found === undefined) return above === resolve(directory) || MADE_LATER.test(path) ? undefined : 'ENOENT';
    if (!found.isDirectory()) return 'ENOTDIR';
    return lstatSync(path, { throwIfNoEntry: false })?.isSocket() === false ? 'EADDRINUSE' : undefined;
  } catch {
    return undefined;
  }
}

/** Only a warning: the address may move to this machine later. */
function hostProblem({ host }: SocketAddress & { kind: 'tcp' }): Found | undefined {
  const address = parseAddress(host)?.text;
  if (address === undefined || ALL.has(address) || isOwnAddress(address) !== false) return undefined;
  return { message: `${host} is not an address of this machine; ddgreyd would not start`, warning: true };
}
