import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectMta, encodeCommand, number, packet, type ScriptedMta } from '../../test/milter-mta.ts';
import { createCounters } from '../lib/counters.ts';
import { createLog, type Log } from '../lib/log.ts';
import type { SocketAddress } from '../lib/socket-address.ts';
import type { Command } from './milter-packets.ts';
import type { MilterReply } from './milter-replies.ts';
import { type MilterLimits, startMilterServer } from './milter-server.ts';
import type { MilterFilter } from './milter-session.ts';

const OFFER: Command = { kind: 'negotiate', version: 6, actions: 0x1ff, steps: 0x1fffff };
const PLAIN: Command = { kind: 'negotiate', version: 6, actions: 0x1ff, steps: 0 };
const CONNECT: Command = { kind: 'connect', name: 'mx', family: 'inet', port: 25, address: '192.0.2.1' };
const HELO: Command = { kind: 'helo', name: 'mx' };
const MAIL: Command = { kind: 'mail', address: '<a@example.com>', parameters: [] };
const RCPT: Command = { kind: 'rcpt', address: '<b@example.org>', parameters: [] };
const EOM: Command = { kind: 'eom', bytes: Buffer.alloc(0) };
const HEADER: Command = { kind: 'header', name: 'A', value: 'b' };

let parts: AsyncDisposableStack;
let directory = '';
let lines = '';
let log: Log;
let helos = 0;
let closes = 0;
/** What the filter answers at RCPT. */
let answer: () => MilterReply | Promise<MilterReply>;

beforeEach(() => {
  parts = new AsyncDisposableStack();
  directory = mkdtempSync(join(tmpdir(), 'ddgrey-milter-'));
  lines = '';
  log = createLog({ level: 0, format: 'text' }, (text) => {
    lines += text;
  });
  helos = 0;
  closes = 0;
  answer = () => ({ kind: 'continue' });
});

afterEach(async () => {
  await parts.disposeAsync();
  rmSync(directory, { recursive: true });
});

const filter: MilterFilter = {
  needs: () => ({ data: true, headers: true, changesHeaders: false, refusedRecipients: false, macros: {} }),
  connect: () => ({
    helo: () => {
      helos += 1;
    },
    close: () => {
      closes += 1;
    },
    mail: () => ({
      rcpt: () => answer(),
      data: () => {},
      header: () => {},
      eom: () => [],
      abort: () => {},
    }),
  }),
};

async function serve(limits: Partial<MilterLimits> = {}, where?: SocketAddress): Promise<SocketAddress> {
  const address = where ?? { kind: 'unix', path: join(directory, 'milter.socket') };
  const server = parts.use(await startMilterServer({ address, filter, log, counters: createCounters(), limits }));
  return server.address;
}

async function mta(address: SocketAddress): Promise<ScriptedMta> {
  return parts.use(await connectMta(address));
}

/** What was logged, without the times. */
function logged(): string[] {
  log.flush();
  const events = lines.split('\n').map((line) => line.slice(line.indexOf(' ') + 1));
  return events.filter((event) => event !== '' && !event.startsWith('listening '));
}

