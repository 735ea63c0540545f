import { once } from 'node:events';
import { createServer, type Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test, vi } from 'vitest';
import { manualClock } from '../lib/clock.ts';
import { createCounters, type Counters } from '../lib/counters.ts';
import type { LineProtocol } from '../lib/line-protocol.ts';
import { startLineServer } from '../lib/line-server.ts';
import { createLog, type LogLevel, silentLog } from '../lib/log.ts';
import { type Check, parseMailbox } from '../policy/check.ts';
import type { Verdict } from '../policy/verdict.ts';
import {
  createGreydClient,
  formatQuestion,
  type GreydClient,
  type GreydClientOptions,
  parseAnswer,
} from './greyd-client.ts';
import { greydProtocol } from './greyd.ts';

function check(recipient = 'bob@example.org', sender = 'joe@example.com', clientName?: string): Check {
  const mailboxes = { sender: parseMailbox(sender), recipient: parseMailbox(recipient) };
  const known = { id: 'x1', client: { family: 4, text: '10.1.2.3' }, ...mailboxes, via: 'test' } as const;
  return clientName === undefined ? known : { ...known, clientName };
}

interface Scripted {
  readonly port: number;
  readonly server: Server;
  /** The blocks that came, of all connections. */
  readonly blocks: string[];
  readonly sockets: Socket[];
}

const BANNER = '200 OK - Waiting for commands !\r\n';

/** A server that says `greeting`, and to each block what the script says; undefined closes. */
async function scripted(
  script: (block: string, socket: Socket) => string | undefined,
  greeting = BANNER,
  port = 0,
): Promise<Scripted> {
  const [blocks, sockets]: [string[], Socket[]] = [[], []];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      blocks.push(String(bytes));
      const answer = script(String(bytes), socket);
      if (answer === undefined) socket.end();
      else socket.write(answer);
    });
    socket.write(greeting);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => stop({ server, sockets }));
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, server, blocks, sockets };
}

async function stop({ server, sockets }: Pick<Scripted, 'server' | 'sockets'>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
}

interface Asking {
  readonly client: GreydClient;
  readonly counters: Counters;
  readonly logged: () => string;
}

