// The commands against a small server of their own that speaks the sync protocol on a unix socket.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatDocument } from '../peers/sync-protocol.ts';
import { askDaemon, quoteArgument, Unreachable } from './ask-daemon.ts';
import { COMMANDS } from './commands.ts';
import { type Printed, printed } from './printed.ts';
import { NO_SCREEN } from './screen.ts';
import { exportCommand } from './tables.ts';

let directory = '';
let server: Server | undefined;
let received = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddgrey-cli-'));
  writeFileSync(join(directory, 'ddgrey.conf'), 'retry 3d\n');
  received = '';
});

afterEach(async () => {
  if (server !== undefined) await server[Symbol.asyncDispose]();
  server = undefined;
  rmSync(directory, { recursive: true });
});

/** A daemon that does this with each connection once it has sent a line. */
async function serve(answer: (socket: Socket) => void): Promise<void> {
  server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (text) => {
      received += text;
      answer(socket);
    });
    socket.on('end', () => socket.end());
  });
  await once(server.listen(join(directory, 'ddgrey.socket')), 'listening');
}

function where(): { directory: string; configFile: string } {
  return { directory, configFile: join(directory, 'ddgrey.conf') };
}

async function run(name: string, words: readonly string[] = [], json = false): Promise<Printed> {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  return printed(await command.run({ location: where(), words, json, flags: new Set(), screen: NO_SCREEN }));
}

test.for<[verdict: object, text: string, exitCode: number]>([
  [{ kind: 'white', reason: 'known' }, 'white: this client, sender and recipient passed before (id x1)\n', 0],
  [
    { kind: 'grey', reason: 'first', wait: 290 },
    'grey: first attempt of this client, sender and recipient; 5 minutes to wait (id x1)\n',
    10,
  ],
  [{ kind: 'black', reason: 'blacklisted' }, 'black: the client is blacklisted (id x1)\n', 20],
])('check tells %j', async ([verdict, text, exitCode]) => {
  const line = JSON.stringify({ ...verdict, id: 'x1' });
  await serve((socket) => socket.write(formatDocument([line])));
  const words = ['203.0.113.7', '', 'b c@example.org', 'name=mx.example.com'];
  expect(await run('check', words)).toEqual({ text, exitCode });
  expect(received).toBe('verdict 203.0.113.7 "" "b c@example.org" name=mx.example.com\r\n');
  expect(await run('check', words, true)).toEqual({ text: `${line}\n`, exitCode });
});

test('tuples are a table, in which nothing stands for anything', async () => {
  const stored = {
    state: 'pending',
    firstSeen: 0,
    lastSeen: 0,
    tuple: { client: '', sender: '<>', recipient: 'b@c.d' },
  };
  await serve((socket) => socket.write(formatDocument([stored, stored].map((one) => JSON.stringify(one)))));
  const { text } = await run('tuples', ['example.com']);
  expect(received).toBe('tuples example.com\r\n');
  expect(text.split('\n').map((line) => line.split(/ {2,}/))).toMatchObject([
    ['state', 'since', 'last used', 'client', 'sender', 'recipient'],
    Array(6).fill(expect.stringMatching(/^-+$/)),
    ['pending', expect.any(String), expect.any(String), '*', '<>', 'b@c.d'],
    ['pending', expect.any(String), expect.any(String), '*', '<>', 'b@c.d'],
    [''],
  ]);
  expect(JSON.parse((await run('tuples', [], true)).text)).toEqual([stored, stored]);
});

