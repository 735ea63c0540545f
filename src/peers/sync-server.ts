// The sync protocol's server side: who may use which verbs, on the local socket and over the network.
import { type LineProtocol, type LineSession, LONGEST_RECORD } from '../lib/line-protocol.ts';
import { type Caller, localCaller } from './caller.ts';
import { LOCAL_COMMANDS, type LocalParts } from './local-commands.ts';
import type { PeerAccess } from './peer-access.ts';
import type { PeerTls } from './peer-tls.ts';
import type { ReportReading } from './subscription.ts';
import { SYNC_COMMANDS, type SyncCommandParts } from './sync-commands.ts';
import { REPORT_COMMANDS } from './sync-reports.ts';
import { SyncSession } from './sync-session.ts';
import type { Verb, Verbs } from './sync-verb.ts';

type PeerVerbParts = SyncCommandParts & ReportReading;
export type PeerParts = Omit<PeerVerbParts, 'caller'>;
export type SyncParts = PeerParts & LocalParts;

const TOO_LONG = '500 line too long\r\n';
const PEER_VERBS: Verbs<PeerVerbParts> = new Map<string, Verb<PeerVerbParts>>([...SYNC_COMMANDS, ...REPORT_COMMANDS]);

/** The protocol of the local socket, on which everything is allowed. */
export function syncProtocol(parts: SyncParts): LineProtocol {
  const verbs: Verbs<SyncParts & PeerVerbParts> = new Map<string, Verb<SyncParts & PeerVerbParts>>([
    ...PEER_VERBS,
    ...LOCAL_COMMANDS,
  ]);
  const options = { longest: LONGEST_RECORD, ownVerbs: LOCAL_COMMANDS };
  return {
    name: 'sync',
    tooLong: TOO_LONG,
    open: () => new SyncSession(verbs, { ...parts, caller: localCaller() }, options),
  };
}

/** The verbs before TLS where that is required. */
const UNSAFE_VERBS: Verbs<PeerVerbParts> = new Map(
  [...PEER_VERBS].map(([name, verb]) => [name, name === 'helo' ? verb : encryptionRequired]),
);

function encryptionRequired(): never {
  throw new Error('encryption required');
}

/**
 * The protocol of the network. Each caller may do what the access allows, as long as it does; who may do nothing is sent away
 * without a word.
 */
export function peerProtocol(parts: PeerParts, access: PeerAccess, tls?: PeerTls): LineProtocol {
  return {
    name: 'peer',
    tooLong: TOO_LONG,
    open: (peer) => {
      const caller: Caller | undefined = access.callerOf(peer);
      if (caller === undefined) return STRANGER;
      const secure = peer.kind === 'tcp' && peer.secure === true;
      const verbs = tls?.required === true && !secure ? UNSAFE_VERBS : PEER_VERBS;
      return new SyncSession(verbs, { ...parts, caller }, { identity: secure ? undefined : tls?.identity });
    },
  };
}

const STRANGER: LineSession = {
  denied: 'it is in none of accept, accept_reader, accept_writer and peer',
  line: () => undefined,
};
