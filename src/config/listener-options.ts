// Options: where the daemon listens.
import { type Listener, listeners } from './listener-type.ts';
import type { OptionTable } from './option.ts';

export interface ListenerConfig {
  readonly listen: readonly Listener[];
}

const DEFAULT_LISTENERS: readonly Listener[] = [
  { protocol: 'greylist', address: { kind: 'unix', path: 'greylist.socket' } },
  { protocol: 'sync', address: { kind: 'unix', path: 'ddgrey.socket' } },
];

export const LISTENER_OPTIONS: OptionTable<ListenerConfig> = {
  listen: {
    type: listeners,
    default: DEFAULT_LISTENERS,
    list: true,
    complete: (set) => [
      ...set,
      ...DEFAULT_LISTENERS.filter(({ protocol }) => !set.some((listener) => listener.protocol === protocol)),
    ],
    restart: true,
    about:
      'A socket to serve, one a line. greylist: Exim and anything that can open a socket; policy: Postfix; milter: Sendmail, and Postfix with smtpd_milters; greyd: ze-filter and other ddgrey servers in client mode; sync: the command line; peer: other servers that accept, accept_reader, accept_writer or peer names. Relative paths start at the directory given with -D; if HOST is a name, all of its addresses are listened on, but for those that have a line of their own. The defaults stay unless a line names their protocol. Without mode= any local user may ask (0666), and only root and the daemon itself may use greyd and sync (0600).',
  },
};
