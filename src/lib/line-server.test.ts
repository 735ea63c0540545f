import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { fingerprint, selfSigned } from '../../test/certificates.ts';
import { createCounters, type Counters } from './counters.ts';
import { parseFingerprint } from './fingerprint.ts';
import type { Answer, LineLimits, LineProtocol, LineSession, Peer } from './line-protocol.ts';
import { startLineServer } from './line-server.ts';
import { secureClient } from './mutual-tls.ts';
import type { RunningServer } from './run-server.ts';
import { createLog, type LogLevel, silentLog } from './log.ts';

const clients: Socket[] = [];
const servers: RunningServer[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

/**
 * Answers `LINE` by `<LINE>`; `wait X` when `release('X')` is called, `bye` closes, `no` is not answered, `go` with the
 * next one.
 */
interface Echo extends LineProtocol {
  release(name: string): void;
  readonly started: string[];
}

function echoProtocol(): Echo {
  const waiting = new Map<string, (text: string) => void>();
  const started: string[] = [];
  const line = (text: string): Answer | undefined => {
    started.push(text);
    if (text === 'no') return undefined;
    if (text === 'go') return { text: '<go>', close: false, withNext: true };
    if (text === 'throw') throw new Error('a bug');
    if (text === 'reject') return { text: Promise.reject(new Error('a bug')), close: false };
    if (text.startsWith('odd '))
      return { text: '?', close: false, trouble: { what: 'odd line', cause: text.slice(4) } };
    if (text.startsWith('big ')) return { text: 'x'.repeat(Number(text.slice(4))), close: false };
    if (!text.startsWith('wait ')) return { text: `<${text}>`, close: text === 'bye' };
    const { promise, resolve } = Promise.withResolvers<string>();
    waiting.set(text.slice(5), resolve);
    return { text: promise, close: text.endsWith('bye') };
  };
  return {
    name: 'echo',
    tooLong: '<too long>',
    open: () => ({ line }),
    started,
    release: (name) => waiting.get(name)?.(`<${name}>`),
  };
}

interface Started {
  readonly server: RunningServer;
  readonly echo: Echo;
  readonly counters: Counters;
  readonly logged: string[];
}

async function start(
  limits: Partial<LineLimits> = {},
  closeWithin = 5,
  level: LogLevel = 0,
  session?: LineSession,
): Promise<Started> {
  const echo = { ...echoProtocol(), ...(session && { open: () => session }) };
  const counters = createCounters();
  const logged: string[] = [];
  const log = createLog({ level, format: 'text' }, (text) => logged.push(text));
  const address = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
  const server = await startLineServer({
    address,
    protocol: echo,
    log,
    counters,
    limits,
    closeWithin: () => closeWithin,
  });
  servers.push(server);
  return { server, echo, counters, logged };
}

/** A server whose sessions are not welcome for that cause. */
async function startDenying(denied: () => string | undefined, line: LineSession['line']): Promise<Started> {
  return start({}, 5, 0, {
    line,
    get denied() {
      return denied();
    },
  });
}

interface Client {
  readonly socket: Socket;
  /** All that was received, once the server has closed. */
  readonly all: Promise<string>;
  /** Waits until this text was received. */
  received(text: string): Promise<void>;
  chunks(): readonly string[];
}

function connect({ address }: RunningServer): Client {
  if (address.kind === 'unix') throw new Error('not in this test');
  const socket = createConnection({ host: address.host, port: address.port, allowHalfOpen: true });
  clients.push(socket);
  const chunks: string[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.on('data', (bytes) => chunks.push(bytes.toString()));
  socket.on('error', () => {});
  socket.on('end', () => resolve(chunks.join('')));
  socket.on('close', () => resolve(chunks.join('')));
  return {
    socket,
    all: promise,
    chunks: () => chunks,
    received: async (text) => {
      while (chunks.join('') !== text) await once(socket, 'data');
    },
  };
}

/** From now on the connections are looked at only when the function is called, and as often as it says. */
function sweepByHand(): (times: number) => void {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  return (times) => vi.advanceTimersByTime(times * 5000);
}

/** Node's warnings from now on that something gets more and more listeners. */
function listenerWarnings(): readonly Error[] {
  const warned: Error[] = [];
  const take = (warning: Error): void => {
    if (warning.name === 'MaxListenersExceededWarning') warned.push(warning);
  };
  process.on('warning', take);
  onTestFinished(() => void process.off('warning', take));
  return warned;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turns(1);
}

/** Something that is waited for. */
function signal(): PromiseWithResolvers<void> {
  return Promise.withResolvers<void>();
}

/** Resolves after so many turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

test.for<[input: string, answers: string]>([
  ['', ''],
  ['a\nb\r\n', '<a><b>'],
  ['a', '<a>'],
  ['a\r', '<a>'],
  ['no\n\n', '<>'],
  ['a\nbye\nb\n', '<a><bye>'],
  [`${'x'.repeat(4096)}\n`, `<${'x'.repeat(4096)}>`],
  [`a\n${'x'.repeat(4097)}\nb\n`, '<a><too long>'],
])('%j, then the end of input', async ([input, answers]) => {
  const { server } = await start();
  const client = connect(server);
  client.socket.end(input);
  expect(await client.all).toBe(answers);
});

test('an endless line is answered at once, and the answer arrives although the client goes on', async () => {
  const { server, counters, logged } = await start({}, 5, 1);
  const client = connect(server);
  client.socket.write('x'.repeat(1_000_000));
  expect(await client.all).toBe('<too long>');
  client.socket.end();
  await until(() => logged.join('').includes('disconnected'));
  expect(counters.list()).toEqual([['echo line too long', 1]]);
  await until(() => logged.join('').includes('line too long via=echo cause="more than 4096 characters"'));
});

test.for<[length: number, expectsLong: boolean, answers: string, trouble: string]>([
  [20, false, '<x><LONG><x>', ''],
  [21, false, '<x><too long>', 'more than 20 characters'],
  [40, true, '<x><LONG><x>', ''],
  [41, true, '<x><too long>', 'more than 40 characters'],
])('a line of %i characters, where a longer one than usual is expected: %s', async (row) => {
  const [length, expectsLong, answers, trouble] = row;
  const line = (text: string): Answer => ({ text: `<${text}>`, close: false });
  const { server, logged } = await start({ line: 20 }, 5, 0, { longest: 40, expectsLong, line });
  const client = connect(server);
  const long = 'x'.repeat(length);
  client.socket.end(`x\n${long}\nx\n`);
  expect((await client.all).replace(long, 'LONG')).toBe(answers);
  await until(() => logged.join('').includes(trouble));
});

test('answers leave in the order of the lines, whatever gets ready first', async () => {
  const { server, echo } = await start();
  const client = connect(server);
  client.socket.write('wait 1\na\nwait 2\nb\nbye\nc\n');
  await until(() => echo.started.length === 5);
  echo.release('2');
  await new Promise(setImmediate);
  expect(client.chunks()).toEqual([]);
  echo.release('1');
  expect(await client.all).toBe('<1><a><2><b><bye>');
  expect(echo.started).not.toContain('c');
});

test('nothing is started behind a line whose answer will close', async () => {
  const { server, echo } = await start();
  const client = connect(server);
  client.socket.write('wait bye\nb\n');
  await until(() => echo.started.length > 0);
  echo.release('bye');
  expect(await client.all).toBe('<bye>');
  expect(echo.started).toEqual(['wait bye']);
});

test('answers that get ready in one turn leave in one write', async () => {
  const { server, echo } = await start();
  const client = connect(server);
  client.socket.write('wait 1\nwait 2\nwait 3\n');
  await until(() => echo.started.length === 3);
  const write = vi.spyOn(Socket.prototype, 'write');
  for (const name of ['3', '1', '2']) echo.release(name);
  await client.received('<1><2><3>');
  expect(write.mock.calls).toEqual([['<1><2><3>']]);
  write.mockRestore();
});

test('one that may leave with the next waits for it, but only if that was asked for', async () => {
  const { server, echo } = await start();
  const client = connect(server);
  client.socket.write('go\n');
  await client.received('<go>');
  client.socket.write('0\ngo\nwait 1\nwait 2\ngo\n');
  await client.received('<go><0>');
  const write = vi.spyOn(Socket.prototype, 'write');
  echo.release('2');
  await new Promise(setImmediate);
  expect(write).not.toHaveBeenCalled();
  echo.release('1');
  await client.received('<go><0><go><1><2><go>');
  expect(write.mock.calls).toEqual([['<go><1><2><go>']]);
  write.mockRestore();
});

test('no more lines than allowed are being answered at a time', async () => {
  const { server, echo } = await start({ pipelined: 3 });
  const client = connect(server);
  client.socket.end('wait 1\nwait 2\nwait 3\nwait 4\na\nb');
  await until(() => echo.started.length === 3);
  await new Promise(setImmediate);
  expect(echo.started).toHaveLength(3);
  echo.release('1');
  await until(() => echo.started.length === 4);
  for (const name of ['2', '3', '4']) echo.release(name);
  expect(await client.all).toBe('<1><2><3><4><a><b>');
});

test('a client that does not read is not read from, and cut off in the end', async () => {
  const { server, echo, counters, logged } = await start({ unread: 1000, idle: 0.1 });
  const client = connect(server);
  client.socket.pause();
  // More than the system's own buffers hold.
  let isRead = false;
  client.socket.on('drain', () => (isRead = true));
  client.socket.write('big 1000000\n'.repeat(1000));
  client.socket.write('a\n'.repeat(10_000_000));
  await until(() => logged.join('').includes('cut off'));
  expect(isRead).toBe(false);
  expect(counters.list()).toEqual([['echo client cut off', 1]]);
  expect(logged.join('')).toContain('client cut off via=echo cause="does not read"');
  expect(echo.started.length).toBeLessThanOrEqual(100);
});

test('a client that reads late gets everything', async () => {
  const { server, echo } = await start({ unread: 1000 });
  const client = connect(server);
  client.socket.pause();
  client.socket.write('big 1000000\n'.repeat(20));
  await until(() => echo.started.length === 20);
  await new Promise(setImmediate);
  // Not looked at before the client has read.
  client.socket.end('a\n');
  client.socket.resume();
  expect(await client.all).toHaveLength(20_000_003);
});

test('a client has as long for the last answer as for any other, and little time when it has that', async () => {
  const sweep = sweepByHand();
  const [started, over] = [signal(), signal()];
  const line = (): Answer => (started.resolve(), { text: 'x'.repeat(20_000_000), close: true });
  const { server, counters } = await start({}, 5, 0, { line, end: () => over.resolve() });
  const client = connect(server);
  client.socket.pause();
  client.socket.write('a\n');
  await started.promise;
  await turns(1);
  sweep(60);
  client.socket.resume();
  expect(await client.all).toHaveLength(20_000_000);
  sweep(3);
  await over.promise;
  expect(counters.list()).toEqual([]);
});

test('a client that has its last answer gets two looks to close its side', async () => {
  const sweep = sweepByHand();
  let isOver = false;
  const line = (): Answer => ({ text: '<bye>', close: true });
  const { server } = await start({}, 5, 0, { line, end: () => void (isOver = true) });
  const client = connect(server);
  client.socket.write('a\n');
  expect(await client.all).toBe('<bye>');
  sweep(2);
  await turns(3);
  expect(isOver).toBe(false);
  sweep(1);
  await until(() => isOver);
});

test('a client that reads now and then is not cut off', async () => {
  const sweep = sweepByHand();
  const warned = listenerWarnings();
  const pieces = manyPieces(300);
  const { server, counters } = await start({}, 5, 0, { line: () => ({ text: pieces.text, close: true }) });
  const client = connect(server);
  client.socket.pause();
  client.socket.write('a\n');
  await until(() => pieces.made() > 0);
  for (let made = pieces.made(); made < 300; made = pieces.made()) {
    sweep(60);
    client.socket.resume();
    await until(() => pieces.made() > made);
    client.socket.pause();
  }
  client.socket.resume();
  expect(await client.all).toHaveLength(30_000_000);
  expect(counters.list()).toEqual([]);
  expect(warned).toEqual([]);
});

test('answers that get ready while the client does not read are kept for it', async () => {
  const warned = listenerWarnings();
  const answers = Array.from({ length: 20 }, () => Promise.withResolvers<string>());
  let asked = 0;
  const line = (): Answer => ({ text: answers[asked++]?.promise ?? '', close: false });
  const { server } = await start({}, 5, 0, { line });
  const client = connect(server);
  client.socket.pause();
  client.socket.end('a\n'.repeat(20));
  await until(() => asked === 20);
  for (const [i, { resolve }] of answers.entries()) {
    resolve(i === 0 ? 'x'.repeat(20_000_000) : `<${i}>`);
    await new Promise(setImmediate);
  }
  client.socket.resume();
  expect((await client.all).slice(20_000_000)).toMatch(/^<1><2>.*<19>$/);
  expect(warned).toEqual([]);
});

test.runIf(existsSync('/proc/net/tcp'))(
  'the system asks within a minute whether a silent client is still there',
  async () => {
    const { server } = await start();
    const { socket } = connect(server);
    await once(socket, 'connect');
    // proc_net_tcp: local address, remote address, state, queues, timer (2: keep-alive) and hundredths of seconds left.
    const connections = (): string => readFileSync('/proc/net/tcp', 'utf8');
    const port = (number = 0): string => `[\\dA-F]{8}:${number.toString(16).toUpperCase().padStart(4, '0')}`;
    const { localPort, remotePort } = socket;
    const ours = new RegExp(`${port(remotePort)} ${port(localPort)} 01 \\S+ 02:([\\dA-F]+)`);
    await until(() => ours.test(connections()));
    const [, left = ''] = ours.exec(connections()) ?? [];
    expect(Number.parseInt(left, 16)).toBeLessThanOrEqual(6000);
  },
);

test('an idle client is cut off, one that waits for us is not', async () => {
  const { server, echo } = await start({ idle: 0.05 });
  const waiting = connect(server);
  waiting.socket.write('wait 1\n');
  await until(() => echo.started.length === 1);
  const idle = connect(server);
  idle.socket.write('a\n');
  expect(await idle.all).toBe('<a>');
  echo.release('1');
  expect(await waiting.all).toBe('<1>');
});

test('one that has waited for us for long is not idle yet when it has its answer', async () => {
  const { server, echo } = await start({ idle: 0.2 });
  const waiting = connect(server);
  waiting.socket.write('wait 1\n');
  await connect(server).all;
  echo.release('1');
  await waiting.received('<1>');
  // More than one look at the connections, and fewer than make a client idle.
  await sleep(80);
  waiting.socket.write('a\n');
  expect(await waiting.all).toBe('<1><a>');
});

test.for<[what: string, begin: string, piece: string, end: string, cutOff: number]>([
  ['only bytes now and then: cut off', '', 'x', '', 1],
  ['only bytes behind a long beginning: cut off', 'x'.repeat(30), 'x', '', 1],
  ['a line now and then: served', '', 'no\n', '', 0],
  ['a long line bit by bit: served', '', 'x'.repeat(10), '\n', 0],
])('%s', async ([, begin, piece, end, cutOff]) => {
  const session = { longest: 1000, expectsLong: true, line: () => undefined };
  const { server, counters } = await start({ idle: 0.1, line: 30 }, 5, 0, session);
  const { socket } = connect(server);
  socket.write(begin);
  for (let sent = 0; sent < 20 && !socket.destroyed; sent += 1) {
    socket.write(piece);
    await sleep(20);
  }
  if (!socket.destroyed) socket.end(end);
  await until(() => socket.destroyed);
  expect(counters.list()).toEqual(cutOff === 0 ? [] : [['echo client cut off', cutOff]]);
});

test('a client that only goes on sending after the last answer is cut off', async () => {
  const { server, echo, counters } = await start({ idle: 0.2 });
  const { socket } = connect(server);
  let closed = false;
  socket.on('close', () => (closed = true));
  socket.write('bye\n');
  while (!closed) {
    socket.write('a\n');
    await new Promise(setImmediate);
  }
  expect(echo.started).toEqual(['bye']);
  // Its connection is closed, but that is not counted as trouble.
  expect(counters.list()).toEqual([]);
});

test.for<[level: LogLevel, lines: number]>([
  [0, 0],
  [1, 2],
])('at log level %i a connection leaves %i lines', async ([level, lines]) => {
  const { server, logged } = await start({}, 5, level);
  const client = connect(server);
  client.socket.end('a\n');
  await client.all;
  await server[Symbol.asyncDispose]();
  const found = (): readonly string[] =>
    logged.join('').match(/(?:dis)?connected via=echo client=127\.0\.0\.1\n/g) ?? [];
  await expect.poll(found).toHaveLength(lines);
});

test('log level 3 has each line that is received and each answer that is sent', async () => {
  const { server, logged } = await start({}, 5, 3);
  const client = connect(server);
  client.socket.end('a\n');
  const answer = await client.all;
  await server[Symbol.asyncDispose]();
  const lines = logged.join('').match(/(?:line|sent) via=.*/g);
  expect(lines).toEqual(['line via=echo line=a', `sent via=echo text=${answer.trim()}`]);
});

