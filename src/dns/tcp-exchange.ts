// A question over TCP, for answers that do not fit into a datagram: a length of two octets, then the message
// (RFC 1035 section 4.2.2). One connection a question.
import { randomInt } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { NameServer } from '../lib/name-server.ts';
import { decodeResponse, isResponseTo, type Response } from './dns-message.ts';
import type { Query } from './udp-socket.ts';

/** The server's response; rejects with the signal's reason, with a network error, or at a bad response. */
export async function askOverTcp(server: NameServer, query: Query, signal: AbortSignal): Promise<Response> {
  const id = randomInt(0x1_0000);
  const socket = connect({ host: server.address, port: server.port, signal });
  // An error may come when nobody reads any more.
  socket.on('error', () => {});
  try {
    socket.write(framed(query.message, id));
    const response = decodeResponse(await readMessage(socket));
    if (response === undefined || response.truncated) throw new Error('unusable response over TCP');
    if (response.id !== id || !isResponseTo(response, query.question))
      throw new Error('response to another question over TCP');
    return response;
  } catch (error) {
    // The socket says no more than that it was aborted.
    throw signal.aborted ? signal.reason : error;
  } finally {
    socket.destroy();
  }
}

function framed(message: Buffer, id: number): Buffer {
  const frame = Buffer.alloc(message.length + 2);
  frame.writeUInt16BE(message.length, 0);
  message.copy(frame, 2);
  frame.writeUInt16BE(id, 2);
  return frame;
}

async function readMessage(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    const message = size < 2 ? undefined : messageIn(Buffer.concat(chunks));
    if (message !== undefined) return message;
  }
  throw new Error('connection closed before the response');
}

function messageIn(data: Buffer): Buffer | undefined {
  const end = 2 + data.readUInt16BE(0);
  return data.length < end ? undefined : data.subarray(2, end);
}
