// The option type of `listen`: the sockets that the daemon serves.
import { formatSocketAddress, type SocketAddress } from '../lib/socket-address.ts';
import { linesOf } from './list-type.ts';
import { type OptionType, parsePlace, quoted, SOCKET_ADDRESSES } from './option-types.ts';

export const PROTOCOLS = ['greylist', 'policy', 'milter', 'greyd', 'sync', 'peer'] as const;

/** A socket that the daemon serves. */
export interface Listener {
  readonly protocol: (typeof PROTOCOLS)[number];
  readonly address: SocketAddress;
  /** File mode of a unix socket. */
  readonly mode?: number;
  /** Group of a unix socket's file. */
  readonly group?: string;
}

/** `PROTOCOL ADDRESS [mode=0660] [group=NAME]`. */
export const listeners: OptionType<readonly Listener[]> = linesOf({
  allowed: `${PROTOCOLS.join(', ')}, then ${SOCKET_ADDRESSES}, then perhaps mode=0660 group=NAME (unix)`,
  parse: parseListener,
  problem: listenerProblem,
  write: writeListener,
});

function protocolOf(name = ''): Listener['protocol'] | undefined {
  return PROTOCOLS.find((candidate) => candidate === name.toLowerCase());
}

const ACCESS = /^(?:mode=([0-7]{3,4})|group=(\S+))$/;

function parseListener([name, where = '', ...rest]: readonly string[]): Listener | undefined {
  const protocol = protocolOf(name);
  const address = parsePlace(where);
  if (protocol === undefined || address === undefined) return undefined;
  let listener: Listener = { protocol, address };
  for (const text of rest) {
    const [, mode, group] = ACCESS.exec(text) ?? [];
    if (address.kind !== 'unix' || (mode ?? group) === undefined) return undefined;
    listener = { ...listener, ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }) };
    listener = { ...listener, ...(group === undefined ? {} : { group }) };
  }
  return listener;
}

/** The first word that is wrong, and what was probably meant. */
function listenerProblem([name, where, ...rest]: readonly string[]): string | undefined {
  if (protocolOf(name) === undefined) return `"${name}" is no protocol`;
  if (where === undefined) return 'no address given';
  const address = parsePlace(where);
  if (address === undefined) {
    const meant = meantBy(where);
    return `"${where}" is no address${meant === undefined ? '' : `; write ${meant}`}`;
  }
  if (address.kind === 'tcp' && rest.some((text) => ACCESS.test(text))) return 'mode= and group= are for unix sockets';
  return `"${rest.find((text) => !ACCESS.test(text))}" is not allowed`;
}

/** The address that was probably meant, where only a port or a path was written. */
function meantBy(where: string): string | undefined {
  if (Number(/(?:^|:)(\d+)$/.exec(where)?.[1]) > 65_535) return 'a port of at most 65535';
  const [, before, port] = /^(inet6?:|\*:|:)?(\d+)$/.exec(where) ?? [];
  if (port !== undefined)
    return before === 'inet6:'
      ? `[::1]:${port}, or [::]:${port} for all`
      : `127.0.0.1:${port}, or 0.0.0.0:${port} for all`;
  return /^[^:]*\/[^:]*$/.test(where) ? `unix:${where}` : undefined;
}

function writeListener({ protocol, address, mode, group }: Listener): string {
  const words = [protocol, quoted(formatSocketAddress(address))];
  if (mode !== undefined) words.push(`mode=${mode.toString(8).padStart(4, '0')}`);
  if (group !== undefined) words.push(`group=${group}`);
  return words.join(' ');
}