test('connections over the limit are closed at once; others are served', async () => {
  const { server, counters, logged } = await start({ connections: 2 });
  const holders = [connect(server), connect(server)];
  for (const { socket } of holders) await once(socket, 'connect');
  const latecomers = [connect(server), connect(server)];
  expect(await Promise.all(latecomers.map(({ all }) => all))).toEqual(['', '']);
  expect(counters.list()).toEqual([['echo connection refused', 2]]);
  holders[0]?.socket.write('a\n');
  await holders[0]?.received('<a>');
  expect(logged.join('').match(/connection refused/g)).toHaveLength(1);
});

test('a client that is gone before its answer does no harm', async () => {
  const { server, echo } = await start();
  for (const leave of ['destroy', 'resetAndDestroy'] as const) {
    const gone = connect(server);
    gone.socket.write(`wait ${leave}\na\n`);
    await until(() => echo.started.includes(`wait ${leave}`));
    gone.socket[leave]();
    await new Promise(setImmediate);
    echo.release(leave);
  }
  const next = connect(server);
  next.socket.end('a\n');
  expect(await next.all).toBe('<a>');
});

test('nothing more is started for a client that is gone, or said to be sent', async () => {
  const { server, echo, logged } = await start({ pipelined: 1 }, 5, 3);
  const { socket } = connect(server);
  socket.write('wait 1\na\n');
  await until(() => echo.started.length === 1);
  socket.resetAndDestroy();
  await until(() => logged.join('').includes('connection lost via=echo cause="read ECONNRESET"'));
  echo.release('1');
  await server[Symbol.asyncDispose]();
  await until(() => logged.join('').includes('disconnected'));
  expect(echo.started).toEqual(['wait 1']);
  expect(logged.join('')).not.toContain('sent');
});

