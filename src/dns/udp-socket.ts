// One UDP socket, connected to one DNS server: the kernel drops what comes from anyone else, and an answer counts only
// if id, name and type are those of a question that is waiting (RFC 5452). Anything else is ignored, and we wait on.
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { NameServer } from '../lib/name-server.ts';
import { decodeResponse, isResponseTo, type Response } from './dns-message.ts';
import type { Question } from './resolver.ts';

/** A question and its message, in which the id is still to be set. */
export interface Query {
  readonly question: Question;
  readonly message: Buffer;
}

export interface UdpSocket {
  /** The server's response; rejects with the signal's reason, or when the network says that the server can't be reached. */
  ask(query: Query, signal: AbortSignal): Promise<Response>;
  /** Whether the network refused this socket's datagrams. */
  broken(): boolean;
  /** Closes it as soon as no question is waiting any more. */
  retire(): void;
}

interface Waiting {
  readonly question: Question;
  readonly message: Buffer;
  readonly resolve: (response: Response) => void;
  readonly reject: (error: Error) => void;
}

/** Octets; the kernel cuts it to what it allows. Hundreds of answers may come within one turn of the event loop. */
const RECEIVE_BUFFER = 1 << 20;

/** A socket on a port of the kernel's choice, which is a random one. `onIgnored`: a datagram came that answers nothing. */
export function openUdpSocket(server: NameServer, onIgnored: () => void): UdpSocket {
  const waiting = new Map<number, Waiting>();
  const socket = createSocket({ type: isIPv6(server.address) ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER });
  let state: 'connecting' | 'open' | 'broken' = 'connecting';
  let retired = false;

  const closeWhenIdle = (): void => {
    if (retired && waiting.size === 0) socket.close();
  };
  const forget = (id: number): void => {
    waiting.delete(id);
    closeWhenIdle();
  };
  const fail = (error: Error): void => {
    state = 'broken';
    for (const { reject } of waiting.values()) reject(error);
  };
  const send = (message: Buffer): void => socket.send(message, (error) => error && fail(error));

  socket.on('error', fail);
  socket.on('connect', () => {
    state = 'open';
    for (const { message } of waiting.values()) send(message);
  });
  socket.on('message', (data) => {
    const response = decodeResponse(data);
    if (response === undefined) return onIgnored();
    const asker = waiting.get(response.id);
    if (asker && isResponseTo(response, asker.question)) asker.resolve(response);
    else onIgnored();
  });
  socket.connect(server.port, server.address);

  const ask = (query: Query, signal: AbortSignal): Promise<Response> => {
    const id = unusedId(waiting);
    const message = Buffer.from(query.message);
    message.writeUInt16BE(id, 0);
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    waiting.set(id, { question: query.question, message, resolve, reject });
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    if (state !== 'connecting') send(message);
    return promise.finally(() => {
      signal.removeEventListener('abort', onAbort);
      forget(id);
    });
  };
  const retire = (): void => {
    retired = true;
    closeWhenIdle();
  };
  return { ask, broken: () => state === 'broken', retire };
}

function unusedId(used: ReadonlyMap<number, Waiting>): number {
  let id = randomInt(0x1_0000);
  while (used.has(id)) id = randomInt(0x1_0000);
  return id;
}
