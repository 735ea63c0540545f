import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type FakeResolver, fakeResolver } from '../dns/fake-resolver.ts';
import { lookUpHostNames } from '../engine/host-names.ts';
import { manualClock } from '../lib/clock.ts';
import { createCounters } from '../lib/counters.ts';
import { LONGEST_RECORD } from '../lib/line-protocol.ts';
import { startLineServer } from '../lib/line-server.ts';
import type { RunningServer } from '../lib/run-server.ts';
import { createLog } from '../lib/log.ts';
import { accessRight, namesMatter } from '../policy/access-right.ts';
import type { Check } from '../policy/check.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import { readPolicy } from '../policy/rules.ts';
import type { Verdict } from '../policy/verdict.ts';
import { type GreydParts, greydProtocol } from './greyd.ts';
import { type GreydAccess, greydAccess, type GreydRights } from './greyd-access.ts';
import type { EntryLifetimes, GreydTables } from './greyd-tables.ts';

interface Stage {
  readonly server: RunningServer;
  readonly tuples: StoredTuple[];
  readonly passes: Pass[];
  readonly asked: Check[];
  readonly admitted: Check[];
  /** `reload` and `stop` as they were called. */
  readonly called: string[];
  readonly logged: () => string;
}

function memoryTables(tuples: StoredTuple[], passes: Pass[]): GreydTables {
  return {
    exportTuples: async function* (state, after) {
      for (const tuple of tuples) if (tuple.state === state && tuple.lastSeen > after) yield [tuple];
    },
    exportPasses: async function* (after) {
      yield passes.filter(({ lastSeen }) => lastSeen > after);
    },
    importTuples: async (batch) => tuples.push(...batch) && batch.length,
    importPasses: async (batch) => passes.push(...batch) && batch.length,
  };
}

const ENDLESS: EntryLifetimes = { pending: Infinity, pendingNullSender: Infinity, valid: Infinity, pass: Infinity };
const GREY: Verdict = { kind: 'grey', reason: 'first', wait: 300 };

async function start(changes: Partial<GreydParts> = {}, verdict = GREY): Promise<Stage> {
  const [tuples, passes, asked, admitted, called]: [StoredTuple[], Pass[], Check[], Check[], string[]] = [
    [],
    [],
    [],
    [],
    [],
  ];
  let text = '';
  const log = createLog({ level: 1, format: 'text' }, (lines) => {
    text += lines;
  });
  const counters = createCounters();
  const protocol = greydProtocol({
    answerCheck: async (check) => (asked.push(check), verdict),
    admit: async (check) => void admitted.push(check),
    tables: memoryTables(tuples, passes),
    lifetimes: () => ENDLESS,
    reload: async () => void called.push('reload'),
    stop: () => called.push('stop'),
    access: () => ({ access: () => 'admin' }),
    nextId: () => `id${asked.length + 1}`,
    clock: manualClock(),
    log,
    counters,
    ...changes,
  });
  const address = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
  const server = await startLineServer({ address, protocol, log, counters });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const logged = (): string => {
    log.flush();
    return text;
  };
  return { server, tuples, passes, asked, admitted, called, logged };
}