test.for<[bug: string, started: readonly string[]]>([
  ['throw', ['throw']],
  ['reject', ['reject', 'b']],
])('a protocol that fails (%s) costs one connection', async ([bug, started]) => {
  const { server, echo, logged } = await start();
  const client = connect(server);
  client.socket.write(`${bug}\nb\n`);
  expect(await client.all).toBe('');
  const next = connect(server);
  next.socket.end('a\n');
  expect(await next.all).toBe('<a>');
  expect(logged.join('')).toContain('connection failed via=echo cause="Error: a bug"');
  expect(echo.started).toEqual([...started, 'a']);
});

test('a look-up of the client that fails costs one connection', async () => {
  const session = {
    get ready() {
      return Promise.reject(new Error('a bug'));
    },
    line: silent,
  };
  const { server, logged } = await start({}, 5, 0, session);
  expect(await connect(server).all).toBe('');
  await until(() => logged.join('').includes('connection failed via=echo cause="Error: a bug"'));
});

test('closing lets answers in hand go out, starts nothing more and refuses new clients', async () => {
  const { server, echo } = await start();
  const idle = connect(server);
  await once(idle.socket, 'connect');
  const client = connect(server);
  client.socket.write('wait 1\n');
  await until(() => echo.started.length === 1);
  let isClosed = false;
  const closing = server[Symbol.asyncDispose]().then(() => (isClosed = true));
  expect(await idle.all).toBe('');
  client.socket.write('a\n');
  await expect(once(connect(server).socket, 'connect')).rejects.toThrow('ECONNREFUSED');
  expect(isClosed).toBe(false);
  echo.release('1');
  expect(await client.all).toBe('<1>');
  await closing;
  expect(echo.started).toEqual(['wait 1']);
});