test('ddgrey peers shows a table, each peer with its state and last error', async () => {
  const from = {
    peer: 'mx2.example.org:722',
    name: '',
    direction: 'from',
    state: 'waiting',
    since: 0,
    reports: 0,
    lastError: 'connect ECONNREFUSED',
  };
  const to = { ...from, peer: '192.0.2.7', name: 'mx3', direction: 'to', state: 'connected', reports: 7, behind: 2 };
  await serve((socket) =>
    socket.write(formatDocument([from, { ...to, lastError: undefined }].map((it) => JSON.stringify(it)))),
  );
  expect((await run('peers')).text.split('\n').map((line) => line.split(/ {2,}/))).toMatchObject([
    ['peer', 'name', 'reports', 'state', 'since', 'count', 'behind', 'last error'],
    Array(8).fill(expect.stringMatching(/^-+$/)),
    ['mx2.example.org:722', 'from', 'waiting', expect.any(String), '0', '-', 'connect ECONNREFUSED'],
    ['192.0.2.7', 'mx3', 'to', 'connected', expect.any(String), '7', '2'],
    [''],
  ]);
  expect(received).toBe('peers\r\n');
});

test('stats are a table of what is remembered and what was counted', async () => {
  const statistics = {
    version: '1.2.3',
    uptime: 7200,
    tuples: { pending: 3, valid: 40 },
    counters: { 'verdict grey': 5 },
  };
  await serve((socket) => socket.write(formatDocument([JSON.stringify(statistics)])));
  expect((await run('stats')).text.split('\n')).toEqual([
    'ddgreyd 1.2.3, running for 2 hours',
    'what            count',
    '--------------  -----',
    'tuples pending  3',
    'tuples valid    40',
    'verdict grey    5',
    '',
  ]);
});

test('config needs no daemon, and tells what the files say and where it was set', async () => {
  const { text } = await run('config');
  expect(text).toMatch(/^option +in the files +default +set at\n/);
  expect(text).toMatch(/\n\nWhat is in force is not known: no ddgreyd answers on .*\n$/);
  expect(text).toContain(`  3d  `);
  expect(text).toContain(`${directory}/ddgrey.conf:1\n`);
  const options = JSON.parse((await run('config', [], true)).text);
  expect(options).toContainEqual({ name: 'retry', value: '3d', default: '60d', setAt: `${directory}/ddgrey.conf:1` });
});

test.for<[lines: string, marked: readonly string[], below: string]>([
  ['retry 3d', [], 'All of it is in force.\n'],
  ['retry 4d', ['retry'], '* not in force before a reload: retry (kill -HUP $(cat DIR/ddgreyd.pid))\n'],
  [
    'name a\nretry 4d\nport 7',
    ['name', 'retry', 'port'],
    '* not in force before a restart: name, port (kill $(cat DIR/ddgreyd.pid), then ddgreyd -D DIR)\n* not in force before a reload: retry (kill -HUP $(cat DIR/ddgreyd.pid))\n',
  ],
])('config with %j in the files marks %j', async ([lines, marked, below]) => {
  writeFileSync(join(directory, 'ddgrey.conf'), lines);
  const goesBy = { options: { name: '', port: '0', retry: '3d' }, fixed: ['name', 'port'] };
  await serve((socket) => socket.write(formatDocument([JSON.stringify(goesBy)])));
  const text = (await run('config')).text.replaceAll(directory, 'DIR');
  expect([...text.matchAll(/^(\S+) \* /gm)].map(([, name]) => name)).toEqual(marked);
  expect(text.split('\n\n').at(-1)).toBe(below);
  const told = JSON.parse((await run('config', [], true)).text) as { name: string; waitsFor?: string }[];
  expect(told.filter(({ waitsFor }) => waitsFor !== undefined).map(({ name }) => name)).toEqual(marked);
});

test('config shows what defaults come to that are worked out', async () => {
  const { text } = await run('config');
  expect(text).toMatch(new RegExp(`^name +${hostname()} +the host's own name$`, 'm'));
  expect(text).toMatch(/^port +722 when started as root, else 1722$/m);
  expect(JSON.parse((await run('config', [], true)).text)).toEqual(
    expect.arrayContaining([
      { name: 'name', value: hostname(), default: "the host's own name" },
      { name: 'policy', value: 'none', default: 'none' },
      { name: 'port', value: '', default: '722 when started as root, else 1722' },
    ]),
  );
});

