import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeQuery } from './dns-message.ts';
import type { Question } from './resolver.ts';
import { askOverTcp } from './tcp-exchange.ts';

const QUESTION: Question = { type: 'A', name: 'mail.example.com' };
const QUERY = { question: QUESTION, message: encodeQuery(QUESTION) ?? Buffer.alloc(0) };

let server: Server;
/** What is said to a query before the connection is closed; undefined: nothing, and it stays open. */
let say: (query: Buffer) => readonly Uint8Array[] | undefined;

beforeAll(async () => {
  server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (query) => {
      const pieces = say(query);
      if (pieces !== undefined) void writeApart(socket, pieces);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => {
  server.close();
});

async function writeApart(socket: Socket, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece);
    await turn();
  }
  socket.end();
}

function ask(signal = AbortSignal.timeout(10_000)): ReturnType<typeof askOverTcp> {
  const { port } = server.address() as AddressInfo;
  return askOverTcp({ address: '127.0.0.1', port }, QUERY, signal);
}

/** The query with its length, as a response that has this address. */
function response(query: Buffer): Buffer {
  const answer = Buffer.from('c00c000100010000012c0004cb00710a', 'hex');
  const whole = Buffer.concat([query, answer]);
  whole.writeUInt16BE(whole.length - 2, 0);
  whole.writeUInt16BE(0x8180, 4);
  whole.writeUInt16BE(1, 8);
  return whole;
}

test('a response is the same however it is cut, and whatever stands behind it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 8 }), fc.uint8Array(), async (sizes, behind) => {
      say = (query) => {
        let rest = response(query);
        const pieces = sizes.map((size) => {
          const piece = rest.subarray(0, size);
          rest = rest.subarray(size);
          return piece;
        });
        return [...pieces, Buffer.concat([rest, behind])];
      };
      const { answers } = await ask();
      expect(answers).toEqual([{ name: 'mail.example.com', type: 'A', ttl: 300, value: '203.0.113.10' }]);
    }),
    { numRuns: 200 },
  );
});

test.for<[what: string, change: (whole: Buffer) => unknown, error: string]>([
  ['that is a query', (whole) => whole.writeUInt16BE(0x0100, 4), 'unusable response over TCP'],
  ['that is truncated', (whole) => whole.writeUInt16BE(0x8380, 4), 'unusable response over TCP'],
  ['to another query', (whole) => whole.writeUInt16BE(whole.readUInt16BE(2) ^ 1, 2), 'response to another question'],
  ['about another name', (whole) => whole.write('n', 15), 'response to another question'],
])('a response %s is an error', async ([, change, error]) => {
  say = (query) => {
    const whole = response(query);
    change(whole);
    return [whole];
  };
  await expect(ask()).rejects.toThrow(error);
});

test('the query has its length before it, and the connection is closed although the server leaves it open', async () => {
  const lengths: number[] = [];
  const closed = once(server, 'connection').then(async ([socket]: Socket[]) => {
    socket?.once('data', (query) => {
      lengths.push(query.readUInt16BE(0), query.length - 2);
      socket.write(response(query));
    });
    return socket && once(socket, 'close');
  });
  say = () => undefined;
  await ask();
  await closed;
  expect(lengths).toEqual([QUERY.message.length, QUERY.message.length]);
});

test('any other bytes are an error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
      say = () => [bytes];
      await expect(ask()).rejects.toThrow(/over TCP|before the response/);
    }),
    { numRuns: 200 },
  );
});

test('whoever ends a question that the server is silent about says why', async () => {
  const over = new AbortController();
  say = () => {
    over.abort(new Error('no answer within 6s'));
    return undefined;
  };
  await expect(ask(over.signal)).rejects.toThrow('no answer within 6s');
  await expect(ask(over.signal)).rejects.toThrow('no answer within 6s');
});