/** An answer that has no end before the promise. */
async function* onAndOn(over: Promise<void>): AsyncGenerator<string> {
  yield '<on>';
  await over;
}

test('the end of the input ends an answer that has no end', async () => {
  const { promise: over, resolve: lastLine } = Promise.withResolvers<void>();
  const { server } = await start({}, 5, 0, { line: () => ({ text: onAndOn(over), close: false }), lastLine });
  const client = connect(server);
  client.socket.end('a\n');
  expect(await client.all).toBe('<on>');
});

/** TLS of which nobody gets to the end. */
const TLS: Answer = { text: '<tls>', close: false, secure: { context: {}, pinned: new Set() } };

test.for<[what: string, answer: Partial<Answer>]>([
  ['who has the last answer', { close: true }],
  ['an answer that has no end', {}],
  ['a TLS handshake', TLS],
])('closing does not wait for %s', async ([, answer]) => {
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const isLast = Object.keys(answer).length > 0;
  const line = (): Answer => ({ close: false, ...answer, text: isLast ? '<on>' : onAndOn(over) });
  const { server } = await start({}, 1000, 0, { line, end: () => end() });
  const client = connect(server);
  client.socket.write('a\n');
  await client.received('<on>');
  await server[Symbol.asyncDispose]();
  expect(await client.all).toBe('<on>');
});

