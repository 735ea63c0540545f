import { expect, test } from 'vitest';
import { bytesHeldBy } from '../../test/bytes-held.ts';
import { engineBench, T0 } from '../../test/engine-bench.ts';
import type { Answer, LineSession } from '../lib/line-protocol.ts';
import { createNews, type News } from '../lib/news.ts';
import type { StoredReport } from '../policy/report.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { type Caller, localCaller } from './caller.ts';
import { fakeParts, textOf } from './fake-sync-parts.ts';
import { PeerList } from './peer-list.ts';
import type { ReportSource } from './report-source.ts';
import { peerProtocol } from './sync-server.ts';

const REPORT: StoredReport = {
  origin: 'mx2.example.org',
  originId: 1,
  reporter: 'check',
  time: T0,
  stored: T0,
  ip: '203.0.113.10',
  domain: 'example.com',
  event: 'check',
  sender: 'a@example.com',
  recipient: 'b@example.org',
};
const TEXT =
  'origin:mx2.example.org\r\norigin_id:1\r\nreporter:check\r\ntime:1700000000\r\nstored:1700000000\r\nip:203.0.113.10\r\n' +
  'domain:example.com\r\nevent:check\r\ne_from:a@example.com\r\ne_to:b@example.org\r\nmta_id:\r\n\r\n';
const BEGIN = '302 document following (interrupt with single dot)\r\n';

interface Stage {
  readonly peers: PeerList;
  readonly news: News;
  readonly session: (caller?: Partial<Caller>) => LineSession;
  readonly add: (...reports: readonly Partial<StoredReport>[]) => Promise<void>;
  readonly logged: () => readonly string[];
}

/** A server with reports; ids count from 1. */
async function stage(...reports: readonly Partial<StoredReport>[]): Promise<Stage> {
  const store = new MemoryStore();
  const { reportParts, clock, counters, log, logged } = await engineBenchWith(store);
  const { news } = reportParts;
  const peers = new PeerList({ clock, log, counters, newest: () => store.reportIdBefore(Number.POSITIVE_INFINITY) });
  let id = 0;
  const add = async (...more: readonly Partial<StoredReport>[]): Promise<void> => {
    for (const report of more) {
      id += 1;
      await store.addReport({ ...REPORT, originId: id, mtaId: `Q${id}`, ...report });
      news.tell();
    }
  };
  await add(...reports);
  const session = (caller: Partial<Caller> = {}): LineSession =>
    peerProtocol(
      { ...fakeParts(), reports: store, news, peers },
      { callerOf: () => ({ ...localCaller(), ...caller }) },
    ).open({ kind: 'unix' });
  return { peers, news, session, add, logged };
}

async function engineBenchWith(store: MemoryStore) {
  const bench = await engineBench({ store });
  return { ...bench, log: bench.reportParts.log };
}

/** What an answer says piece by piece. */
function pieces(answer: Answer | undefined): AsyncIterator<string> {
  const text = answer?.text;
  if (typeof text !== 'object' || !(Symbol.asyncIterator in text)) throw new Error('no pieces');
  return text[Symbol.asyncIterator]();
}

/** The origin ids of the reports in a piece. */
function ids(piece: IteratorResult<string>): readonly number[] {
  return [...String(piece.value).matchAll(/^origin_id:(\d+)/gm)].map(([, id]) => Number(id));
}

test.for<[line: string, lines: string[]]>([
  [
    'list',
    ['1\tmx2.example.org\t1\t1700000000', '2\tmx2.example.org\t2\t1700000100', '3\tmx2.example.org\t3\t1700000050'],
  ],
  ['list 1700000051 x', ['2\tmx2.example.org\t2\t1700000100']],
  ['list 1700000100', ['2\tmx2.example.org\t2\t1700000100']],
  ['list 1800000000', []],
  [`list ${'9'.repeat(400)}`, []],
])('p05: %s', async ([line, lines]) => {
  const { session } = await stage({}, { stored: T0 + 100 }, { stored: T0 + 50 });
  expect(await textOf(session().line(line))).toBe(
    `300 document following\r\n${lines.map((one) => `${one}\r\n`).join('')}.\r\n`,
  );
});