function asking(
  port: number,
  { level = 0, ...options }: Partial<GreydClientOptions> & { readonly level?: LogLevel } = {},
): Asking {
  const counters = createCounters();
  let text = '';
  const log = createLog({ level, format: 'text' }, (lines) => {
    text += lines;
  });
  const address = { kind: 'tcp', host: '127.0.0.1', port } as const;
  const client = createGreydClient({ address, connectTimeout: 2, log, counters, random: () => 0, ...options });
  onTestFinished(() => client[Symbol.asyncDispose]());
  const logged = (): string => {
    log.flush();
    return text;
  };
  return { client, counters, logged };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

const said = (code: number, word: string): string => `${code} GREYCHECK ANSWER Grey server said... ${word} \r\n`;

/** As recorded from ze-filter in client mode with scripted servers; 500 was accepted there (D9). */
test.for<[title: string, answer: string | undefined, greeting: string, outcome: string]>([
  ['answer 200', said(200, 'OK'), BANNER, 'ok'],
  ['answer 400', said(400, 'WAIT'), BANNER, 'wait'],
  ['answer 500', said(500, 'REJECT'), BANNER, 'reject'],
  ['answer 100', said(100, 'DUNNO'), BANNER, 'wait'],
  ['answer 700', said(700, 'ERROR'), BANNER, 'wait'],
  ['answer 421', '421 too busy\r\n', BANNER, 'unreachable'],
  ['answer 600', '600 greycheck : Unknown command !\r\n', BANNER, 'wait'],
  ['answer in lower case', said(200, 'OK').toLowerCase(), BANNER, 'ok'],
  ['words before the answer', `hello ${said(200, 'OK')}`, BANNER, 'ok'],
  ['server closes after the command', undefined, BANNER, 'unreachable'],
  ['no banner', said(400, 'WAIT'), '', 'wait'],
  ['access denied', '', '500 Access denied\n', 'unreachable'],
  ['too busy', '', "421 I'm too busy. Come back later\r\n", 'unreachable'],
  ['a line without an end', 'x'.repeat(5000), BANNER, 'unreachable'],
  ['an answer to something else', '200 GREYVALID ANSWER Grey server said... OK \r\n', BANNER, 'unreachable'],
  ['silence', '', BANNER, 'unreachable'],
])('%s', async ([, answer, greeting, outcome]) => {
  const server = await scripted(() => answer, greeting);
  // An answer may take its time on a slow machine.
  const { client, counters } = asking(server.port, { answerTimeout: outcome === 'unreachable' ? 0.05 : 3 });
  expect(await client.ask(check('bob@example.org', 'joe@example.com', 'mail.example.com'))).toBe(outcome);
  const question = 'GREYCHECK 10.1.2.3 <joe@example.com> <bob@example.org> mail.example.com\r\n';
  // A server that refuses us may have closed before it read the question.
  expect(new Set([question, ...server.blocks])).toEqual(new Set([question]));
  expect(counters.list()).toContainEqual([`greyd client ${outcome}`, 1]);
});

test('with log level 3 each line is logged, whichever side says it', async () => {
  const server = await scripted(() => said(200, 'OK'));
  const { client, logged } = asking(server.port, { level: 3 });
  await client.ask(check());
  const lines = logged().split('\n').slice(0, -1);
  const where = ` via=greyd server=127.0.0.1:${server.port} `;
  expect(lines.map((line) => line.slice(line.indexOf(' ') + 1).replace(where, ' '))).toEqual(
    expect.arrayContaining([
      'sent text="GREYCHECK 10.1.2.3 <joe@example.com> <bob@example.org> [10.1.2.3]"',
      'line line="200 OK - Waiting for commands !"',
      'line line="200 GREYCHECK ANSWER Grey server said... OK "',
    ]),
  );
});

test.for<[what: string, answer: string, outcome: string, causes: readonly string[]]>([
  ['the code of an answer', '200 GREYCHECK ANSWER', 'ok', []],
  ['an answer', said(400, 'WAIT').trim(), 'wait', []],
  ['an answer with half a line end', '500 GREYCHECK ANSWER Grey server said... REJECT\r', 'reject', []],
  ['half an answer', '200 GREYCHECK ANSWE', 'unreachable', ['closed without an answer']],
  ['a refusal', '421 busy', 'unreachable', ['refused: 421 busy']],
  ['a refusal, an answer', `421 busy\r\n${said(200, 'OK').trim()}`, 'unreachable', ['refused: 421 busy']],
  ['a refusal, an answer, a letter', `421 busy\r\n${said(200, 'OK')}x`, 'unreachable', ['refused: 421 busy']],
  ['5000 characters', 'x'.repeat(5000), 'unreachable', ['a line without an end']],
])('a server says no more than %s without a line end, and closes', async ([, answer, outcome, causes]) => {
  const server = await scripted((_, socket) => void socket.end(answer));
  const { client, logged } = asking(server.port, { answerTimeout: 1 });
  expect(await client.ask(check())).toBe(outcome);
  expect(logged().match(/(?<=cause=")[^"]*/g) ?? []).toEqual(causes);
});

test.for([
  ['', []],
  ['any more', [said(200, 'OK')]],
] as const)('a server that takes the connection and says nothing %s has not answered in time', async ([, answers]) => {
  const left = [...answers];
  const server = await scripted(() => left.shift() ?? '');
  const { client, logged } = asking(server.port, { answerTimeout: 0.2 });
  for (const _ of answers) expect(await client.ask(check())).toBe('ok');
  expect(await client.ask(check())).toBe('unreachable');
  await until(() => logged().includes('greyd server failed'));
  expect(logged()).toContain('cause="no answer in time"');
});

/** A port of which the kernel refuses further connections without a word: its server takes none, and two wait already. */
async function unreached(): Promise<number> {
  const listen = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:worker_threads').parentPort.postMessage(server.address().port);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const worker = new Worker(listen, { eval: true });
  onTestFinished(() => void worker.terminate());
  const [port]: number[] = await once(worker, 'message');
  for (let waiting = 0; waiting < 2; waiting += 1) {
    const socket = new Socket().on('error', () => {}).connect(port ?? 0, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
  }
  return port ?? 0;
}

test.skipIf(process.platform !== 'linux')('a server that no connection reaches is given up in time', async () => {
  const { client, logged } = asking(await unreached(), { connectTimeout: 0.1, answerTimeout: 1000 });
  expect(await client.ask(check())).toBe('unreachable');
  expect(logged()).toContain('cause="not connected in time"');
});

test('a connection on which nothing is asked for 45 seconds is closed, and the server has not failed', async () => {
  // They are a thousand times as fast here.
  const setTimer = Reflect.get(Socket.prototype, 'setTimeout');
  const setTimers = vi.spyOn(Socket.prototype, 'setTimeout').mockImplementation(function (this: Socket, time) {
    return setTimer.call(this, time === 45_000 ? 45 : time);
  });
  onTestFinished(() => setTimers.mockRestore());
  const server = await scripted((_, socket) => {
    setTimeout(() => socket.write(said(200, 'OK')), 100);
    return '';
  });
  const { client, logged } = asking(server.port);
  for (const connections of [1, 2]) {
    expect(await client.ask(check())).toBe('ok');
    await until(() => server.sockets.every(({ destroyed }) => destroyed));
    expect([logged(), server.sockets.length]).toEqual(['', connections]);
  }
});

test('a server that is asked nothing is not late', async () => {
  const server = await scripted(() => said(200, 'OK'));
  const { client, logged } = asking(server.port, { answerTimeout: 0.3 });
  expect(await client.ask(check())).toBe('ok');
  await sleep(400);
  expect(await client.ask(check())).toBe('ok');
  expect([logged(), server.sockets.length]).toEqual(['', 1]);
});

test.for<[check: Check, text: string | undefined]>([
  [check('b', ''), 'GREYCHECK 10.1.2.3 <> <b> [10.1.2.3]\r\n'],
  [check('b', 'Joe@Example.COM', 'MX'), 'GREYCHECK 10.1.2.3 <Joe@Example.COM> <b> MX\r\n'],
  [check('b\r\nSHUTDOWN', '"a b,c\0"@d', 'm x'), 'GREYCHECK 10.1.2.3 <"a_b_c_"@d> <b__SHUTDOWN> m_x\r\n'],
  [check('b'.repeat(1000)), undefined],
])('question %#', ([asked, text]) => {
  expect(formatQuestion('GREYCHECK', asked)).toBe(text);
});

test('an answer is one to its own command', () => {
  expect(parseAnswer('GREYCHECK', said(200, 'OK'))).toBe('ok');
  expect(parseAnswer('GREYVALID', said(200, 'OK'))).toBeUndefined();
  expect(parseAnswer('GREYCHECK', BANNER)).toBeUndefined();
});

/** Our own server; the verdict of a check is told by its recipient, and comes when it is released. */
async function ours(): Promise<{ port: number; inHand: Check[]; release: () => void; told: Check[] }> {
  const [inHand, told]: [Check[], Check[]] = [[], []];
  const releases: (() => void)[] = [];
  const verdictOf = ({ recipient }: Check): Verdict =>
    recipient.text.startsWith('w') ? { kind: 'white', reason: 'known' } : { kind: 'grey', reason: 'first', wait: 1 };
  const protocol: LineProtocol = greydProtocol({
    answerCheck: async (asked) => {
      inHand.push(asked);
      await new Promise<void>((resolve) => releases.push(resolve));
      return verdictOf(asked);
    },
    admit: async (tells) => void told.push(tells),
    tables: { exportTuples: none, exportPasses: none, importTuples: async () => 0, importPasses: async () => 0 },
    lifetimes: () => ({ pending: 1, pendingNullSender: 1, valid: 1, pass: 1 }),
    reload: async () => {},
    stop: () => {},
    access: () => ({ access: () => 'use' }),
    nextId: () => 'id',
    clock: manualClock(),
    log: silentLog,
    counters: createCounters(),
  });
  const address = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
  const server = await startLineServer({ address, protocol, log: silentLog, counters: createCounters() });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const port = server.address.kind === 'tcp' ? server.address.port : 0;
  return { port, inHand, told, release: () => releases.splice(0).forEach((release) => release()) };
}

async function* none(): AsyncGenerator<never> {}

test('with our server, many questions are in flight, and each gets its own answer', async () => {
  const server = await ours();
  const { client } = asking(server.port);
  // Each of the four connections has some of both kinds.
  const recipients = Array.from({ length: 100 }, (_, i) => `${'wwg'[i % 3]}${i}`);
  const answers = Promise.all(recipients.map((recipient) => client.ask(check(recipient))));
  await until(() => server.inHand.length === 4);
  server.release();
  // Having seen that the server tells lines apart, the client sends all the rest at once.
  await until(() => server.inHand.length === 100);
  server.release();
  expect(await answers).toEqual(recipients.map((recipient) => (recipient.startsWith('w') ? 'ok' : 'wait')));
});

test('to a server that takes a block for a command, each command goes in its own, on four connections', async () => {
  const server = await scripted((block) => {
    if (block.startsWith('HELP')) return `600 help\r\nhelp : Unknown command !\r\n`;
    return block.includes('<w') ? said(200, 'OK') : said(400, 'WAIT');
  });
  const { client } = asking(server.port);
  const recipients = Array.from({ length: 100 }, (_, i) => `${'wg'[i % 2]}${i}`);
  const answers = await Promise.all(recipients.map((recipient) => client.ask(check(recipient))));
  expect(answers).toEqual(recipients.map((recipient) => (recipient.startsWith('w') ? 'ok' : 'wait')));
  const blocks = server.blocks.filter((block) => !block.startsWith('HELP'));
  expect(blocks.filter((block) => block.split('\n').length !== 2)).toEqual([]);
  expect([blocks.length, server.blocks.length, server.sockets.length]).toEqual([100, 101, 4]);
});

test('no connection brings 1000 commands', async () => {
  const server = await scripted(() => said(200, 'OK'));
  const { client, counters } = asking(server.port);
  for (let i = 0; i < 1000; i += 1) await client.ask(check());
  expect(server.sockets).toHaveLength(2);
  expect(counters.list()).toEqual([['greyd client ok', 1000]]);
});

/** What a server that tells lines apart says to the commands of a block. */
function answersTo(block: string): readonly string[] {
  const commands = block.split('\n').slice(0, -1);
  return commands.map((command) => (command.startsWith('HELP') ? '200 help done !\r\n' : said(200, 'OK')));
}

test('no connection brings 1000 commands, although there is always one in hand', async () => {
  const brought = new Map<Socket, number>();
  const server = await scripted((block, socket) => {
    const answers = answersTo(block);
    brought.set(socket, (brought.get(socket) ?? 0) + answers.length);
    return answers.join('');
  });
  const { client, logged } = asking(server.port);
  const askOn = async (): Promise<void> => {
    for (let i = 0; i < 10; i += 1) expect(await client.ask(check())).toBe('ok');
  };
  await Promise.all(Array.from({ length: 400 }, askOn));
  // HELP comes twice at the first question that waits.
  expect([...brought.values()].toSorted((a, b) => b - a).slice(0, 4)).toEqual([901, 900, 900, 900]);
  expect(logged()).toBe('');
});

test('a server that falls silent has failed in time, although more is asked meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let silent = false;
  const server = await scripted((block) => (silent ? '' : answersTo(block).join('')));
  const { client, logged } = asking(server.port);
  const askOnEach = (): readonly unknown[] => Array.from({ length: 4 }, () => client.ask(check()));
  // Having seen that the server tells lines apart, the client may ask more than one at a time on a connection.
  await Promise.all([...askOnEach(), ...askOnEach()]);
  silent = true;
  askOnEach();
  vi.advanceTimersByTime(2000);
  askOnEach();
  vi.advanceTimersByTime(1000);
  await until(() => logged() !== '');
  expect(logged()).toContain('cause="no answer in time"');
});

test('a server that is away is not asked again and again', async () => {
  const server = await scripted(() => undefined);
  await stop(server);
  const { client, counters, logged } = asking(server.port);
  for (let i = 0; i < 8; i += 1) expect(await client.ask(check())).toBe('unreachable');
  expect(counters.list()).toContainEqual(['greyd server failed', 1]);
  expect(logged().match(/greyd server failed/g)).toHaveLength(1);
});

test('a server that failed is left alone also by what it is to be told', async () => {
  const server = await scripted(() => undefined);
  const { client } = asking(server.port);
  await client.ask(check());
  client.tell(check());
  // Another one has been to the server and back meanwhile.
  await asking(server.port).client.ask(check());
  expect(server.sockets).toHaveLength(2);
});

test('what was asked together, or waits, fails together, and that counts once', async () => {
  const server = await scripted(() => '');
  const { client, counters } = asking(server.port);
  const asked = Array.from({ length: 8 }, () => client.ask(check()));
  await until(() => server.blocks.length === 4);
  for (const socket of server.sockets) socket.destroy();
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['unreachable']));
  expect(counters.list()).toContainEqual(['greyd server failed', 1]);
  expect(server.blocks).toHaveLength(4);
});