function connect({ server }: Stage, from = '127.0.0.1'): Socket {
  if (server.address.kind === 'unix') throw new Error('not in this test');
  const { host, port } = server.address;
  const socket = createConnection({ host, port, localAddress: from, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Sends, closes its side, and returns all that came. */
async function talk(stage: Stage, lines: string): Promise<string> {
  const socket = connect(stage);
  socket.end(lines);
  let all = '';
  for await (const bytes of socket) all += String(bytes);
  return all;
}

const BANNER = '200 OK - Waiting for commands !\r\n';
const HELP =
  '200-OK for help !\r\n    GREYCHECK ip from to hostname\r\n    GREYVALID ip from to hostname\r\n    DOWNLOAD PENDING\r\n    DOWNLOAD VALID\r\n    UPDATE PENDING \r\n    UPDATE VALID \r\n    RECONFIGURE \r\n    REOPENDB \r\n    EXIT \r\n    QUIT \r\n    HELP \r\n    SHUTDOWN \r\n200 help done !\r\n';
const WAIT = '400 GREYCHECK ANSWER Grey server said... WAIT \r\n';
const UNKNOWN = '600 foo : Unknown command !\r\n';
const FEW = '600 Not enough parameters !\r\n';
const CHECK = 'GREYCHECK 10.1.2.3 <joe@example.com> <bob@example.org> mail.example.com\r\n';

type Exchange = readonly [send: string, receive: string];
const times = (n: number, exchange: Exchange): Exchange[] => Array.from({ length: n }, () => exchange);
const RECONFIGURE: Exchange = ['RECONFIGURE\r\n', '200-OK for reconfigure !\r\n200 reconfigure done !\r\n'];
const REOPENDB: Exchange = ['REOPENDB\r\n', '200-OK for reopendb !\r\n200 reopendb : POLICY     OK !\r\n'];
const GO_AHEAD = '300 OK for upload pending! Send entries, then a line with a single dot\r\n';
const EMPTY_PENDING = '200-OK for download pending!\r\n200 download done !\r\n';

/** Sessions as they were recorded from ze-filter's server; those with a known difference, and who may connect, come below. */
const RECORDED: readonly [title: string, exchanges: readonly Exchange[], closed: boolean][] = [
  [
    'help',
    [
      ['HELP\r\n', HELP],
      ['help\r\n', HELP],
      ['Help me please\r\n', HELP],
    ],
    false,
  ],
  ['exit', [['EXIT\r\n', '200 OK for exit (EXIT)!\r\n']], true],
  ['quit, LF only', [['quit\n', '200 OK for quit (EXIT)!\r\n']], true],
  ['unknown commands: the fifth error in a row closes the connection', times(5, ['FOO\r\n', UNKNOWN]), true],
  [
    'a good command resets the error count',
    [...times(4, ['FOO\r\n', UNKNOWN]), RECONFIGURE, ...times(5, ['FOO\r\n', UNKNOWN])],
    true,
  ],
  ['blanks only: silent, counted as an error', times(5, ['   \r\n', '']), true],
  ['too few parameters counts as an error', times(5, ['GREYCHECK\r\n', FEW]), true],
  [
    'UPDATE',
    [
      ['UPDATE PENDING\r\n', '200-OK for update pending!\r\n200 update done !\r\n'],
      ['UPDATE VALID\r\n', '200-OK for update valid!\r\n200 update done !\r\n'],
      ['UPDATE pending 10.1.2;a;b 1;1;x\r\n', '200-OK for update pending!\r\n200 update done !\r\n'],
      ['DOWNLOAD PENDING\r\n', EMPTY_PENDING],
    ],
    false,
  ],
  ['reconfigure and reopendb', [RECONFIGURE, REOPENDB, ['RECONFIGURE x\r\n', RECONFIGURE[1]]], false],
  ['NUL byte ends the command', [['HELP\0 garbage\r\n', HELP]], false],
  [
    'commas are separators too',
    [['DOWNLOAD,WHITE\r\n', '200-OK for download white!\r\n200 download done !\r\n']],
    false,
  ],
  ['leading blanks', [['  DOWNLOAD   WHITE\r\n', '200-OK for download white!\r\n200 download done !\r\n']], false],
  ['after the file is back', [[CHECK, WAIT], REOPENDB, [CHECK, WAIT]], false],
  [
    'shutdown (run 1), shutdown (run 3)',
    [['SHUTDOWN\r\n', '200-OK for shutdown !\r\n200 shutdown done (EXIT)!\r\n']],
    true,
  ],
  ['blank lines', [['\r\n\n\r\n', ''], ...times(4, ['FOO\r\n', UNKNOWN]), ['\r\n', ''], ['HELP\r\n', HELP]], false],
  ['restart', [['RESTART\r\n', '200-OK for restart !\r\n200 restart done !\r\n']], false],
];

/** Where the recorded answer was a defect (D...), or the protocol goes further. */
const DIFFERENT: readonly [title: string, exchanges: readonly Exchange[], closed: boolean][] = [
  [
    'D7: two commands in one block are merged into one; HELP twice in one block',
    [
      ['HELP\r\nHELP\r\n', HELP + HELP],
      [CHECK + CHECK, WAIT + WAIT],
    ],
    false,
  ],
  [
    'UPLOAD sends (not receives) the entries updated within the last 6 h; UPLOAD 21600 s later: here it receives',
    [
      ['UPLOAD PENDING\r\n', GO_AHEAD],
      ['.\r\n', '200-taken 0 of 0 !\r\n200 upload done !\r\n'],
    ],
    false,
  ],
  ['D7: a long command is one', [[`GREYCHECK 10.1.2.3 ${'x'.repeat(3000)}\r\n`, WAIT]], false],
  ['D7: no command is endless', [[`GREYCHECK ${'x'.repeat(5000)}\r\n`, '600 Line too long !\r\n']], true],
  [
    'D16: unknown tables are answered, and count as errors',
    [
      ['DOWNLOAD FOO\r\n', '600 foo : Unknown table !\r\n'],
      ['UPLOAD BLACK\r\n', '600 black : Unknown table !\r\n'],
      ['UPDATE FOO\r\n', '600 foo : Unknown table !\r\n'],
      ['DOWNLOAD\r\n', FEW],
      ['UPLOAD\r\n', FEW],
    ],
    true,
  ],
  [
    'D3: what is no address',
    [
      ['GREYCHECK 1::2::3 a b\r\n', '700 GREYCHECK ANSWER Grey server said... ERROR \r\n'],
      ['GREYVALID foo a b\r\n', '700 GREYVALID ANSWER Grey server said... ERROR \r\n'],
    ],
    false,
  ],
];

test.for([...RECORDED, ...DIFFERENT])('%s', async ([, exchanges, closed]) => {
  const socket = connect(await start());
  let [received, ended] = ['', false];
  socket.on('data', (bytes) => (received += String(bytes))).on('end', () => (ended = true));
  const receive = async (text: string): Promise<void> => {
    while (received.length < text.length && !ended) await new Promise(setImmediate);
    expect(received.slice(0, text.length)).toBe(text);
    received = received.slice(text.length);
  };
  await receive(BANNER);
  for (const [send, expected] of exchanges) {
    socket.write(send);
    await receive(expected);
  }
  if (!closed) socket.end('EXIT\r\n');
  while (!ended) await new Promise(setImmediate);
  expect(received).toBe(closed ? '' : '200 OK for exit (EXIT)!\r\n');
});

test.for<[verdict: Verdict, answer: string]>([
  [{ kind: 'white', reason: 'known' }, '200 GREYCHECK ANSWER Grey server said... OK \r\n'],
  [GREY, WAIT],
  [{ kind: 'black', reason: 'blacklisted' }, '500 GREYCHECK ANSWER Grey server said... REJECT \r\n'],
  [{ kind: 'white', reason: 'failed' }, '700 GREYCHECK ANSWER Grey server said... ERROR \r\n'],
  [{ kind: 'grey', reason: 'failed', wait: 300 }, '700 GREYCHECK ANSWER Grey server said... ERROR \r\n'],
])('%j is answered by %s', async ([verdict, answer]) => {
  expect(await talk(await start({}, verdict), CHECK)).toBe(BANNER + answer);
});

test('what is told of a check', async () => {
  const stage = await start();
  await talk(stage, CHECK);
  expect(stage.asked).toMatchObject([
    { id: 'id1', via: 'greyd', client: { text: '10.1.2.3' }, clientName: 'mail.example.com' },
  ]);
});

test.for<[line: string, answer: string, admitted: number]>([
  ['GREYVALID 10.1.2.3 <joe@example.com> <bob@example.org> mail.example.com', '200|OK', 1],
  ['GREYVALID 10.1.2.3 <> <bob@example.org>', '200|OK', 0],
  ['GREYVALID 10.1.2.3 nullsender <bob@example.org>', '200|OK', 0],
  // D5 and D24: an ordinary sender, and nothing that lets bounces pass.
  ['GREYVALID 10.1.2.3 <postmaster@example.com> <bob@example.org>', '200|OK', 1],
  ['GREYVALID 10.1.2.3 <joe@example.com> <>', '700|ERROR', 0],
  // The sender counts first.
  ['GREYVALID 10.1.2.3 <> <>', '200|OK', 0],
])('%s', async ([line, answer, admitted]) => {
  const stage = await start();
  const [code, word] = answer.split('|');
  expect(await talk(stage, line)).toBe(`${BANNER}${code} GREYVALID ANSWER Grey server said... ${word} \r\n`);
  expect(stage.admitted).toHaveLength(admitted);
});

test('D26: who tells what became valid stands in the log', async () => {
  const counters = createCounters();
  const stage = await start({ counters });
  await talk(stage, 'GREYVALID 10.1.2.3 <joe@example.com> <bob@example.org>\r\n');
  expect(counters.list()).toEqual([['greyd admitted', 1]]);
  expect(stage.logged()).toContain('admitted via=greyd from=127.0.0.1 ip=10.1.2.3 id=id1 sender=joe@example.com');
});

test.for<[line: string, answer: string, part: keyof GreydParts]>([
  ['GREYVALID 10.1.2.3 a b', '700 GREYVALID ANSWER Grey server said... ERROR \r\n', 'admit'],
  ['RECONFIGURE', '700 reconfigure : ERROR !\r\n', 'reload'],
  ['REOPENDB', '200-OK for reopendb !\r\n200 reopendb : POLICY     ERROR !\r\n', 'reload'],
])('%s that fails', async ([line, answer, part]) => {
  const stage = await start({ [part]: () => Promise.reject(new Error('disk full')) });
  expect(await talk(stage, line)).toBe(BANNER + answer);
  expect(stage.logged()).toContain('cause="Error: disk full"');
});

test.for<[line: string, word: string]>([
  ['UPLOAD VALID', 'upload'],
  ['RECONFIGURE', 'reconfigure'],
  ['REOPENDB', 'reopendb'],
  ['RESTART', 'restart'],
  ['SHUTDOWN', 'shutdown'],
])('%s is for administrators', async ([line, word]) => {
  const users = await start({ access: () => ({ access: () => 'use' }) });
  expect(await talk(users, `${line}\r\n`)).toBe(`${BANNER}600 ${word} : Not allowed !\r\n`);
  expect(await talk(users, `${line}\r\n`.repeat(9))).toBe(BANNER + `600 ${word} : Not allowed !\r\n`.repeat(5));
  expect(users.called).toEqual([]);
});

test('who may use it asks, tells and downloads', async () => {
  const stage = await start({ access: () => ({ access: () => 'use' }) });
  const answers = await talk(stage, `${CHECK}GREYVALID 10.1.2.3 a b\r\nDOWNLOAD PENDING\r\nUPDATE VALID\r\n`);
  expect(answers.match(/^\d+/gm)).toEqual(['200', '400', '200', '200', '200', '200', '200']);
});

test('who may use it gets no room for the entries of an upload', async () => {
  const socket = connect(await start({ access: () => ({ access: () => 'use' }) }));
  socket.write('x'.repeat(5000));
  let all = '';
  for await (const bytes of socket) all += String(bytes);
  expect(all).toBe(`${BANNER}600 Line too long !\r\n`);
});

test('who may not is told so, and nothing is done', async () => {
  const counters = createCounters();
  const stage = await start({ access: () => ({ access: () => 'none' }), counters });
  expect(await talk(stage, `${CHECK}SHUTDOWN\r\n`)).toBe('500 Access denied\n');
  expect(counters.list()).toEqual([['greyd access denied', 1]]);
  expect([...stage.asked, ...stage.called]).toEqual([]);
});

/** The rights that a policy file with these lines gives where this is the DNS. */
function rightsBy(resolver: FakeResolver, ...lines: readonly string[]): GreydRights {
  const reading = readPolicy(lines.map((line) => `GreydAccess:${line}\n`).join(''));
  if (reading.kind === 'broken') throw new Error(JSON.stringify(reading.errors));
  return {
    rightOf: (client, names) => accessRight(reading.policy, client, names),
    namesMatter: (client) => namesMatter(reading.policy, client),
    lookUpNames: (client) => lookUpHostNames({ resolver, deadline: () => 60 }, client),
  };
}

/** Who may connect, as it was recorded. There is no option -a, so nothing overrides the policy file (D17). */
test.for<[title: string, lines: readonly string[], said: string]>([
  ['another address without any rule: refused (LF only, no CR)', [], '500 Access denied\n'],
  ['rule for the address', ['127.0.0.2 OK'], BANNER + HELP],
  ['rule for the address says REJECT, network OK', ['127.0.0 OK', '127.0.0.2 REJECT'], '500 Access denied\n'],
  ['default REJECT', ['default REJECT'], '500 Access denied\n'],
  ['value YES is not OK', ['127.0.0.2 YES'], '500 Access denied\n'],
  ['REJECT in the policy but allowed by -a: it is refused here', ['127.0.0.2 REJECT'], '500 Access denied\n'],
])('%s', async ([, lines, said]) => {
  const stage = await start({ access: greydAccess(rightsBy(fakeResolver(), ...lines)) });
  const socket = connect(stage, '127.0.0.2');
  socket.end('HELP\r\n');
  let all = '';
  for await (const bytes of socket) all += String(bytes);
  expect(all).toBe(said);
});

test.for<[host: string, said: string]>([
  ['127.0.0.2', `${BANNER}200-OK for restart !\r\n200 restart done !\r\n`],
  ['127.0.0.3', `${BANNER}600 restart : Not allowed !\r\n`],
  ['127.0.0.4', '500 Access denied\n'],
  ['127.0.0.5', '500 Access denied\n'],
])('what a host by its name may do: %s', async ([host, said]) => {
  const names = { 'a.boss.example': ['127.0.0.2'], 'a.mx.example': ['127.0.0.3'], 'a.bad.example': ['127.0.0.4'] };
  const ptr = {
    '127.0.0.2': ['a.boss.example'],
    '127.0.0.3': ['a.mx.example'],
    '127.0.0.4': ['a.bad.example'],
    '127.0.0.5': ['a.boss.example'],
  };
  const lines = ['mx.example OK', 'boss.example OK-ADMIN', 'bad.example NO'];
  const stage = await start({ access: greydAccess(rightsBy(fakeResolver({ ptr, a: names }), ...lines)) });
  const socket = connect(stage, host);
  socket.end('RESTART\r\n');
  let all = '';
  for await (const bytes of socket) all += String(bytes);
  expect(all).toBe(said);
});

test('who loses the right loses the connection at its next command, and an upload ends', async () => {
  let access: GreydAccess = 'admin';
  const stage = await start({ access: () => ({ access: () => access }) });
  const lost = async (before: string, right: GreydAccess, next: string): Promise<string> => {
    access = 'admin';
    const socket = connect(stage);
    let received = '';
    socket.on('data', (bytes) => (received += String(bytes)));
    socket.write(before);
    while (!received.endsWith(before === CHECK ? WAIT : GO_AHEAD)) await new Promise(setImmediate);
    const length = received.length;
    access = right;
    socket.write(next);
    await once(socket, 'end');
    return received.slice(length);
  };
  expect(await lost(CHECK, 'none', CHECK)).toBe('500 Access denied\n');
  expect(await lost('UPLOAD PENDING\r\n', 'none', ENTRIES)).toBe('500 Access denied\n');
  expect(await lost('UPLOAD PENDING\r\n', 'use', ENTRIES)).toBe('600 upload : Not allowed !\r\n');
  expect([stage.asked.length, stage.tuples]).toEqual([1, []]);
  expect(stage.logged()).toContain('access denied via=greyd from=127.0.0.1');
});

test('commands reach the daemon', async () => {
  const stage = await start();
  await talk(stage, 'HELP\r\nRECONFIGURE\r\nREOPENDB\r\nRESTART\r\nSHUTDOWN\r\n');
  expect(stage.called).toEqual(['reload', 'reload', 'stop']);
  expect(stage.logged().match(/command via=.*/g)).toEqual(
    ['reconfigure', 'reopendb', 'restart', 'shutdown'].map(
      (command) => `command via=greyd from=127.0.0.1 command=${command}`,
    ),
  );
});

const RECORD = '1700000000;10.1.2.3;mail.example.com;joe@example.com;FLAGS;1;NULL';
const ENTRIES = `10.1.2;example.com;p@example.org 1699990000;${RECORD}\r\n10.1.2;nullsender;q 1700000000;${RECORD}\r\n`;
test('what was uploaded can be downloaded', async () => {
  const stage = await start();
  // An empty line is no entry.
  expect(await talk(stage, `UPLOAD PENDING\r\n\r\n${ENTRIES}.\r\nDOWNLOAD PENDING\r\nDOWNLOAD VALID\r\n`)).toBe(
    `${BANNER}${GO_AHEAD}200-taken 2 of 2 !\r\n200 upload done !\r\n` +
      `200-OK for download pending!\r\n${ENTRIES}200 download done !\r\n` +
      '200-OK for download valid!\r\n200 download done !\r\n',
  );
  expect(stage.logged()).toContain('upload via=greyd from=127.0.0.1 lines=2 taken=2 expired=0 refused=0');
});

test.for<[change: string, lines: string]>([
  ['RECONFIGURE', 'RECONFIGURE\r\n'],
  ['REOPENDB', 'REOPENDB\r\n'],
  ['an upload', `UPLOAD PENDING\r\n${ENTRIES}.\r\n`],
])('what is sent together with %s is asked when that is done', async ([, lines]) => {
  const order: string[] = [];
  const change = async (): Promise<number> => {
    await new Promise(setImmediate);
    return order.push('changed');
  };
  const stage = await start({
    reload: async () => void (await change()),
    tables: { ...memoryTables([], []), importTuples: change },
    answerCheck: async () => (order.push('asked'), GREY),
    admit: async () => void order.push('admitted'),
  });
  await talk(stage, `${lines}${CHECK}GREYVALID 10.1.2.3 a b\r\n`);
  expect(order).toEqual(['changed', 'asked', 'admitted']);
});

test('a GREYCHECK sees a GREYVALID of the same that was sent together with it, and no other waits', async () => {
  const order: string[] = [];
  const release = Promise.withResolvers<void>();
  const stage = await start({
    answerCheck: async ({ client, sender, recipient }) => {
      order.push(`asked ${client.text} ${sender.text} ${recipient.text}`);
      return GREY;
    },
    admit: async ({ recipient }) => {
      if (recipient.text === 'slow') await release.promise;
      order.push(`admitted ${recipient.text}`);
      if (recipient.text === 'bad') throw new Error('the store is closed');
    },
  });
  const recipients = ['slow', 'bad', 'b'];
  const told = recipients.map((to) => `GREYVALID 10.1.2.3 a ${to}\r\n`);
  const asked = recipients.map((to) => `GREYCHECK 10.1.2.3 A <${to}>\r\n`);
  const others = ['GREYCHECK 10.1.2.4 a slow\r\n', 'GREYCHECK 10.1.2.3 c slow\r\n'];
  const answers = talk(stage, [...told, ...asked, ...others].join(''));
  await vi.waitFor(() => expect(order).toHaveLength(6));
  release.resolve();
  await answers;
  expect(order.slice(0, 6).toSorted()).toEqual([
    'admitted b',
    'admitted bad',
    'asked 10.1.2.3 a b',
    'asked 10.1.2.3 a bad',
    'asked 10.1.2.3 c slow',
    'asked 10.1.2.4 a slow',
  ]);
  expect(order.slice(6)).toEqual(['admitted slow', 'asked 10.1.2.3 a slow']);
});

test('every entry that DOWNLOAD writes can be uploaded, and commands are no longer for that', async () => {
  const line = `10.1.2;${'%23'.repeat(16_384)};b 1;2;10.1.2.3;-;${'%23'.repeat(16_384)};FLAGS;1;NULL\r\n`;
  const stage = await start();
  expect(await talk(stage, `UPLOAD VALID\r\n${line}.\r\nDOWNLOAD VALID\r\n`)).toContain(
    `200-OK for download valid!\r\n${line}200 download done !\r\n`,
  );
  const tooLong = `${'x'.repeat(LONGEST_RECORD + 1)}\r\n`;
  expect(await talk(stage, `UPLOAD VALID\r\n${tooLong}`)).toMatch(/600 Line too long !\r\n$/);
  expect(await talk(stage, `GREYCHECK 10.1.2.3 ${'x'.repeat(4096)}\r\n`)).toBe(`${BANNER}600 Line too long !\r\n`);
});

test('passes too', async () => {
  const line = '10.1.2.3;example.com 1;2;10.1.2.3;-;example.com;FLAGS;5;NULL\r\n';
  const answers = await talk(await start(), `UPLOAD WHITE\r\n${line}.\r\nDOWNLOAD WHITE\r\n`);
  expect(answers).toContain(`200-OK for download white!\r\n${line}200 download done !\r\n`);
});

test('only entries that were used in the last seconds', async () => {
  const stage = await start();
  const line = (to: string, update: number): string => `10.1.2;a;${to} 1;${update};10.1.2.3;-;a;FLAGS;1;NULL\r\n`;
  const lines = [line('old', 1_699_999_400), line('new', 1_699_999_401)];
  await talk(stage, `UPLOAD VALID\r\n${lines.join('')}.\r\n`);
  const download = async (age: string): Promise<string[]> =>
    (await talk(stage, `DOWNLOAD VALID ${age}\r\n`)).split(/(?<=\n)/).slice(2, -1);
  expect(await download('600')).toEqual(lines.slice(1));
  expect(await download('0')).toEqual(lines);
});
