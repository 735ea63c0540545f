// The sockets that a configuration asks for, ready to be opened.
import { resolve } from 'node:path';
import type { SocketAddress } from '../lib/socket-address.ts';
import { groupId } from '../lib/system-users.ts';
import type { Listener } from './listener-type.ts';
import type { Config } from './options.ts';

export interface ListenerInForce {
  readonly protocol: Listener['protocol'];
  readonly address: SocketAddress;
  readonly mode: number;
  readonly gid: number | undefined;
}

/** Mail servers run under users of their own; what comes in through a socket of greyd or sync can change everything. */
const DEFAULT_MODES: { readonly [P in Listener['protocol']]: number } = {
  greylist: 0o666,
  policy: 0o666,
  milter: 0o666,
  greyd: 0o600,
  sync: 0o600,
};

/** The sockets to serve. Throws, in words for an administrator, if a group does not exist. */
export function listenersOf(config: Config, directory: string): readonly ListenerInForce[] {
  return config.listen.map((listener) => ({
    protocol: listener.protocol,
    address: absolute(listener.address, directory),
    mode: listener.mode ?? DEFAULT_MODES[listener.protocol],
    gid: listener.group === undefined ? undefined : groupId(listener.group),
  }));
}

function absolute(address: SocketAddress, directory: string): SocketAddress {
  return address.kind === 'unix' ? { kind: 'unix', path: resolve(directory, address.path) } : address;
}
