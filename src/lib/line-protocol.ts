// What a protocol of lines gives to the line server: it only says what to answer, and never sees a socket.

import type { TlsIdentity } from './mutual-tls.ts';

/** What a line is answered with. */
export interface Answer {
  /**
   * What to write, line ends included, as soon as all earlier lines have their answer. Should not reject. Pieces are
   * asked for as fast as the client reads them, and no more once it is gone.
   */
  readonly text: string | Promise<string> | AsyncIterable<string>;
  /** Whether the connection ends with it; what the client sent after this line is ignored. */
  readonly close: boolean;
  /**
   * After this answer the connection begins anew over TLS, with this identity: nothing that was said before counts, and
   * what the client sent behind its line is thrown away (RFC 3207 section 4.2).
   */
  readonly secure?: TlsIdentity;
  /** Whether this answer may wait for the one to the next line, if the client has sent that already, and leave with it. */
  readonly withNext?: true;
  /** What is wrong with the line: it is counted, and logged once in a while. */
  readonly trouble?: { readonly what: string; readonly cause: string };
}

/** One client's side of the protocol. */
export interface LineSession {
  /** Resolves when it is known who the client is: before that, nothing else of the session is used, and no line is read. */
  readonly ready?: Promise<void> | undefined;
  /** Said before the client says anything; one that closes refuses the client. */
  readonly greeting?: Answer;
  /** The answer to a line, or undefined if none is due. */
  line(line: string): Answer | undefined;
  /** Characters of the longest lines that the session takes, if that is more than the limits say. Asked once. */
  readonly longest?: number | undefined;
  /** Whether the next line may be as long as that. */
  readonly expectsLong?: boolean;
  /** Why the client is not, or no longer, welcome: it is sent away when it has what was answered until now. */
  readonly denied?: string | undefined;
  /** Told that there will be no more lines: an answer that would go on for ever ends with what there is to say by now. */
  lastLine?(): void;
  /**
   * Told that the client is gone, or that the server is closing: an answer that would go on for ever ends at once. `cause`:
   * why the connection did not end as it should.
   */
  end?(cause?: string): void;
}

export interface LineProtocol {
  /** For the log and the counters. */
  readonly name: string;
  /** The answer to a line over the limit, after which the connection is closed. */
  readonly tooLong: string;
  /** Said to a client over the limit of connections, before its connection is closed. */
  readonly busy?: string;
  /** A session for a new connection. */
  open(peer: Peer): LineSession;
}

/** Who is at the other end: somebody of this machine, or the IP address as the system writes it. */
export type Peer =
  | { readonly kind: 'unix' }
  | {
      readonly kind: 'tcp';
      readonly address: string;
      /** The client has shown a certificate that we trust. */
      readonly secure?: true;
    };

/** The address for the log; a client on a unix socket has none. */
export function addressOf(peer: Peer): string | undefined {
  return peer.kind === 'tcp' ? peer.address : undefined;
}

/** Characters of a line where whole records of tables are carried. */
export const LONGEST_RECORD = 262_144;

/** What one client may take of us. */
export interface LineLimits {
  /** Characters of a line. */
  readonly line: number;
  /** Connections at a time; more are closed at once. */
  readonly connections: number;
  /** Seconds without a line from the client (of a long one: without `line` bytes more), or without it reading our answers. */
  readonly idle: number;
  /** Lines being answered at a time on a connection; more are read when these are done. */
  readonly pipelined: number;
  /** Bytes of answers that the client has not read; more lines are read when it has. */
  readonly unread: number;
}

/** Not less idle time than Postfix has (smtpd_policy_service_max_idle, 300s), so that it is the side that closes. */
export const DEFAULT_LIMITS: LineLimits = {
  line: 4096,
  connections: 1000,
  idle: 300,
  pipelined: 100,
  unread: 65_536,
};