test('a thousand questions wait at most', async () => {
  const server = await scripted(() => '');
  const { client, logged } = asking(server.port);
  const asked = Array.from({ length: 1004 }, () => client.ask(check()));
  expect(await asked.at(-1)).toBe('unreachable');
  // The server had all its time still.
  expect(logged()).toBe('');
  await client[Symbol.asyncDispose]();
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['unreachable']));
});

test('a client that is closed asks no more, and no server has failed', async () => {
  const server = await scripted(() => '');
  const { client, logged } = asking(server.port, { answerTimeout: 1000 });
  const asked = client.ask(check());
  await until(() => server.blocks.length === 1);
  await client[Symbol.asyncDispose]();
  expect(await asked).toBe('unreachable');
  expect(await client.ask(check())).toBe('unreachable');
  await until(() => server.sockets.every(({ destroyed }) => destroyed));
  expect([logged(), server.sockets.length]).toEqual(['', 1]);
});

test('the waits get longer until there is an answer; a connection is none', async () => {
  const ok = said(200, 'OK');
  const answers: (string | undefined)[] = [undefined, undefined, undefined, ok, ok, undefined];
  const server = await scripted(() => answers.shift());
  const { client, logged } = asking(server.port, { firstWait: 0.02 });
  const outcomes: string[] = [];
  while (answers.length > 0) {
    const left = answers.length;
    const outcome = await client.ask(check());
    if (answers.length < left) outcomes.push(outcome);
    else await new Promise(setImmediate);
  }
  expect(outcomes).toEqual(['unreachable', 'unreachable', 'unreachable', 'ok', 'ok', 'unreachable']);
  expect(logged().match(/(?<=retry=)\S+|back/g)).toEqual(['0.02', '0.04', '0.08', 'back', '0.02']);
});

