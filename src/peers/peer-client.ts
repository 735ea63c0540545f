// Reads the reports of another server: keeps a subscription, comes back when it is lost, and goes on where it was. The
// place is what the other server told last, by its own clock, so it does not matter how the clocks differ.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBackOff } from '../lib/back-off.ts';
import { causeOf } from '../lib/error-cause.ts';
import type { Log } from '../lib/log.ts';
import { formatSocketAddress } from '../lib/socket-address.ts';
import { lookUpOthers, OURSELVES } from './look-up-peer.ts';
import type { Events } from './peer-events.ts';
import type { PeerTls } from './peer-tls.ts';
import { ask, greet, wireOf } from './peer-wire.ts';
import { type Receiver, type ReceiverParts, receiveReports, WRONG_CLOCK } from './receive-reports.ts';

export interface PeerClientParts extends ReceiverParts {
  readonly host: string;
  readonly port: number;
  /** This server's name. */
  readonly name: () => string;
  /** Whether a connection to this address would lead to this server itself. */
  readonly isOurs: (address: string) => boolean;
  /** Which events are taken from the address that we are connected to, to be asked again later; rejects while that can't be told. */
  readonly events: (address: string | undefined) => Promise<() => Events>;
  /** Undefined: plain text. */
  readonly tls: PeerTls | undefined;
  /** Told each line at level 3. */
  readonly log: Log;
  readonly random?: () => number;
  /** Milliseconds between attempts, from the first to the longest, and of the silence in which a peer has told all. */
  readonly waits?: { readonly first: number; readonly longest: number; readonly silence?: number };
}

const WAITS = { first: 1000, longest: 60_000 };
/** Milliseconds after our start in which our own reports are taken back at most, however long a peer goes on telling. */
const RESTORING = 3_600_000;
/** Milliseconds until a server that turned out to be ourselves is tried again: its name may get another address. */
const OURSELVES_WAIT = 3_600_000;
/** Milliseconds to be connected and answered. */
const PATIENCE = 30_000;
/** Milliseconds of silence after which the system asks whether the other end is still there. */
const KEEP_ALIVE = 30_000;
/** Seconds before the last report from which on reports are asked for again; the original daemon does so too. */
const MARGIN = 60;
/** Connections that are given up, over some minutes, in the hope that our clock is set: what is refused does not come again. */
const CLOCK_PATIENCE = 10;

/** Reads until it is closed. */
export function startPeerClient(parts: PeerClientParts): AsyncDisposable {
  const closing = new AbortController();
  const { signal } = closing;
  const backOff = createBackOff({ ...WAITS, ...parts.waits, ...(parts.random ? { random: parts.random } : {}) });
  // Our database may have been lost, or be an older one that was put back: our own reports are asked for, too, until the other
  // server has told all that it had.
  const source: Source = { ...parts, restores: true, patience: CLOCK_PATIENCE };
  const restoring = setTimeout(() => (source.restores = false), RESTORING).unref();
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const result = await follow(source, signal, () => backOff.worked()).catch(causeOf);
      if (signal.aborted) return;
      if (result === WRONG_CLOCK) source.patience -= 1;
      if (result === OURSELVES) parts.state.ourselves();
      else parts.state.waiting(result);
      const wait = result === OURSELVES ? OURSELVES_WAIT : backOff.failed();
      await sleep(wait, undefined, { signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    [Symbol.asyncDispose]: () => {
      clearTimeout(restoring);
      closing.abort();
      return running;
    },
  };
}

type Source = PeerClientParts & Receiver;

/** One connection, from its begin to its end; why it ended. `onGood` is called once it has lasted for a while. */
async function follow(parts: Source, signal: AbortSignal, onGood: () => void): Promise<string> {
  const { host, port, isOurs, log } = parts;
  // Where the host is an address, `lookup` is not called.
  if (isOurs(host)) return OURSELVES;
  const lookup = lookUpOthers(isOurs);
  const socket = connect({ host, port, lookup, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE });
  const impatience = setTimeout(() => socket.destroy(new Error('no answer in time')), PATIENCE);
  let lasting: NodeJS.Timeout | undefined;
  const abort = (): void => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  // Whoever waits for the socket gets its errors; one that comes while nobody waits must not end the process.
  socket.on('error', () => {});
  try {
    await once(socket, 'connect', { signal });
    const server = formatSocketAddress({ kind: 'tcp', host, port });
    const events = await Promise.race([parts.events(socket.remoteAddress), closed(socket)]);
    const { wire, welcome } = await greet({ ...parts, name: parts.name() }, wireOf(socket, { log, server }));
    const name = /I am (\S{1,255})/.exec(welcome)?.[1] ?? '';
    if (name === parts.name()) return OURSELVES;
    const place = await parts.place.load();
    const from = Math.max(0, (place ?? 0) - MARGIN);
    const { rest } = await ask(wire, `subscribe ${from}${parts.restores ? ' all' : ''}`, 302);
    clearTimeout(impatience);
    lasting = setTimeout(onGood, (parts.waits ?? WAITS).longest);
    parts.state.connected(name);
    await receiveReports(parts, wire, { rest, place, events, signal });
    return 'closed by the peer';
  } finally {
    clearTimeout(impatience);
    clearTimeout(lasting);
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}

/** Rejects when the socket is closed. */
async function closed(socket: Socket): Promise<never> {
  await once(socket, 'close');
  throw new Error('closed at once');
}
