// Questions over UDP: a few sockets for each server, each made anew before its port is known long enough to be guessed.
import type { Clock } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import { formatNameServer, type NameServer } from '../lib/name-server.ts';
import type { Response } from './dns-message.ts';
import { openUdpSocket, type Query, type UdpSocket } from './udp-socket.ts';

export interface UdpExchange extends Disposable {
  /** The server's response, perhaps truncated; rejects with the signal's reason or a network error. */
  ask(server: NameServer, query: Query, signal: AbortSignal): Promise<Response>;
}

interface Place {
  readonly socket: UdpSocket;
  readonly until: number;
  left: number;
}

/** Sockets for each server: a forged answer must hit the port as well as the id. */
const SOCKETS = 4;
const QUESTIONS_PER_SOCKET = 500;
const LIFETIME_MS = 30_000;

/** Opens sockets as they are needed. */
export function createUdpExchange(parts: { readonly clock: Clock; readonly counters: Counters }): UdpExchange {
  const places = new Map<string, Place>();
  let turn = 0;

  const ignored = (): void => parts.counters.add('dns datagrams ignored');
  const open = (key: string, server: NameServer): Place => {
    const now = parts.clock.now();
    for (const [other, { socket, until }] of places) {
      // The worn one, and those past their time, also of servers that are not asked any more.
      if (other !== key && until > now) continue;
      socket.retire();
      places.delete(other);
    }
    const place = { socket: openUdpSocket(server, ignored), until: now + LIFETIME_MS, left: QUESTIONS_PER_SOCKET };
    places.set(key, place);
    return place;
  };
  const placeFor = (server: NameServer): Place => {
    turn = (turn + 1) % SOCKETS;
    const key = `${formatNameServer(server)} ${turn}`;
    const place = places.get(key);
    const worn = place === undefined || place.left === 0 || place.until <= parts.clock.now() || place.socket.broken();
    return worn ? open(key, server) : place;
  };
  return {
    ask: (server, query, signal) => {
      const place = placeFor(server);
      place.left -= 1;
      return place.socket.ask(query, signal);
    },
    [Symbol.dispose]: () => {
      for (const { socket } of places.values()) socket.retire();
      places.clear();
    },
  };
}