test('after a failure a single question tries the server, the others do not wait for it', async () => {
  let answer: string | undefined;
  const server = await scripted(() => answer);
  const { client } = asking(server.port, { firstWait: 0.01 });
  await client.ask(check());
  answer = '';
  const asked: Promise<string>[] = [];
  while (server.blocks.length < 2) {
    asked.push(client.ask(check()));
    await new Promise(setImmediate);
  }
  server.sockets.at(-1)?.write(said(200, 'OK'));
  expect((await Promise.all(asked)).filter((outcome) => outcome !== 'unreachable')).toEqual(['ok']);
  expect(server.blocks).toHaveLength(2);
});

test('after a failure a single entry is told, the others wait for its answer', async () => {
  let answer: string | undefined;
  const server = await scripted(() => answer);
  const { client } = asking(server.port, { firstWait: 0.01 });
  await client.ask(check());
  answer = '';
  for (const recipient of ['a', 'b', 'c']) client.tell(check(recipient));
  await until(() => server.blocks.length === 2);
  // Another one has been to the server and back meanwhile.
  await asking(server.port, { answerTimeout: 0.1 }).client.ask(check());
  expect(server.sockets).toHaveLength(3);
});

test('an answer on another connection says at once that the server is there', async () => {
  let answer = '';
  const server = await scripted(() => answer);
  const { client } = asking(server.port);
  const asked = [client.ask(check()), client.ask(check())];
  await until(() => server.blocks.length === 2);
  server.sockets[0]?.destroy();
  expect(await Promise.race(asked)).toBe('unreachable');
  expect(await client.ask(check())).toBe('unreachable');
  answer = said(200, 'OK');
  server.sockets[1]?.write(answer);
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['ok', 'unreachable']));
  expect(await client.ask(check())).toBe('ok');
});