test('a list is as long as there are reports', async () => {
  const { session } = await stage(...Array.from({ length: 450 }, () => ({})));
  expect((await textOf(session().line('list'))).split('\r\n')).toHaveLength(450 + 3);
});

test.for<[line: string, answer: string]>([
  ['get 1', `300 document following\r\nid:1\r\n${TEXT}`],
  ['get 01 2', `300 document following\r\nid:1\r\n${TEXT}`],
  ['get 0', '500 report not found\r\n'],
  ['get 2', '500 report not found\r\n'],
  [`get ${'9'.repeat(400)}`, '500 report not found\r\n'],
  ['get', '500 argument missing\r\n'],
  ['get ""', '500 bad argument\r\n'],
  ['get -1', '500 bad argument\r\n'],
  ['list abc', '500 bad argument\r\n'],
  ['list 1.5', '500 bad argument\r\n'],
  ['subscribe abc', '500 bad argument\r\n'],
])('p05, p09: %s is answered %j', async ([line, answer]) => {
  const { session } = await stage({ mtaId: undefined } as unknown as Partial<StoredReport>);
  expect(await textOf(session().line(line))).toBe(answer);
});

test('p07: what is stored since, then what is new, and an end', async () => {
  const { session, add, peers, logged } = await stage({}, { stored: T0 + 100 }, { stored: T0 + 200 });
  const { line } = bound(session({ address: '192.0.2.7' }));
  await textOf(line('helo mx3.example.org'));
  const stream = pieces(line('subscribe 1700000100'));
  expect(await stream.next()).toEqual({ done: false, value: BEGIN });
  expect(ids(await stream.next())).toEqual([2, 3]);
  expect(await peers.states()).toMatchObject([
    { peer: '192.0.2.7', name: 'mx3.example.org', direction: 'to', behind: 2 },
  ]);
  const next = stream.next();
  await add({});
  expect(ids(await next)).toEqual([4]);
  const end = stream.next();
  expect(line('.')).toEqual({ text: '200 subscription finished\r\n', close: false });
  expect((await end).done).toBe(true);
  expect(await peers.states()).toMatchObject([{ state: 'away', reports: 3, behind: 0, lastError: undefined }]);
  expect(await textOf(line('helo x'))).toContain('200 welcome');
  expect(logged()).toEqual([
    'peer reads peer=192.0.2.7 name=mx3.example.org',
    'peer reads no more peer=192.0.2.7 name=mx3.example.org sent=3',
  ]);
});

test('without a time only what is new', async () => {
  const { session, add } = await stage({}, {});
  const stream = pieces(session().line('subscribe'));
  expect((await stream.next()).value).toBe(BEGIN);
  const next = stream.next();
  await add({});
  expect(ids(await next)).toEqual([3]);
});

test('what is stored between two looks is neither lost nor sent twice', async () => {
  const { session, add } = await stage(...Array.from({ length: 200 }, () => ({})));
  const stream = pieces(session().line('subscribe 0'));
  await stream.next();
  const got: number[] = [];
  for (let i = 0; i < 30; i += 1) {
    await add({});
    got.push(...ids(await stream.next()));
    await add({});
  }
  while (got.length < 260) got.push(...ids(await stream.next()));
  expect(got).toEqual(Array.from({ length: 260 }, (_, i) => i + 1));
});

test('a clock that went back hides nothing', async () => {
  const { session } = await stage({ stored: T0 + 3600 }, { stored: T0 }, { stored: T0 + 1 });
  const stream = pieces(session().line(`subscribe ${T0 + 3540}`));
  await stream.next();
  expect(ids(await stream.next())).toEqual([1, 2, 3]);
});