test('closing does not wait for a TLS handshake that would begin behind an answer', async () => {
  const { promise: answer, resolve } = Promise.withResolvers<string>();
  let asked = 0;
  const line = (): Answer => (asked++ === 0 ? { text: answer, close: false } : TLS);
  const { server } = await start({}, 1000, 0, { line });
  const client = connect(server);
  client.socket.write('a\nb\n');
  await until(() => asked === 2);
  const closing = server[Symbol.asyncDispose]();
  resolve('<on>');
  await closing;
  expect(await client.all).toBe('<on><tls>');
});

test('there is no TLS with who has ended its side already', async () => {
  const { server } = await start({}, 5, 0, { line: () => ({ ...TLS, text: turns(10).then(() => '<tls>') }) });
  const client = connect(server);
  client.socket.end('a\n');
  expect(await client.all).toBe('<tls>');
});

test('a TLS handshake that does not come is waited for as long as for a line', async () => {
  const sweep = sweepByHand();
  const { server, counters, logged } = await start({}, 5, 0, { line: () => TLS });
  const client = connect(server);
  client.socket.write('a\n');
  await client.received('<tls>');
  await until(() => logged.length > 0);
  sweep(61);
  expect(await client.all).toBe('<tls>');
  await until(() => counters.list().length === 2);
  expect(Object.fromEntries(counters.list())).toEqual({ 'echo client cut off': 1, 'echo tls refused': 1 });
});