test.for<[name: string, address: SocketAddress | undefined]>([
  ['a unix socket', undefined],
  ['IPv4', { kind: 'tcp', host: '127.0.0.1', port: 0 }],
  ['IPv6', { kind: 'tcp', host: '::1', port: 0 }],
])('a message over %s', async ([, where]) => {
  const server = await mta(await serve({}, where));
  expect(await server.ask(1, OFFER)).toEqual([expect.stringMatching(/^O#6#256#/)]);
  server.send(CONNECT, HELO, MAIL);
  expect(await server.ask(1, RCPT)).toEqual(['c']);
  expect(await server.ask(1, { kind: 'data' }, HEADER, EOM)).toEqual(['c']);
  server.send({ kind: 'quit' });
  await server.closed;
  expect(logged()).toEqual([]);
});

test('with log level 1 a connection leaves the lines that it leaves elsewhere', async () => {
  log.configure({ level: 1, format: 'text' });
  const polite = await mta(await serve());
  polite.send(OFFER, { kind: 'quit' });
  await polite.closed;
  await expect.poll(logged).toHaveLength(2);
  const gone = await mta(await serve({}, { kind: 'tcp', host: '127.0.0.1', port: 0 }));
  await gone.ask(1, OFFER);
  gone.socket.resetAndDestroy();
  await expect
    .poll(logged)
    .toEqual([
      'connected via=milter',
      'disconnected via=milter',
      'connected via=milter client=127.0.0.1',
      expect.stringMatching(/^connection lost via=milter cause=.*ECONNRESET/),
      'disconnected via=milter client=127.0.0.1',
    ]);
});

test('with log level 3 each command and each reply is logged', async () => {
  log.configure({ level: 3, format: 'text' });
  const server = await mta(await serve());
  await server.ask(1, OFFER);
  await server.ask(1, CONNECT, MAIL, RCPT);
  server.send({ kind: 'quit' });
  await server.closed;
  await expect
    .poll(logged)
    .toEqual([
      'connected via=milter',
      'command via=milter command=negotiate',
      'reply via=milter reply=agree',
      ...['connect', 'mail', 'rcpt'].map((command) => `command via=milter command=${command}`),
      'reply via=milter reply=continue',
      'command via=milter command=quit',
      'disconnected via=milter',
    ]);
});

test('the filter hears of a client that is lost in the middle of a message', async () => {
  const server = await mta(await serve());
  await server.ask(2, OFFER, CONNECT, HELO, MAIL, RCPT);
  server.send({ kind: 'data' }, HEADER);
  server.socket.end();
  await server.closed;
  expect([closes, logged()]).toEqual([1, []]);
});

test('pipelined commands are answered in their order, however long one takes', async () => {
  const { promise, resolve } = Promise.withResolvers<MilterReply>();
  const answers: (MilterReply | Promise<MilterReply>)[] = [promise, { kind: 'reject' }, { kind: 'tempfail' }];
  answer = () => answers.shift() ?? { kind: 'continue' };
  const server = await mta(await serve());
  const replies = server.ask(5, OFFER, CONNECT, MAIL, RCPT, RCPT, RCPT, EOM);
  setImmediate(resolve, { kind: 'accept' });
  expect((await replies).slice(1)).toEqual(['a', 'r', 't', 'c']);
});

test.for<[name: string, sent: readonly (Command | Buffer)[], cause: string]>([
  ['a wrong length', [OFFER, number(0xffff_fff0), Buffer.from('L')], 'packet L of 4294967280 bytes, more than 1000'],
  ['an empty packet', [OFFER, number(0), Buffer.from('Q')], 'empty packet'],
  ['another protocol', [Buffer.from('EHLO example.com\r\n')], 'unknown command " "'],
  ['wrong order', [OFFER, MAIL], 'command mail out of order'],
  ['no negotiation', [CONNECT], 'command connect out of order'],
  ['an unknown command', [OFFER, packet('z')], 'unknown command "z"'],
  ['an incomplete command', [OFFER, packet('C', 'mx')], 'malformed packet C'],
  ['huge counts', [OFFER, CONNECT, MAIL, ...Array<Command>(9).fill(RCPT)], 'more than 8 commands in one message'],
  ['endless headers', [OFFER, CONNECT, MAIL, ...Array<Command>(9).fill(HEADER)], 'more than 8 commands in one message'],
])('%s: the connection is closed, with one line in the log', async ([, sent, cause]) => {
  const server = await mta(await serve({ packet: 1000, command: 500, commands: 8 }));
  server.send(...sent);
  server.send({ kind: 'abort' }, { kind: 'abort' });
  await server.closed;
  expect(logged()).toEqual([`mail server cut off via=milter cause=${JSON.stringify(cause)}`]);
});

test('a message with too many recipients and headers leaves the connection as it was', async () => {
  const server = await mta(await serve({ recipients: 2, headers: 2 }));
  await server.ask(1, OFFER, CONNECT, HELO, MAIL);
  answer = () => ({ kind: 'tempfail' });
  expect(await server.ask(3, RCPT, RCPT, RCPT)).toEqual(['t', 't', 'y452 4.5.3 Too many recipients|']);
  expect(await server.ask(1, { kind: 'data' }, HEADER, HEADER, HEADER, EOM)).toEqual(['c']);
  expect(await server.ask(1, MAIL, RCPT)).toEqual(['t']);
  expect(logged()).toEqual([]);
});

test('an MTA that does not read is not read from', async () => {
  const total = 100_000;
  const server = await mta(await serve());
  await server.ask(1, PLAIN);
  server.socket.pause();
  server.send(CONNECT, Buffer.concat(Array<Buffer>(total).fill(encodeCommand(HELO))));
  await settled(() => helos);
  expect(helos).toBeGreaterThan(0);
  expect(helos).toBeLessThan(total);
  server.socket.resume();
  expect(await server.ask(total + 1)).toHaveLength(total + 1);
  expect(helos).toBe(total);
});

/** Waits until a count stands still. */
async function settled(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count();
    await sleep(50);
  }
}

test('an MTA that is silent for too long', async () => {
  const server = await mta(await serve({ idle: 0.02 }));
  await server.closed;
  expect(logged()).toEqual(['mail server cut off via=milter cause=idle']);
});

test('an MTA that sends a byte now and then is silent, one that sends a packet is not', async () => {
  const address = await serve({ idle: 0.3 });
  const [slow, usual] = [await mta(address), await mta(address)];
  await usual.ask(1, PLAIN);
  // The start of a packet that would go on for long.
  slow.send(Buffer.concat([number(10_000), Buffer.from('O')]));
  for (let sent = 0; sent < 40 && !slow.socket.destroyed; sent += 1) {
    slow.send(Buffer.of(0));
    usual.send({ kind: 'abort' });
    await sleep(20);
  }
  expect([slow.socket.destroyed, usual.socket.destroyed]).toEqual([true, false]);
  expect(logged()).toEqual(['mail server cut off via=milter cause=idle']);
});

test('more connections than allowed', async () => {
  const address = await serve({ connections: 1 });
  const holder = await mta(address);
  await holder.ask(1, OFFER);
  const latecomer = await mta(address);
  await latecomer.closed;
  expect(logged()).toEqual(['connection refused via=milter cause="more than 1 connections"']);
  expect(await holder.ask(1, CONNECT, MAIL, RCPT)).toEqual(['c']);
});

test('a filter that fails costs its connection only', async () => {
  const address = await serve();
  const [unlucky, other] = [await mta(address), await mta(address)];
  answer = () => Promise.reject(new Error('broken'));
  unlucky.send(OFFER, CONNECT, MAIL, RCPT);
  await unlucky.closed;
  expect(logged()).toEqual(['connection failed via=milter cause="Error: broken"']);
  answer = () => {
    throw new Error('badly broken');
  };
  expect(await other.ask(1, OFFER)).toHaveLength(1);
  other.send(CONNECT, MAIL, RCPT);
  await other.closed;
  expect(logged()).toHaveLength(2);
});

test('closing lets the answer in hand go out', async () => {
  const { promise, resolve } = Promise.withResolvers<MilterReply>();
  const asked = Promise.withResolvers<void>();
  answer = () => {
    asked.resolve();
    return promise;
  };
  const address: SocketAddress = { kind: 'unix', path: join(directory, 'closing.socket') };
  const server = await startMilterServer({ address, filter, log, counters: createCounters() });
  const [busy, silent] = [await mta(address), await mta(address)];
  await silent.ask(1, OFFER);
  const replies = busy.ask(2, OFFER, CONNECT, MAIL, RCPT, RCPT);
  await asked.promise;
  const closed = server[Symbol.asyncDispose]();
  await silent.closed;
  resolve({ kind: 'reject' });
  expect((await replies)[1]).toBe('r');
  await Promise.all([closed, busy.closed]);
});

test('an answer that does not come does not hold up closing', async () => {
  const asked = Promise.withResolvers<void>();
  answer = () => {
    asked.resolve();
    return Promise.withResolvers<MilterReply>().promise;
  };
  const address: SocketAddress = { kind: 'unix', path: join(directory, 'stuck.socket') };
  const server = await startMilterServer({ address, filter, log, counters: createCounters(), closeWithin: () => 0.02 });
  const busy = await mta(address);
  busy.send(OFFER, CONNECT, MAIL, RCPT);
  await asked.promise;
  await server[Symbol.asyncDispose]();
  await busy.closed;
  expect(busy.socket.destroyed).toBe(true);
});
