// Servers that exchange reports, each a whole engine on a memory store with the real protocol on loopback, and lines
// between them that a test can cut at any byte.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type Kept, keptValue } from '../src/lib/kept.ts';
import { startLineServer } from '../src/lib/line-server.ts';
import { localCaller } from '../src/peers/caller.ts';
import { fakeParts } from '../src/peers/fake-sync-parts.ts';
import { startPeerClient } from '../src/peers/peer-client.ts';
import { PeerList } from '../src/peers/peer-list.ts';
import type { PeerTls } from '../src/peers/peer-tls.ts';
import { peerProtocol } from '../src/peers/sync-server.ts';
import { MemoryStore } from '../src/store/memory-store.ts';
import type { Store } from '../src/store/store.ts';
import { type Bench, engineBench } from './engine-bench.ts';

export interface Replica extends AsyncDisposable {
  readonly name: string;
  readonly bench: Bench;
  readonly port: number;
  readonly peers: PeerList;
  /** Reads from that port from now on, and remembers the place under its number. */
  readFrom(port: number): void;
  /** Forgets the last seconds of what it read there, as if its place had not been kept. */
  goBack(port: number, seconds: number): Promise<void>;
  /** Every report that it has, as text, in an order of its own. */
  reports(): Promise<readonly string[]>;
}

export interface ReplicaOptions {
  /** Seconds that its clock is ahead of those of the others. */
  readonly ahead?: number;
  readonly store?: Store;
  readonly tls?: PeerTls | undefined;
}

/** A server of this name. */
export async function startReplica(name: string, options: ReplicaOptions = {}): Promise<Replica> {
  await using parts = new AsyncDisposableStack();
  const { ahead = 0, store: given = new MemoryStore() } = options;
  const bench = await engineBench({ name, config: 'reputation no', store: given });
  bench.clock.advance(ahead);
  const { store, reportParts, clock, counters, acceptPeerReport } = bench;
  const { log } = reportParts;
  const peers = new PeerList({
    clock,
    log,
    counters,
    newest: () => store.reportIdBefore(Number.POSITIVE_INFINITY),
  });
  const exchange = {
    ...fakeParts(),
    name: () => name,
    reports: store,
    news: reportParts.news,
    peers,
    acceptPeerReport,
  };
  const server = parts.use(
    await startLineServer({
      address: { kind: 'tcp', host: '127.0.0.1', port: 0 },
      protocol: peerProtocol(exchange, { callerOf: () => ({ ...localCaller(), address: '127.0.0.1' }) }, options.tls),
      log,
      counters,
      closeWithin: () => 1,
    }),
  );
  const running = parts.move();
  const placeIn = (port: number): Kept<number> => keptValue(store, `peer ${port}`, { read: Number, write: String });
  return {
    name,
    bench,
    port: server.address.kind === 'tcp' ? server.address.port : 0,
    peers,
    readFrom: (port) => {
      running.use(
        startPeerClient({
          host: '127.0.0.1',
          port,
          name: () => name,
          isOurs: () => false,
          place: placeIn(port),
          accept: acceptPeerReport,
          events: async () => () => undefined,
          tls: options.tls,
          log,
          rate: () => 0,
          state: peers.addSource(String(port)),
          counters,
          waits: { first: 1, longest: 8 },
        }),
      );
    },
    goBack: async (port, seconds) => {
      const place = placeIn(port);
      const told = await place.load();
      if (told !== undefined) await place.save(told - seconds);
    },
    reports: async () =>
      (await store.reportsAfter(0, Number.MAX_SAFE_INTEGER))
        .map(({ origin, originId, event, time, ip, mtaId }) => [origin, originId, event, time, ip, mtaId].join(' '))
        .toSorted(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** A line to a server. */
export interface Line extends AsyncDisposable {
  readonly port: number;
  /** Cuts what is connected now once this many more bytes went to the reader; 0: at once. */
  cutAfter(bytes: number): void;
}

/** Listens on a port of its own and passes everything on. */
export async function startLine(target: number): Promise<Line> {
  const sockets = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  const cut = (): void => {
    left = Number.POSITIVE_INFINITY;
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((reader) => {
    const source = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [reader, source],
      [source, reader],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroySoon();
      });
    }
    reader.pipe(source);
    source.on('data', (bytes) => {
      const some = bytes.subarray(0, left);
      left -= some.length;
      if (!reader.destroyed && !reader.write(some)) {
        source.pause();
        reader.once('drain', () => source.resume());
      }
      if (left <= 0) cut();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cutAfter: (bytes) => {
      left = bytes;
      if (bytes === 0) cut();
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