test('a connection over TLS is one, and lives as long as it says something', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-lines-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const pair = selfSigned(directory, 'mx');
  const context = { cert: readFileSync(pair.certificate), key: readFileSync(pair.key), ca: [] };
  const identity = { context, pinned: new Set([parseFingerprint(fingerprint(pair)) ?? '']) };
  const sweep = sweepByHand();
  const line = (text: string): Answer => ({ ...(text === 'tls' && { secure: identity }), text, close: false });
  const { server } = await start({ connections: 2 }, 5, 0, { line });
  const { socket } = connect(server);
  const ask = async (through: Socket, text: string): Promise<void> => {
    through.write(`${text}\n`);
    expect(String(await once(through, 'data'))).toBe(text);
  };
  await ask(socket, 'tls');
  const secure = await secureClient(socket, identity, '127.0.0.1');
  await ask(secure, 'a');
  sweep(59);
  await ask(secure, 'b');
  sweep(59);
  await ask(connect(server).socket, 'c');
  await ask(secure, 'd');
});

test('TLS begins when all that was said before is read', async () => {
  const big = 20_000_000;
  const { server, counters } = await start({}, 5, 0, { line: () => ({ ...TLS, text: 'x'.repeat(big) }) });
  const client = connect(server);
  client.socket.pause();
  client.socket.write('a\n');
  await turns(5);
  client.socket.resume();
  await until(() => client.socket.bytesRead === big);
  client.socket.end('no handshake');
  await client.all;
  await until(() => counters.list().length > 0);
  expect(counters.list()).toEqual([['echo tls refused', 1]]);
});

test('what follows the last line is read and dropped, also where no more lines may be answered at a time', async () => {
  sweepByHand();
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const line = (text: string): Answer => ({ text: `<${text}>`, close: true });
  const { server } = await start({ pipelined: 1 }, 5, 0, { line, end: () => end() });
  const client = connect(server);
  client.socket.end(`bye\n${'a\n'.repeat(1_000_000)}`);
  expect(await client.all).toBe('<bye>');
  // The server has seen the client's end.
  await over;
});

test('closing does not wait for ever', async () => {
  const { server, echo } = await start({}, 0.05);
  const client = connect(server);
  client.socket.write('wait 1\n');
  await until(() => echo.started.length === 1);
  await server[Symbol.asyncDispose]();
  expect(await client.all).toBe('');
});

test('each client has a session of its own', async () => {
  const line = (): ((text: string) => Answer) => {
    let count = 0;
    return () => ({ text: String((count += 1)), close: false });
  };
  const protocol: LineProtocol = { name: 'count', tooLong: '', open: () => ({ line: line() }) };
  const address = { kind: 'tcp', host: '::1', port: 0 } as const;
  const server = await startLineServer({ address, protocol, log: silentLog, counters: createCounters() });
  servers.push(server);
  for (const _ of [1, 2]) {
    const client = connect(server);
    client.socket.end('a\na\n');
    expect(await client.all).toBe('12');
  }
});

async function serve(
  open: (peer: Peer) => LineSession,
  rest?: Partial<LineProtocol>,
  limits = {},
): Promise<RunningServer> {
  const protocol: LineProtocol = { name: 'test', tooLong: '', open, ...rest };
  const address = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
  const server = await startLineServer({ address, protocol, log: silentLog, counters: createCounters(), limits });
  servers.push(server);
  return server;
}

const silent = (): undefined => undefined;

test('who has to be looked up first is greeted then, and its lines wait', async () => {
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const asked: string[] = [];
  const server = await serve(() => ({
    ready,
    get greeting() {
      asked.push('greeting');
      return { text: '<hello>', close: false };
    },
    line: (text) => (asked.push(text), { text: `<${text}>`, close: false }),
  }));
  const client = connect(server);
  client.socket.end('a\nb');
  await once(client.socket, 'connect');
  await new Promise(setImmediate);
  expect(asked).toEqual([]);
  resolve();
  expect(await client.all).toBe('<hello><a><b>');
});