test.for<[line: string, got: number[]]>([
  ['subscribe 0', [2]],
  ['subscribe 0 all', [1, 2, 3]],
])('own reports are not sent back unless the client asks for all, and new ones never: %s', async ([line, got]) => {
  const { session, add } = await stage({ origin: 'mx9' }, {}, { origin: 'mx9' });
  const open = bound(session());
  await textOf(open.line('helo mx9'));
  const stream = pieces(open.line(line));
  await stream.next();
  expect(ids(await stream.next())).toEqual(got);
  await add({ origin: 'mx9' }, {});
  expect(ids(await stream.next())).toEqual([5]);
});

test('p11: text within a subscription makes its end an error', async () => {
  const { session } = await stage();
  const open = bound(session());
  const stream = pieces(open.line('subscribe'));
  await stream.next();
  expect(open.line('quit')).toBeUndefined();
  expect(open.line('.')).toEqual({ text: '500 no text accepted during subscribe\r\n', close: false });
  expect((await stream.next()).done).toBe(true);
  expect(open.line('quit')).toEqual({ text: '250 closing connection\r\n', close: true });
});

test.for<[what: string, end: (open: LineSession) => void, pause: () => Promise<void>]>([
  ['the connection', (open) => open.end?.(), atOnce],
  ['the connection, while it waits for news,', (open) => open.end?.(), aTurn],
  ['the input', (open) => open.lastLine?.(), atOnce],
  ['the input, while it waits for news,', (open) => open.lastLine?.(), aTurn],
])('p13: the end of %s ends the subscription', async ([, endIt, pause]) => {
  const { session, peers } = await stage();
  const open = session();
  const stream = pieces(open.line('subscribe'));
  await stream.next();
  const end = stream.next();
  await pause();
  endIt(open);
  expect((await end).done).toBe(true);
  expect(await peers.states()).toMatchObject([{ state: 'away' }]);
});

test.for<[what: string, end: (open: LineSession) => void, got: number]>([
  ['a dot', (open) => void open.line('.'), 450],
  ['the end of the input', (open) => open.lastLine?.(), 450],
  ['the end of the connection', (open) => open.end?.(), 0],
])('%s that comes with the command: what is stored is sent, and no end of what is new', async ([, endIt, got]) => {
  const { session, add } = await stage(...Array.from({ length: 450 }, () => ({})));
  const open = session();
  const stream = pieces(open.line('subscribe 0'));
  endIt(open);
  await stream.next();
  let sent = 0;
  for (let piece = await stream.next(); piece.done !== true; piece = await stream.next()) {
    sent += ids(piece).filter((id) => id <= 450).length;
    await add(...Array.from({ length: 200 }, () => ({})));
  }
  expect(sent).toBe(got);
});

test('where the client has sent the dot, the end of the connection still ends what is being sent, with its cause', async () => {
  const { session, peers } = await stage(...Array.from({ length: 450 }, () => ({})));
  const open = session();
  const stream = pieces(open.line('subscribe 0'));
  await stream.next();
  open.line('.');
  expect(ids(await stream.next())).toHaveLength(200);
  open.end?.('read ETIMEDOUT');
  expect((await stream.next()).done).toBe(true);
  expect(await peers.states()).toMatchObject([{ state: 'away', lastError: 'read ETIMEDOUT' }]);
});

test('news that come while the store is read for the ones before are not missed', async () => {
  const news = createNews();
  let reads = 0;
  const reportsAfter = async (after: number): ReturnType<ReportSource['reportsAfter']> => {
    reads += 1;
    if (reads > 1) return after === 0 ? [{ ...REPORT, id: 1 }] : [];
    news.tell();
    return [];
  };
  const parts = { ...fakeParts(), reports: { reportIdBefore: async () => 0, reportsAfter }, news };
  const stream = pieces(
    peerProtocol(parts, { callerOf: () => localCaller() })
      .open({ kind: 'unix' })
      .line('subscribe'),
  );
  await stream.next();
  expect(ids(await stream.next())).toEqual([1]);
});

