// Options: a central server that is asked (ze-filter's client mode).
import type { SocketAddress } from '../lib/socket-address.ts';
import { HOUR, type OptionTable } from './option.ts';
import { choice, durationFrom, socketAddress } from './option-types.ts';

export interface ClientModeConfig {
  readonly GREY_MODE: 'STANDALONE' | 'CLIENT';
  readonly GREY_SOCKET: SocketAddress;
  readonly GREY_CONNECT_TIMEOUT: number;
}

export const CLIENT_MODE_OPTIONS: OptionTable<ClientModeConfig> = {
  GREY_MODE: {
    type: choice('STANDALONE', 'CLIENT'),
    default: 'STANDALONE',
    restart: true,
    about:
      'CLIENT: what is new here is asked from a central server, which listens with `listen greyd`. While it is away, this server decides by itself.',
  },
  GREY_SOCKET: {
    type: socketAddress,
    default: { kind: 'tcp', host: '127.0.0.1', port: 2012 },
    restart: true,
    about: 'The central server in client mode. Relative paths start at the directory given with -D.',
  },
  GREY_CONNECT_TIMEOUT: {
    type: durationFrom(1, HOUR),
    default: 10,
    restart: true,
    about: 'How long a connection to the central server may take to be made.',
  },
};