test.for<[what: string, leave: (client: Socket, server: RunningServer) => void]>([
  ['when the server closes', (_client, server) => void server[Symbol.asyncDispose]()],
  ['when the client is gone', (client) => void client.resetAndDestroy()],
])('who has to be looked up first is not greeted %s', async ([, leave]) => {
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const asked: string[] = [];
  const server = await serve(() => ({
    ready,
    get greeting() {
      asked.push('greeting');
      return { text: '<hello>', close: false };
    },
    line: (text) => void asked.push(text),
    end: () => end(),
  }));
  const client = connect(server);
  client.socket.write('a\n');
  await once(client.socket, 'connect');
  await until(() => client.socket.bytesWritten > 0);
  leave(client.socket, server);
  await over;
  resolve();
  expect(await client.all).toBe('');
  expect(asked).toEqual([]);
});

/** Pieces as long as they are asked for, `most` at most, and what became of them. */
function manyPieces(most: number): { text: AsyncIterable<string>; made: () => number; ended: () => boolean } {
  let [made, ended] = [0, false];
  async function* pieces(): AsyncGenerator<string> {
    try {
      while (made < most) {
        made += 1;
        yield 'x'.repeat(100_000);
      }
    } finally {
      ended = true;
    }
  }
  return { text: pieces(), made: () => made, ended: () => ended };
}

test('a greeting comes before any line, and before the answers to lines that came early', async () => {
  const greeting: Answer = { text: Promise.resolve('hello '), close: false };
  const server = await serve(() => ({ greeting, line: (line) => ({ text: `<${line}>`, close: false }) }));
  const quiet = connect(server);
  await quiet.received('hello ');
  const hasty = connect(server);
  hasty.socket.end('a\n');
  expect(await hasty.all).toBe('hello <a>');
});

test('a greeting that closes refuses the client, and nothing that it says is looked at', async () => {
  const lines: string[] = [];
  const greeting: Answer = { text: 'go away\n', close: true };
  const server = await serve(() => ({ greeting, line: (line) => void lines.push(line) }));
  const client = connect(server);
  client.socket.write('a\nb\n');
  expect(await client.all).toBe('go away\n');
  client.socket.end();
  await once(client.socket, 'close');
  expect(lines).toEqual([]);
});

test('a client that is not welcome is sent away without a word, with a line in the log', async () => {
  const lines: string[] = [];
  const { server, counters, logged } = await startDenying(
    () => 'unknown',
    (line) => void lines.push(line),
  );
  const client = connect(server);
  client.socket.write('a\n');
  expect(await client.all).toBe('');
  await until(() => logged.join('').includes('access denied via=echo client=127.0.0.1 cause=unknown'));
  expect(counters.list()).toEqual([['echo access denied', 1]]);
  expect(lines).toEqual([]);
});

test('one that is no longer welcome is answered, then sent away', async () => {
  let denied: string | undefined;
  const { server, counters } = await startDenying(
    () => denied,
    (line) => {
      if (line === 'b') denied = 'changed';
      // Ready when it has been seen already that the client is no longer welcome.
      return { text: line === 'b' ? turns(2).then(() => '<b>') : `<${line}>`, close: false };
    },
  );
  const client = connect(server);
  client.socket.write('a\n');
  await client.received('<a>');
  client.socket.write('b\n');
  expect(await client.all).toBe('<a><b>');
  expect(counters.list()).toEqual([['echo access denied', 1]]);
});

test('a session is told why its connection was lost', async () => {
  const causes: (string | undefined)[] = [];
  const open = (): LineSession => ({ line: silent, end: (cause) => void causes.push(cause) });
  await connect(await serve(open, {}, { idle: 0.02 })).all;
  await until(() => causes.length > 0);
  const { socket } = connect(await serve(open));
  await once(socket, 'connect');
  socket.resetAndDestroy();
  await until(() => causes.length > 1);
  expect(causes).toEqual(['idle', 'read ECONNRESET']);
});

test('a session knows where its client is', async () => {
  const peers: Peer[] = [];
  const server = await serve((peer) => {
    peers.push(peer);
    return { line: silent };
  });
  connect(server).socket.end();
  await until(() => peers.length === 1);
  expect(peers).toEqual([{ kind: 'tcp', address: '127.0.0.1' }]);
});

test('a client over the limit is told so, if the protocol has words for it', async () => {
  const server = await serve(() => ({ line: silent }), { busy: 'busy\r\n' }, { connections: 1 });
  const holder = connect(server);
  await once(holder.socket, 'connect');
  expect(await connect(server).all).toBe('busy\r\n');
});