test.for<[what: string, from: () => Promise<number>, answer: string]>([
  ['can not begin', () => Promise.reject(new Error('disk I/O error')), '500 disk I/O error\r\n'],
  [
    'has ended',
    () => Promise.resolve(0),
    '302 document following (interrupt with single dot)\r\n200 subscription finished\r\n',
  ],
])('a subscription that %s tells so, and leaves nobody who listens for news', async ([, reportIdBefore, answer]) => {
  let listening = 0;
  const news: News = {
    listen: () => {
      listening += 1;
      return () => (listening -= 1);
    },
    tell: () => {},
  };
  const parts = { ...fakeParts(), reports: { reportIdBefore, reportsAfter: async () => [] }, news };
  const open = peerProtocol(parts, { callerOf: () => localCaller() }).open({ kind: 'unix' });
  for (const line of ['subscribe 0', 'subscribe']) {
    const said = textOf(open.line(line));
    // Of one that could not begin there is nothing to end.
    await new Promise(setImmediate);
    const end = answer.startsWith('302') ? await textOf(open.line('.')) : '';
    expect((await said) + end).toBe(answer);
  }
  expect(listening).toBe(0);
});

test('subscriptions that have ended leave nothing behind, however many a connection has had', async () => {
  const { session } = await stage();
  const open = session();
  const subscribe = async (): Promise<void> => {
    for (let n = 0; n < 2000; n += 1) {
      const all = textOf(open.line('subscribe'));
      open.line('.');
      await all;
    }
  };
  expect(await bytesHeldBy(subscribe)).toBeLessThan(700_000);
  open.end?.();
});

test.for<[what: string, wake: (stage: Stage) => Promise<void> | void]>([
  ['before a report', ({ add }) => add({})],
  ['when the configuration was read again', ({ news }) => news.tell()],
])('who may not read any more is sent nothing: %s', async ([, wake]) => {
  const started = await stage({});
  let denied: string | undefined;
  const open = started.session({ denied: () => denied });
  const stream = pieces(open.line('subscribe 0'));
  await stream.next();
  expect(ids(await stream.next())).toEqual([1]);
  const next = stream.next();
  denied = 'may no longer read reports';
  await wake(started);
  expect((await next).done).toBe(true);
  expect(open.denied).toBe(denied);
  expect(await started.peers.states()).toMatchObject([{ state: 'away', lastError: denied }]);
});

test('who may not do anything any more is told so, and hands nothing in', async () => {
  const { session } = await stage({});
  let denied: string | undefined;
  const open = session({ denied: () => denied });
  const lines = ['report', ...TEXT.trimEnd().split('\r\n')];
  for (const line of lines) open.line(line);
  denied = 'may no longer hand in reports';
  expect(await textOf(open.line('.'))).toBe('500 permission denied\r\n');
  for (const line of ['list', 'get 1', 'subscribe', 'report', 'helo x'])
    expect(await textOf(open.line(line))).toBe('500 permission denied\r\n');
});

test.for<[may: Partial<Caller>, denied: string[]]>([
  [{}, []],
  [{ mayRead: false }, ['list', 'get 1', 'subscribe']],
  [{ mayWrite: false }, ['report']],
])('p70, p71: with %j denied are %j', async ([may, denied]) => {
  const { session } = await stage({});
  const answers = ['list', 'get 1', 'subscribe', 'report'].filter((line) => {
    const text = session(may).line(line)?.text;
    return text === '500 permission denied\r\n' || text instanceof Promise;
  });
  const refused = [];
  for (const line of answers)
    if ((await textOf(session(may).line(line))) === '500 permission denied\r\n') refused.push(line);
  expect(refused).toEqual(denied);
});

test('over the network there are no verbs of the command line', async () => {
  const { session } = await stage();
  for (const line of ['verdict 203.0.113.7 a b', 'stats', 'peers', 'export valid'])
    expect(await textOf(session().line(line))).toBe('500 unknown command\r\n');
});

function atOnce(): Promise<void> {
  return Promise.resolve();
}

function aTurn(): Promise<void> {
  return new Promise(setImmediate);
}

function bound(open: LineSession): Pick<LineSession, 'line'> {
  return { line: (text) => open.line(text) };
}
