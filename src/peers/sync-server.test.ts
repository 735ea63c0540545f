import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesHeldBy } from '../../test/bytes-held.ts';
import { type LineSession, LONGEST_RECORD } from '../lib/line-protocol.ts';
import type { Pass } from '../policy/pass.ts';
import type { StoredReport } from '../policy/report.ts';
import {
  type FakeParts,
  fakeParts,
  GOES_BY,
  NOW,
  REPORT,
  STANDING,
  STATISTICS,
  textOf,
  TRUSTED,
  TUPLE,
} from './fake-sync-parts.ts';
import { parseAnswer } from './sync-protocol.ts';
import { syncProtocol } from './sync-server.ts';

function session(parts: FakeParts): LineSession {
  return syncProtocol(parts).open({ kind: 'unix' });
}

/** What the lines of one connection are answered with. */
async function send(parts: FakeParts, ...lines: readonly string[]): Promise<string> {
  const { line } = bound(session(parts));
  return (await Promise.all(lines.map((text) => textOf(line(text))))).join('');
}

function bound(open: LineSession): { line: LineSession['line'] } {
  return { line: (text) => open.line(text) };
}

/** The document that a line is answered with, parsed. */
async function ask(line: string, parts = fakeParts()): Promise<unknown[] | undefined> {
  const answer = parseAnswer(await send(parts, line));
  return answer?.code === 300 ? answer.document.map((text) => JSON.parse(text)) : undefined;
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('verdict asks like a mail server and tells the verdict with its id', async () => {
  expect(await ask('verdict 203.0.113.7 a@example.com b@example.org')).toEqual([
    { kind: 'grey', reason: 'first', wait: 290, id: 'made-1' },
  ]);
});

test.for<[line: string, asked: unknown[]]>([
  [
    'verdict ::ffff:203.0.113.7 <A@example.com> b@example.org',
    [['203.0.113.7', 'A@example.com', 'b@example.org', 'sync']],
  ],
  ['verdict 2001:DB8::1 "" "b c@example.org"', [['2001:db8::1', '', 'b c@example.org', 'sync']]],
  [
    'verdict 203.0.113.7 a b name=mx.example.net helo=x=y',
    [['203.0.113.7', 'a', 'b', 'sync', 'mx.example.net', 'x=y']],
  ],
  ['tuples', [undefined]],
  ['tuples example.com', ['example.com']],
  ['standings 203.0.113.0/24', [['203.0.113.0/24', 'white', 'grey', 'black']]],
  ['standings "" black white', [[undefined, 'white', 'black']]],
  ['reports example.com', [['example.com', 'newest first']]],
  ['reports "" oldest', [[undefined, 'oldest first']]],
  ['standing 2001:DB8::1', [['of', '2001:db8::1']]],
  ['renew 203.0.113.7', [['renew', '203.0.113.7']]],
  ['remove 203.0.113.7/24', [['remove', '203.0.113.0/24']]],
  ['stats', []],
])('%s asks for %j', async ([line, asked]) => {
  const parts = fakeParts();
  await send(parts, line);
  expect(parts.asked).toEqual(asked);
});

test.for<[line: string, document: unknown[]]>([
  ['tuples', [TUPLE]],
  ['standings', [STANDING]],
  ['reports', [REPORT]],
  ['standing 203.0.113.7', [STANDING]],
  ['renew 203.0.113.7', [STANDING]],
  ['stats', [STATISTICS]],
  ['config', [GOES_BY]],
  ['remove example.com', [{ standings: 2 }]],
  ['accepted 203.0.113.7 1r2CUr-0001Sv-P4', [{ accepted: true }]],
  ['accepted 203.0.113.7 other', [{ accepted: false }]],
  ['entries', []],
  ['peers', []],
])('%s is answered %j', async ([line, document]) => {
  expect(await ask(line)).toEqual(asJson(document));
});

test('explain tells every step, under a name of the client too', async () => {
  expect(await ask('explain 203.0.113.7 a@example.com b@example.org name=mx.example.net')).toMatchObject([
    { verdict: { kind: 'grey' }, client: { domain: 'mx.example.net' }, window: { delay: 290 }, now: NOW },
  ]);
});

test.for<[line: string, wire: string]>([
  ['helo mx2.example.org', '200 welcome. I am mx1.example.org\r\n'],
  ['helo', '500 argument missing\r\n'],
  ['helo a/b', '500 bad argument\r\n'],
  ['helo mx3 extra args', '200 welcome. I am mx1.example.org\r\n'],
  ['helo under_score-1.x', '200 welcome. I am mx1.example.org\r\n'],
  ['"helo" mx2', '200 welcome. I am mx1.example.org\r\n'],
  ['HELO mx2', '500 unknown command\r\n'],
  ['ehlo mx2', '500 unknown command\r\n'],
  ['check 1.2.3.4 a b', '500 unknown command\r\n'],
  ['Report', '500 unknown command\r\n'],
  ['helo "" x', '500 syntax error ([error] parsing error on line 0)\r\n'],
  ['helo ""', '500 bad argument\r\n'],
  ['helo mx2 =', '500 syntax error ([error] assigment without value on line 0)\r\n'],
  ['helo mx2 note = x', '200 welcome. I am mx1.example.org\r\n'],
  ['helo = mx2', '500 no command received\r\n'],
  ['""', '500 no command received\r\n'],
  ['verdict', '500 arguments missing\r\n'],
  ['verdict 203.0.113.7 a@b', '500 arguments missing\r\n'],
  ['verdict example.org a@b c@d', '500 example.org is not an IP address\r\n'],
  ['standing example.org', '500 example.org is not an IP address\r\n'],
  ['accepted 203.0.113.7', '500 arguments missing\r\n'],
  ['remove x', '500 x is not an address, network or domain\r\n'],
  ['forget', '500 arguments missing\r\n'],
  ['explain 203.0.113.7 a@b c@d nmae=mx.b', '500 nmae is not known here; name=NAME and helo=NAME are\r\n'],
  ['white 203.0.113.7', '500 arguments missing\r\n'],
  ['black 203.0.113.7 3d root', '500 3d is not a number of seconds\r\n'],
  ['black 203.0.113.7 0 root', '500 0 is not a number of seconds\r\n'],
  [`white 203.0.113.7 60 root ${'x'.repeat(501)}`, '500 the reason has 501 characters, at most 500 are allowed\r\n'],
  [`white 203.0.113.7 60 ${'x'.repeat(513)}`, '500 the author has 513 characters, at most 512 are allowed\r\n'],
  ['black 203.0.113.7 3153600001 root', '500 an entry lasts at most 3153600000 seconds\r\n'],
  ['standings example.com blue', '500 blue is not white, grey, black\r\n'],
  ['reports example.com newest', '500 newest is not oldest\r\n'],
  ['export black', '500 which table? pending, valid, white\r\n'],
  ['import', '500 which table? pending, valid, white\r\n'],
  ['frobnicate', '500 unknown command\r\n'],
  ['constructor', '500 unknown command\r\n'],
  ['', ''],
  ['# x', ''],
])('%j is answered %j', async ([line, wire]) => {
  const parts = fakeParts();
  expect([await send(parts, line), parts.asked]).toEqual([wire, []]);
});

test('quit closes the connection', () => {
  expect(session(fakeParts()).line('quit now')).toEqual({ text: '250 closing connection\r\n', close: true });
});

const REPORT_LINES =
  'origin:mx2 origin_id:7 reporter:exim4 time:1699999000 stored:1 ip:203.0.113.10 domain: event:ok e_from:.a e_to:b mta_id:'.split(
    ' ',
  );

const TOLD = { reporter: 'exim4', time: 1_699_999_000, ip: '203.0.113.10', event: 'ok', sender: '.a', recipient: 'b' };

test('a report is taken, and the connection goes on', async () => {
  const parts = fakeParts();
  const wire = await send(parts, 'report', '..ignored:x', ...REPORT_LINES, '.', 'helo x');
  expect(wire).toBe('301 go ahead\r\n200 accepted\r\n200 welcome. I am mx1.example.org\r\n');
  expect(parts.asked).toEqual([
    [
      { ...TOLD, origin: 'mx2', originId: 7 },
      { events: undefined, restores: true },
    ],
  ]);
});

test('a report without an origin or its id is one of this server', async () => {
  const parts = fakeParts();
  await send(
    parts,
    'report',
    ...REPORT_LINES.with(0, 'origin:'),
    '.',
    'report',
    ...REPORT_LINES.with(1, 'origin_id:'),
    '.',
  );
  expect(parts.asked).toEqual([TOLD, TOLD]);
});

test('p57 to p59, defect 17: a bad report leaves nothing behind', async () => {
  const parts = fakeParts();
  const wire = await send(parts, 'report', 'nocolon', '.', 'report', 'e_from:x', '.', 'report', ...REPORT_LINES, '.');
  expect(wire.split('\r\n').filter((line) => line !== '301 go ahead')).toEqual([
    '500 bad report (bad row format)',
    '500 bad report (missing field origin)',
    '200 accepted',
    '',
  ]);
  expect(parts.asked).toHaveLength(1);
});

test('p61: a report that is broken off is none; quit and comments within are part of it', async () => {
  const parts = fakeParts();
  expect(await send(parts, 'report', ...REPORT_LINES, '# x', 'quit')).toBe('301 go ahead\r\n');
  expect(parts.asked).toEqual([]);
});

test.for<[what: string, lines: number, characters: number, reason: string]>([
  ['of 100 lines', 100, 3, 'bad row format'],
  ['of 101 lines', 101, 3, 'too many lines'],
  ['of a thousand lines', 1000, 3, 'too many lines'],
  ['of 32 KiB', 8, 4096, 'bad row format'],
  ['of more', 9, 4096, 'too long'],
  ['of a thousand long lines', 1000, 4096, 'too long'],
])('a report without an end is refused: one %s', async ([, lines, characters, reason]) => {
  const wire = await send(fakeParts(), 'report', ...Array(lines).fill('y'.repeat(characters)), '.');
  expect(wire).toBe(`301 go ahead\r\n500 bad report (${reason})\r\n`);
});

test('of a report without an end not much is kept', async () => {
  const sessions: unknown[] = [];
  const begin = async (): Promise<void> => {
    for (let n = 0; n < 100; n += 1) {
      const begun = session(fakeParts());
      for (let line = 0; line <= 100; line += 1) begun.line(line === 0 ? 'report' : `x:${n}${line}${'y'.repeat(4000)}`);
      sessions.push(begun);
    }
  };
  expect(await bytesHeldBy(begin)).toBeLessThan(8_000_000);
  expect(sessions).toHaveLength(100);
});

test('a report that is not possible is refused with the reason', async () => {
  const parts = { ...fakeParts(), acceptPeerReport: async () => 'time in the future' };
  const wire = await send(parts, 'report', ...REPORT_LINES, '.');
  expect(wire).toBe('301 go ahead\r\n500 bad report (time in the future)\r\n');
});

test('a report that can not be kept is refused', async () => {
  const parts = { ...fakeParts(), acceptPeerReport: () => Promise.reject(new Error('disk\r\nfull')) };
  expect(await send(parts, 'report', ...REPORT_LINES, '.')).toBe('301 go ahead\r\n500 disk full\r\n');
});

test('an entry is made by hand, replaced, listed and forgotten', async () => {
  const parts = fakeParts();
  const [white, black] = ['white', 'black'].map((kind, at) => ({ kind, author: 'root', made: NOW + at }));
  const first = { ...white, subject: '203.0.113.0/24', reason: 'a customer', expires: NOW + 60 };
  const second = { ...black, subject: 'example.com', reason: 'no reason given', expires: NOW + 5 };
  expect(await ask('white 203.0.113.7/24 60 root a customer', parts)).toEqual([first]);
  await ask('white Example.com 5 root', parts);
  expect(await ask('black Example.com 5 root', parts)).toMatchObject([
    { ...second, was: { kind: 'white', made: NOW } },
  ]);
  expect(await ask('entries', parts)).toEqual([first, second]);
  expect(await ask('forget example.com', parts)).toMatchObject([{ entries: 1 }]);
  expect(await ask('forget example.com', parts)).toMatchObject([{ entries: 0 }]);
  expect(await ask('entries', parts)).toEqual([first]);
});

const FULL = '500 disk full\r\n';

test('an entry that can not be kept, or told to the peers, is answered with the cause', async () => {
  const full = (): Promise<never> => Promise.reject(new Error('disk full'));
  const parts = fakeParts();
  await send(parts, 'white example.com 60 root');
  const untold = { ...parts, share: full };
  expect(await send({ ...parts, manual: { ...parts.manual, put: full } }, 'white 203.0.113.7 60 root')).toBe(FULL);
  for (const line of ['white 203.0.113.7 60 root', 'forget example.com']) expect(await send(untold, line)).toBe(FULL);
});

test('peers are told of entries and of removed ones, but not of local ones', async () => {
  const parts = fakeParts();
  await send(parts, 'white 203.0.113.7/24 60 root a customer');
  await send(parts, 'black local example.com 60 root');
  await send(parts, 'forget example.net');
  await send(parts, 'forget 203.0.113.0/24');
  expect(parts.asked.filter((what) => typeof what === 'object' && what !== null && 'kind' in what)).toMatchObject([
    { kind: 'put', entry: { subject: '203.0.113.0/24', kind: 'white', author: 'root', reason: 'a customer' } },
    { kind: 'removed', subject: '203.0.113.0/24', time: NOW + 1, expires: NOW + 60 },
  ]);
  expect([...parts.entries.keys()]).toEqual(['example.com']);
});

test('peers are told that an entry has ended before they are told of a shorter one in its place', async () => {
  const parts = fakeParts();
  for (const line of ['60', '60', '61', '9', 'local 5', '7']) {
    const [seconds, local = ''] = line.split(' ').toReversed();
    await send(parts, `black ${local} example.com ${seconds} root`);
  }
  expect(parts.asked.filter((what) => typeof what === 'object' && what !== null && 'kind' in what)).toMatchObject([
    { kind: 'put', entry: { made: NOW, expires: NOW + 60 } },
    { kind: 'put', entry: { made: NOW + 1, expires: NOW + 60 } },
    { kind: 'put', entry: { made: NOW + 2, expires: NOW + 61 } },
    { kind: 'removed', subject: 'example.com', time: NOW + 3, expires: NOW + 61 },
    { kind: 'put', entry: { made: NOW + 4, expires: NOW + 9 } },
    { kind: 'put', entry: { made: NOW + 6, expires: NOW + 7 } },
  ]);
});

test.for([
  [TRUSTED, true],
  ['192.0.2.0/31', undefined],
  ['203.0.113.7', undefined],
])('an entry about %s is told to have no effect: %s', async ([subject, trusted]) => {
  const [entry] = (await ask(`white ${subject} 60 root`)) ?? [];
  expect(entry).toMatchObject({ author: 'root' });
  expect(Object(entry).trusted).toBe(trusted);
});

test('forget tells of the network whose other clients are forgotten as well', async () => {
  const parts = fakeParts();
  parts.tuples.push({ ...TUPLE, tuple: { ...TUPLE.tuple, sender: 'x' }, client: '203.0.113.9', state: 'valid' });
  const shared = '203.0.113.0/24';
  expect(await ask('forget 203.0.113.7', parts)).toMatchObject([{ tuples: 2, shared }]);
  expect(await ask('forget 203.0.113.7')).toEqual([{ entries: 0, standings: 2, tuples: 1, passes: 0 }]);
});

test("forget removes what is the client's, however much it is, and nothing else", async () => {
  const parts = fakeParts();
  const many = Array.from({ length: 250 }, (_, at) => ({ ...TUPLE, tuple: { ...TUPLE.tuple, sender: `${at}` } }));
  const neighbour = { ...TUPLE, client: '203.0.114.1' };
  parts.tuples.splice(0, 1, ...many, neighbour);
  const pass: Pass = { client: '203.0.113.9', domain: 'example.com', firstSeen: 1, lastSeen: 1, uses: 5 };
  parts.passes.push(pass, { ...pass, client: 'example.com' });
  expect(await ask('forget 203.0.113.0/24', parts)).toEqual([{ entries: 0, standings: 2, tuples: 250, passes: 1 }]);
  expect([parts.tuples, parts.passes]).toEqual([[neighbour], [{ ...pass, client: 'example.com' }]]);
});

test('a table goes out as it is', async () => {
  const { document } = parseAnswer(await send(fakeParts(), 'export valid')) ?? {};
  expect(document).toEqual(['valid;a;b.c 1', '.dot', 'valid;c;d 2']);
});

test('a table comes in, and what is wrong with it is told', async () => {
  const wire = await send(fakeParts(), 'import white', 'a;b 1', '..x', 'c;d 2', '.');
  const answer = parseAnswer(wire.slice('301 go ahead\r\n'.length));
  expect(answer?.document.map((line) => JSON.parse(line))).toEqual([
    { lines: 3, taken: 2, refused: 1, expired: 0, problems: [[2, 'bad for white']] },
  ]);
});

test('a table that comes faster than it is stored makes its sender wait', async () => {
  const { line } = bound(session(fakeParts()));
  line('import valid');
  expect(line('a;b 1')).toBeUndefined();
  const { text } = line('c;d 2') ?? {};
  expect(text).toBeInstanceOf(Promise);
  expect(await text).toBe('');
});

test('the lines of a table may be longer than others, and no others', () => {
  const open = session(fakeParts());
  expect(open.longest).toBe(LONGEST_RECORD);
  const expected = ['report', '.', 'import valid', 'a;b 1', '.'].map((line) => {
    open.line(line);
    return open.expectsLong;
  });
  expect(expected).toEqual([false, false, true, true, false]);
});

test('a long listing comes in pieces', async () => {
  const parts = fakeParts();
  parts.tuples.splice(0, 1, ...Array.from({ length: 2000 }, () => TUPLE));
  const text = session(parts).line('tuples')?.text;
  const pieces: string[] = [];
  if (typeof text === 'object' && !(text instanceof Promise)) for await (const piece of text) pieces.push(piece);
  expect(pieces.length).toBe(5);
  expect(parseAnswer(pieces.join(''))?.document).toHaveLength(2000);
});

test.for(['tuples', 'peers'])('%s is asked for when somebody reads the answer, and not before', async (line) => {
  let asked = 0;
  const fail = (): Promise<never> => {
    asked += 1;
    return Promise.reject(new Error('disk full'));
  };
  const parts = fakeParts();
  const answer = session({
    ...parts,
    overview: { ...parts.overview, tuples: fail },
    peers: Object.assign(parts.peers, { states: fail }),
  }).line(line);
  await new Promise(setImmediate);
  expect(asked).toBe(0);
  expect(await textOf(answer)).toBe('500 disk full\r\n');
});

test.for(['stats', 'tuples', 'reports'])('what fails within %s is a refusal on one line', async (line) => {
  const parts = fakeParts();
  const fail = (): Promise<never> => Promise.reject(new Error('disk\r\nfull'));
  async function* reports(): AsyncGenerator<readonly StoredReport[]> {
    yield await fail();
  }
  const overview = { ...parts.overview, statistics: fail, tuples: fail, reports };
  expect(await send({ ...parts, overview }, line)).toBe('500 disk full\r\n');
});

test('any line has one whole answer, or none, unless lines are to follow', async () => {
  const words = 'verdict,tuples,stats,report,helo,import,valid,forget,203.0.113.7,",<>,#,x@y,.,example.com'.split(',');
  const line = fc.array(fc.constantFrom(...words, ' '), { maxLength: 6 }).map((parts) => parts.join(' '));
  await fc.assert(
    fc.asyncProperty(line, async (text) => {
      const wire = await send(fakeParts(), text);
      expect(wire === '' || parseAnswer(wire) !== undefined).toBe(true);
    }),
  );
});

test('any lines in any order leave the session usable', async () => {
  const line = fc.constantFrom('report', 'import valid', '.', 'ip:1', 'quit', 'stats', 'x', '', ...REPORT_LINES);
  await fc.assert(
    fc.asyncProperty(fc.array(line), async (lines) => {
      const wire = await send(fakeParts(), ...lines, '.', 'helo x');
      expect(wire.endsWith('200 welcome. I am mx1.example.org\r\n')).toBe(true);
    }),
  );
});
