// The sockets that a configuration asks for, ready to be opened.
import { absoluteAddress, formatSocketAddress, type SocketAddress } from '../lib/socket-address.ts';
import { groupId } from '../lib/system-users.ts';
import { LISTENER_OPTIONS } from './listener-options.ts';
import type { Listener } from './listener-type.ts';
import type { Config } from './options.ts';

export interface ListenerInForce {
  readonly protocol: Listener['protocol'];
  readonly address: SocketAddress;
  readonly mode: number;
  readonly gid: number | undefined;
}

/**
 * Mail servers have users of their own, and must be able to ask; through a socket of greyd or sync everything can be
 * changed.
 */
const DEFAULT_MODES: { readonly [P in Listener['protocol']]: number } = {
  greylist: 0o666,
  policy: 0o666,
  milter: 0o666,
  greyd: 0o600,
  sync: 0o600,
  peer: 0o600,
};

/** The sockets to serve. Throws, in words for an administrator, if a group does not exist. */
export function listenersOf(config: Config, directory: string): readonly ListenerInForce[] {
  return socketsOf(config, directory).map(({ protocol, address, mode, group }) => ({
    protocol,
    address,
    mode: mode ?? DEFAULT_MODES[protocol],
    gid: group === undefined ? undefined : groupId(group),
  }));
}

/** The sockets where they are found, for whoever connects to them. */
export function socketsOf(config: Config, directory: string): readonly Listener[] {
  return allListeners(config).map((listener) => ({
    ...listener,
    address: absoluteAddress(listener.address, directory),
  }));
}

/** The sockets as they are written, and the one that other servers connect to. */
export function allListeners(config: Config): readonly Listener[] {
  return [...config.listen, ...networkListener(config)];
}

/** Whether a socket, as socketsOf has it, is a default one, which is served also where no line names it. */
export function isUsual({ protocol, address }: Pick<Listener, 'protocol' | 'address'>, directory: string): boolean {
  return LISTENER_OPTIONS.listen.default.some((usual) => {
    const place = absoluteAddress(usual.address, directory);
    return usual.protocol === protocol && formatSocketAddress(place) === formatSocketAddress(address);
  });
}

/** Whether reports are exchanged with anybody. Asked for each first attempt. */
export function isPeering(config: Config): boolean {
  return config.server_read.length > 0 || isOpenToPeers(config);
}

/** Whether a daemon that starts with this configuration opens a port to other servers. */
export function isOpenToPeers(config: Config): boolean {
  return hasCallers(config) || hasPeerLine(config);
}

/** The port of other servers, and of this one, unless the configuration names another. */
export function usualPort({ port }: Config): number {
  if (port !== 0) return port;
  return process.getuid?.() === 0 ? 722 : 1722;
}

/** Where other servers connect, if any may and no line says where. */
function networkListener(config: Config): readonly Listener[] {
  if (!hasCallers(config) || hasPeerLine(config)) return [];
  // No host: all addresses, of IPv6 too where there is IPv6.
  return [{ protocol: 'peer', address: { kind: 'tcp', host: '', port: usualPort(config) } }];
}

function hasCallers(config: Config): boolean {
  const { accept, accept_reader: readers, accept_writer: writers, peer } = config;
  return accept.length + readers.length + writers.length + peer.length > 0;
}

function hasPeerLine({ listen }: Config): boolean {
  return listen.some(({ protocol }) => protocol === 'peer');
}
