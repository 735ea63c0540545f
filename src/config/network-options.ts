// Options: exchanging reports with other servers.
import { type PeerEvents, type PeerHost, peerEvents, peerHosts, type TrustedHost, trustedHosts } from './host-types.ts';
import { orNone, wordsOf } from './list-type.ts';
import { isFingerprint, parseFingerprint } from '../lib/fingerprint.ts';
import type { OptionTable } from './option.ts';
import { choice, count, fileOrNone, port } from './option-types.ts';

export interface NetworkConfig {
  /** 0: the one that is usual. */
  readonly port: number;
  readonly peer: readonly PeerHost[];
  readonly server_read: readonly PeerHost[];
  readonly accept: readonly TrustedHost[];
  readonly accept_reader: readonly TrustedHost[];
  readonly accept_writer: readonly TrustedHost[];
  readonly peer_events: readonly PeerEvents[];
  readonly peer_rate: number;
  readonly peer_tls: 'none' | 'may' | 'require';
  readonly peer_certificate: string;
  readonly peer_key: string;
  readonly peer_ca: readonly string[];
}

const certificates = orNone(
  wordsOf({
    allowed: 'files, in quotes if their names hold spaces, and sha256:FINGERPRINT with 64 hexadecimal digits',
    parse: (text) => (text === '' || (isFingerprint(text) && parseFingerprint(text) === undefined) ? undefined : text),
    write: (text) => text,
  }),
);

export const NETWORK_OPTIONS: OptionTable<NetworkConfig> = {
  port: {
    type: port,
    default: 0,
    defaultNote: '722 when started as root, else 1722',
    restart: true,
    about:
      'The TCP port on which other servers read and hand in reports, and on which they are expected to listen. It is opened on all addresses when accept, accept_reader, accept_writer or peer says who may connect; "listen peer ADDRESS" chooses an address instead.',
  },
  peer: {
    type: peerHosts,
    default: [],
    list: true,
    restart: true,
    about:
      'A server to exchange reports with, one a line: like server_read and accept_reader together. A line that names this server itself is skipped, so that all servers can have the same lines.',
  },
  server_read: {
    aliases: ['server'],
    type: peerHosts,
    default: [],
    list: true,
    restart: true,
    about: 'A server to read reports from, one a line.',
  },
  accept: {
    type: trustedHosts,
    default: [],
    list: true,
    about:
      'Who may read reports and hand them in. Names, in full, are looked up in DNS and /etc/hosts at every start and every hour. A daemon that opened no port to other servers must be started anew when the first of them is named.',
  },
  accept_reader: {
    type: trustedHosts,
    default: [],
    list: true,
    about: 'Who may read reports.',
  },
  accept_writer: {
    type: trustedHosts,
    default: [],
    list: true,
    about: 'Who may hand in reports.',
  },
  peer_events: {
    type: peerEvents,
    default: [],
    list: true,
    restart: true,
    about:
      'The events that are taken from a server, whether they are read there or handed in, one server or network a line; the first line that holds its address, or the name by which peer or server_read calls it, counts, and from those that no line holds all are taken.',
  },
  peer_rate: {
    type: count,
    default: 0,
    about:
      'How many reports a minute are taken from each server, whether they are read there or handed in; others wait there. 0: as many as there are.',
  },
  peer_tls: {
    type: choice('none', 'may', 'require'),
    default: 'none',
    restart: true,
    about:
      'Whether connections between servers are encrypted, with certificates of both sides. may: with those that can (the original daemon cannot); require: with all, or nothing is exchanged.',
  },
  peer_certificate: {
    type: fileOrNone,
    default: '',
    restart: true,
    about:
      'The file with the certificate of this server (PEM), for peer_tls. It and those of peer_key and peer_ca are read at the start and with SIGHUP. Here, in peer_key and in peer_ca relative paths start at the directory given with -D.',
  },
  peer_key: {
    type: fileOrNone,
    default: '',
    restart: true,
    about: 'The file with the key of peer_certificate (PEM).',
  },
  peer_ca: {
    type: certificates,
    default: [],
    list: true,
    restart: true,
    about:
      'Whose certificates are trusted with peer_tls: files with certificates of CAs (PEM), whose servers must go by the names that peer and server_read call them; or sha256:FINGERPRINT of a certificate itself.',
  },
};
