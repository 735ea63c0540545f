// What goes wrong with the servers whose reports are read.
import type { PeerState } from '../peers/sync-protocol.ts';
import type { Finding } from './doctor-finding.ts';

/** What to look at, by what the error says; the first that fits counts. */
const CURES: readonly (readonly [error: RegExp, mend: string])[] = [
  [/closed without an answer|permission denied/, 'name this server in its accept or peer lines'],
  [/addresses of .* are not known/, 'the name in peer_events; ask for its addresses with `dig` or `host`'],
  [/clocks/, 'compare what `date` says on the two, and set the clock that is wrong'],
  [/ECONNREFUSED/, 'start ddgrey there; its port (722 if root starts it, else 1722) is that of the peer line here'],
  [/ENOTFOUND|EAI_AGAIN/, 'a name that has an address, in the peer line'],
  [/no answer in time|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, 'the firewalls between the two, and its port'],
  [/ALTNAME_INVALID/, 'a name of its certificate, in the peer line; or its fingerprint, in peer_ca'],
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/, 'renew its certificate there, or set the clock that is wrong'],
  [/TLS|SSL|cert|verify|encryption|disconnected|ECONNRESET/i, 'peer_tls, peer_certificate and peer_ca of both servers'],
];
const ANY_CURE = 'the log of the server there says more';

/** What is to be said about a peer that we read from, and nothing about others. `isHere`: its host is this machine. */
export function peerFindings(peer: PeerState, isHere: boolean): readonly Finding[] {
  if (peer.direction === 'to') return [];
  const about = `peer ${peer.peer}`;
  switch (peer.state) {
    case 'ourselves': {
      if (isHere) return [];
      const text = 'calls itself by the name of this server, and is taken for it: nothing is read from there';
      return [
        { state: 'bad', about, text, mend: 'set `name` on one of the two; or take the line out if it is this one' },
      ];
    }
    case 'waiting': {
      const { lastError } = peer;
      if (lastError === undefined)
        return [{ state: 'note', about, text: 'is not connected yet', mend: 'look again in a minute' }];
      const [, mend = ANY_CURE] = CURES.find(([error]) => error.test(lastError)) ?? [];
      return [{ state: 'bad', about, text: `is not connected: ${lastError}`, mend }];
    }
    case 'connected':
    case 'away':
      return [{ state: 'good', about, text: 'is connected' }];
  }
}

/**
 * What is to be said of connected peers of one name. One may be a copy of the other, or they are one server, reached in
 * two ways.
 */
export function nameFindings(peers: readonly PeerState[]): readonly Finding[] {
  const connected = peers.filter(({ state, name }) => state === 'connected' && name !== '');
  return [...new Set(connected.map(({ name }) => name))].flatMap((name): readonly Finding[] => {
    const those = (direction: PeerState['direction']): readonly string[] =>
      connected.filter((one) => one.name === name && one.direction === direction).map(({ peer }) => peer);
    const [alike = []] = [those('from'), those('to')].filter(({ length }) => length > 1);
    if (alike.length === 0) return [];
    const text = `is that of ${alike.join(' and ')}; if they are two servers, neither is told what the other reports`;
    return [{ state: 'note', about: `the name ${name}`, text, mend: 'set `name` on each to one of its own' }];
  });
}