test('a server that is back may be one that takes a block for a command', async () => {
  let answering: (block: string) => string | undefined = (block) => answersTo(block).join('');
  const server = await scripted((block) => answering(block));
  const { client } = asking(server.port, { firstWait: 0.01 });
  const askMany = () => Promise.all(Array.from({ length: 40 }, () => client.ask(check())));
  await askMany();
  answering = () => undefined;
  await client.ask(check());
  answering = (block) => (block.startsWith('HELP') ? '600 help : Unknown command !\r\n' : said(200, 'OK'));
  while ((await client.ask(check())) !== 'ok') await new Promise(setImmediate);
  expect(new Set(await askMany())).toEqual(new Set(['ok']));
});

test('a question that waits for its turn is given up in time, and the server has not failed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await scripted(() => '');
  const { client, logged } = asking(server.port, { connectTimeout: 2 });
  const first = Array.from({ length: 4 }, () => client.ask(check()));
  const last = client.ask(check('last'));
  await until(() => server.blocks.length === 4);
  vi.advanceTimersByTime(2900);
  for (const socket of server.sockets) socket.write(said(200, 'OK'));
  expect(await Promise.all(first)).toEqual(['ok', 'ok', 'ok', 'ok']);
  await until(() => server.blocks.length === 6);
  vi.advanceTimersByTime(2100);
  expect([await last, logged()]).toEqual(['unreachable', '']);
});