test('a client over the limit is let go, whether it is gone already or goes on', async () => {
  const server = await serve(
    () => ({ line: (text) => ({ text, close: false }) }),
    { busy: 'busy' },
    { connections: 1 },
  );
  const holder = connect(server);
  await once(holder.socket, 'connect');
  const write = vi.spyOn(Socket.prototype, 'write').mockImplementationOnce(function (this: Socket) {
    this.destroy(new Error('write EPIPE'));
    return false;
  });
  expect(await connect(server).all).toBe('');
  write.mockRestore();
  const { socket, all } = connect(server);
  expect(await all).toBe('busy');
  while (!socket.destroyed) {
    socket.write('a');
    await turns(1);
  }
  holder.socket.end('a\n');
  expect(await holder.all).toBe('a');
});

test('an answer in pieces comes in its turn, as a whole', async () => {
  const first = Promise.withResolvers<string>();
  const pieces = manyPieces(100);
  const answers: { readonly [line: string]: Answer['text'] } = { a: first.promise, b: pieces.text, c: 'end' };
  const server = await serve(() => ({ line: (line) => ({ text: answers[line] ?? '', close: line === 'c' }) }));
  const client = connect(server);
  client.socket.write('a\nb\nc\n');
  await new Promise(setImmediate);
  expect(pieces.made()).toBe(0);
  first.resolve('begin');
  expect(await client.all).toBe(`begin${'x'.repeat(10_000_000)}end`);
});

test('an answer that may leave with the next does not wait for one in pieces', async () => {
  const answers: { readonly [line: string]: Partial<Answer> } = {
    go: { text: '<go>', withNext: true },
    b: { text: manyPieces(1).text, close: true },
  };
  const server = await serve(() => ({ line: (line) => ({ text: '', close: false, ...answers[line] }) }));
  const client = connect(server);
  client.socket.write('go\nb\n');
  expect(await client.all).toBe(`<go>${'x'.repeat(100_000)}`);
});

test('no more pieces are made than the client reads; none when it is gone', async () => {
  const pieces = manyPieces(100_000);
  const server = await serve((peer) => ({
    line: (line) => ({ text: line === 'all' ? pieces.text : peer.kind, close: false }),
  }));
  const client = connect(server);
  client.socket.pause();
  client.socket.write('all\n');
  await until(() => pieces.made() > 0);
  // Another client is served meanwhile.
  const other = connect(server);
  other.socket.end('a\n');
  expect(await other.all).toBe('tcp');
  expect(pieces.made()).toBeLessThan(1000);
  client.socket.destroy();
  await until(pieces.ended);
  expect(pieces.made()).toBeLessThan(1000);
});

test('a piece that is ready when the client is gone is the last', async () => {
  const [begun, lost, next, ended] = [signal(), signal(), signal(), signal()];
  async function* pieces(): AsyncGenerator<string> {
    try {
      begun.resolve();
      await next.promise;
      yield 'x';
      expect.unreachable('asked for more');
    } finally {
      ended.resolve();
    }
  }
  const server = await serve(() => ({
    line: () => ({ text: pieces(), close: false }),
    end: () => lost.resolve(),
  }));
  const { socket } = connect(server);
  socket.write('a\n');
  await begun.promise;
  socket.resetAndDestroy();
  await lost.promise;
  next.resolve();
  await ended.promise;
});

test('a client that does not read an answer in pieces is cut off', async () => {
  const pieces = manyPieces(100_000);
  const server = await serve(() => ({ line: () => ({ text: pieces.text, close: false }) }), {}, { idle: 0.1 });
  const client = connect(server);
  client.socket.pause();
  client.socket.write('all\n');
  await until(pieces.ended);
  expect(pieces.made()).toBeLessThan(1000);
});

test('pieces that fail cost one connection', async () => {
  async function* pieces(): AsyncGenerator<string> {
    yield 'x';
    throw new Error('a bug');
  }
  const server = await serve(() => ({ line: () => ({ text: pieces(), close: false }) }));
  const client = connect(server);
  client.socket.write('a\n');
  expect(await client.all).toBe('x');
});

test('what is wrong with lines is counted always, and logged once in a while', async () => {
  const { server, counters, logged } = await start();
  const client = connect(server);
  client.socket.end('odd one\nodd two\na\nodd three\n');
  expect(await client.all).toBe('??<a>?');
  expect(counters.list()).toEqual([['echo odd line', 3]]);
  await until(() => logged.length > 0);
  expect(logged.join('').match(/odd line .*/g)).toEqual(['odd line via=echo cause=one']);
});
