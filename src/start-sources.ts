// The other servers that reports are read from, as the configuration has them.
import type { PeerHost } from './config/host-types.ts';
import { allListeners, usualPort } from './config/listeners.ts';
import type { Config } from './config/options.ts';
import type { InForce } from './in-force.ts';
import type { Counters } from './lib/counters.ts';
import { keptValue } from './lib/kept.ts';
import { isOwnAddress } from './lib/own-address.ts';
import { collide, formatSocketAddress, type SocketAddress } from './lib/socket-address.ts';
import { type PeerClientParts, startPeerClient } from './peers/peer-client.ts';
import type { PeerEvents } from './peers/peer-events.ts';
import type { PeerList } from './peers/peer-list.ts';
import { serverName } from './settings.ts';
import type { Store } from './store/store.ts';

export interface SourcesStart extends Pick<PeerClientParts, 'accept' | 'tls' | 'log'> {
  readonly inForce: InForce;
  readonly store: Store;
  readonly counters: Counters;
  readonly peers: PeerList;
  readonly events: PeerEvents;
}

/** Reads from all of them until it is closed. */
export function startSources(start: SourcesStart): AsyncDisposable {
  const { config } = start.inForce;
  const running = new AsyncDisposableStack();
  for (const peer of [...config.peer, ...config.server_read])
    if (!isOurselves(peer, config)) running.use(startSource(start, peer));
  return running;
}

/** One configuration for all servers names each of them. A peer under another name is recognised when it answers. */
function isOurselves({ host }: PeerHost, config: Config): boolean {
  return host.toLowerCase() === serverName(config).toLowerCase();
}

function startSource(
  { inForce, store, counters, peers, events, accept, tls, log }: SourcesStart,
  { host, port: written }: PeerHost,
): AsyncDisposable {
  const port = written === 0 ? usualPort(inForce.config) : written;
  const where = formatSocketAddress({ kind: 'tcp', host, port });
  return startPeerClient({
    host,
    port,
    name: () => serverName(inForce.config),
    isOurs: (address) =>
      isOwnAddress(address) === true && listensAt(inForce.config, { kind: 'tcp', host: address, port }),
    place: keptValue(store, `peer ${where}`, { read: Number, write: String }),
    accept,
    events: (address) => events.ofSource(address, host),
    tls,
    log,
    rate: () => inForce.config.peer_rate,
    state: peers.addSource(where),
    counters,
  });
}

/** The names of a machine may differ from that of the server: then what it listens on tells. */
function listensAt(config: Config, there: SocketAddress): boolean {
  return allListeners(config).some(({ protocol, address }) => protocol === 'peer' && collide(address, there));
}