test('config shows each socket on a line of its own, those of protocols without a line too', async () => {
  writeFileSync(join(directory, 'ddgrey.conf'), 'listen policy 127.0.0.1:1\nlisten policy [::1]:1\n');
  const { text } = await run('config');
  expect(text.match(/^(?:listen| {6}).*/gm)?.map((line) => line.trimEnd().split(/ {2,}/))).toEqual([
    ['listen', 'policy 127.0.0.1:1', 'greylist unix:greylist.socket', `${directory}/ddgrey.conf:2`],
    ['', 'policy [::1]:1', 'sync unix:ddgrey.socket'],
    ['', 'greylist unix:greylist.socket'],
    ['', 'sync unix:ddgrey.socket'],
  ]);
});

test('a long answer is whole, however it comes', async () => {
  const lines = Array.from({ length: 20_000 }, (_, at) => `${at % 3 === 0 ? '.' : ''}line ${at} é`);
  await serve((socket) => {
    const wire = Buffer.from(formatDocument(lines));
    for (let at = 0; at < wire.length; at += 997) socket.write(wire.subarray(at, at + 997));
  });
  expect((await askDaemon(where(), 'tuples')).document).toEqual(lines);
});

test('export writes nothing before the daemon has said that it will answer', async () => {
  await serve((socket) => {
    socket.write('5');
    setImmediate(() => socket.write('00 no such table\r\n'));
  });
  const pieces: string[] = [];
  const exported = async (): Promise<void> => {
    const invocation = { location: where(), words: ['valid'], json: false, flags: new Set<never>(), screen: NO_SCREEN };
    const { text, exact } = await exportCommand.run(invocation);
    expect(exact).toBe(true);
    for await (const piece of text) pieces.push(piece);
  };
  await expect(exported()).rejects.toThrow('no such table');
  expect(pieces).toEqual([]);
});

test.for<[what: string, answer: (socket: Socket) => void, message: string]>([
  ['a refusal', (socket) => socket.write('500 no such table\r\n'), 'no such table'],
  ['another version', (socket) => socket.write('500 unknown command\r\n'), 'ddgreyd does not know x: it is of another'],
  ['another protocol', (socket) => socket.write('hello\r\n'), 'hello'],
  ['an end in the middle', (socket) => socket.end('300 document following\r\na\r\n'), 'in the middle of the answer'],
  ['an end at once', (socket) => socket.destroy(), 'ddgrey.socket: '],
])('%s is an error in words', async ([, answer, message]) => {
  await serve(answer);
  await expect(askDaemon(where(), 'x')).rejects.toThrow(message);
});

test('without a daemon the socket is named', async () => {
  const message = `no ddgreyd answers on unix:${directory}/ddgrey.socket; is it running?`;
  await expect(askDaemon(where(), 'stats')).rejects.toThrow(message);
});

test.for([
  ['EACCES', true, 'try as root or as its user'],
  ['ECONNREFUSED', false, 'is it running?'],
] as const)('a socket that ends with %s is kept from us: %s', ([code, denied, words]) => {
  const error = new Unreachable(Object.assign(new Error(code), { code }), { kind: 'unix', path: '/s' });
  expect(error.denied).toBe(denied);
  expect(error.message).toContain(words);
});

test.for([
  'listen sync unix:other.socket\n',
  // The socket is to be used, not made: who may use it does not matter here.
  'listen sync unix:other.socket group=no-such-group\n',
  'rety 3d\nlisten sync unix:other.socket\nlisten policy here\n',
])('with %j the daemon is asked where that says', async (text) => {
  writeFileSync(join(directory, 'ddgrey.conf'), text);
  await expect(askDaemon(where(), 'stats')).rejects.toThrow(`unix:${directory}/other.socket`);
});

test('without a configuration nobody is asked', async () => {
  rmSync(join(directory, 'ddgrey.conf'));
  await expect(askDaemon(where(), 'stats')).rejects.toThrow(`cannot read ${directory}/ddgrey.conf: no such file`);
});

test('what can not be one word of a line is refused before it is sent', () => {
  expect(quoteArgument(`it's "x"`)).toBe(`\`it's "x"\``);
  expect(() => quoteArgument('x\nquit')).toThrow("can't be sent");
});