test('a check that is too long for a server is neither asked nor told', async () => {
  const server = await scripted(() => '');
  const { client, logged } = asking(server.port);
  const long = check('b'.repeat(1000));
  client.tell(long);
  expect(await client.ask(long)).toBe('unreachable');
  await client[Symbol.asyncDispose]();
  expect([server.sockets.length, logged()]).toEqual([0, '']);
});

test('a client that is closed leaves no timer, which would hold up the end', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await scripted((block) => (block.includes('<a>') ? said(200, 'OK') : ''));
  const { client } = asking(server.port);
  expect(await client.ask(check('a'))).toBe('ok');
  const asked = client.ask(check('b'));
  await until(() => server.blocks.length === 2);
  await client[Symbol.asyncDispose]();
  expect(await asked).toBe('unreachable');
  expect(vi.getTimerCount()).toBe(0);
});

test('what became valid is told once the server is back, as much as is kept', async () => {
  const away = await scripted(() => undefined);
  await stop(away);
  const { client, counters } = asking(away.port, { firstWait: 0.01 });
  for (let i = 0; i < 1005; i += 1) client.tell(check(`r${i}`));
  await until(() => counters.list().some(([name]) => name === 'greyd server failed'));
  const back = await scripted(() => '200 GREYVALID ANSWER Grey server said... OK \r\n', BANNER, away.port);
  await until(() => back.blocks.length === 1000);
  expect(new Set(back.blocks)).toEqual(
    new Set(Array.from({ length: 1000 }, (_, i) => formatQuestion('GREYVALID', check(`r${i + 5}`)))),
  );
  expect(counters.list()).toContainEqual(['greyd client dropped', 5]);
});

test('telling our own server', async () => {
  const server = await ours();
  const { client } = asking(server.port);
  client.tell(check('r', 'joe@example.com', 'mx.example.com'));
  await until(() => server.told.length === 1);
  expect(server.told).toMatchObject([
    { client: { text: '10.1.2.3' }, sender: { text: 'joe@example.com' }, via: 'greyd' },
  ]);
});

test('a stop tells how many entries the server was not told of, those it has not answered for among them', async () => {
  const server = await scripted((block) => (block.includes('<a>') ? '200 GREYVALID ANSWER OK\r\n' : ''));
  const { client, logged } = asking(server.port);
  for (const recipient of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) client.tell(check(recipient));
  await until(() => server.blocks.length === 5);
  await client[Symbol.asyncDispose]();
  expect(logged()).toContain('greyd server was not told entries=6\n');
});

test('closing ends what is in flight, and nothing is asked afterwards', async () => {
  const server = await scripted(() => '');
  const { client, logged } = asking(server.port);
  const answers = Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((recipient) => client.ask(check(recipient))));
  await until(() => server.blocks.length === 4);
  client.tell(check());
  await client[Symbol.asyncDispose]();
  expect(await answers).toEqual(Array.from({ length: 6 }, () => 'unreachable'));
  expect(await client.ask(check())).toBe('unreachable');
  client.tell(check());
  expect(logged()).toContain('greyd server was not told entries=1');
  // Another one has been to the server and back meanwhile.
  await asking(server.port, { answerTimeout: 0.1 }).client.ask(check());
  expect(server.sockets).toHaveLength(5);
});
