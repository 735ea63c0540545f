// Our client against scripted servers that talk as the original daemon was recorded to (m01, m03, m09), or worse.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { keptLog } from '../../test/kept-log.ts';
import { FROM_THE_FUTURE, type Sender } from '../engine/accept-peer-report.ts';
import type { NamedReport } from '../engine/keep-report.ts';
import { manualClock } from '../lib/clock.ts';
import { createCounters } from '../lib/counters.ts';
import type { LogLevel } from '../lib/log.ts';
import { type PeerClientParts, startPeerClient } from './peer-client.ts';
import { PeerList } from './peer-list.ts';

const WELCOME = '200 welcome. I am mx1.example.org\r\n';
/** What no server has to say. */
const LONG = 'x'.repeat(60_000);
const BEGIN = '302 document following (interrupt with single dot)\r\n';

/** A report as the original sends it. */
function text(id: number, stored: number): string {
  return (
    `id:${id}\r\norigin:mx1.example.org\r\norigin_id:${id}\r\nreporter:check\r\ntime:1700000000\r\nstored:${stored}\r\n` +
    'ip:203.0.113.10\r\ndomain:example.com\r\nevent:check\r\ne_from:a@example.com\r\ne_to:b@example.org\r\nmta_id:\r\n\r\n'
  );
}

/** What the server does on its connection number n, for each line that it hears. */
type Script = (n: number, line: string, socket: Socket) => void;

interface Stage {
  readonly heard: string[];
  readonly taken: { report: NamedReport; sender: Sender }[];
  readonly places: number[];
  readonly peers: PeerList;
  readonly counters: ReturnType<typeof createCounters>;
  readonly logged: () => readonly string[];
  readonly client: AsyncDisposable;
}

async function stage(
  script: Script,
  { level = 1, ...changed }: Partial<PeerClientParts> & { readonly level?: LogLevel } = {},
  place?: number,
): Promise<Stage> {
  const heard: string[] = [];
  const server = await startScripted(script, heard);
  const taken: Stage['taken'] = [];
  const places = place === undefined ? [] : [place];
  const { log, logged } = keptLog(level);
  const counters = createCounters();
  const peers = new PeerList({ clock: manualClock(), log, counters, newest: async () => 0 });
  const client = startPeerClient({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    name: () => 'mx2.example.org',
    isOurs: () => false,
    place: { load: async () => places.at(-1), save: async (stored) => void places.push(stored) },
    accept: async (report, sender) => {
      taken.push({ report, sender });
      return undefined;
    },
    events: async () => () => undefined,
    tls: undefined,
    log,
    rate: () => 0,
    state: peers.addSource('mx1:722'),
    counters,
    waits: { first: 1, longest: 5 },
    ...changed,
  });
  onTestFinished(() => client[Symbol.asyncDispose]());
  return { heard, taken, places, peers, counters, logged, client };
}

async function startScripted(script: Script, heard: string[]): Promise<Server> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const number = sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      for (const line of bytes.toString().split('\r\n').slice(0, -1)) {
        heard.push(`${number} ${line}`);
        script(number, line, socket);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return server;
}

/** The original's manners: welcome, then what there is to send on that connection. */
function original(sends: (n: number, socket: Socket) => void): Script {
  return (n, line, socket) => {
    if (line.startsWith('helo')) socket.write(WELCOME);
    else if (line.startsWith('subscribe')) sends(n, socket);
  };
}

test('with log level 3 each line is logged, whichever side says it', async () => {
  const { logged } = await stage(
    original((_, socket) => socket.write(BEGIN)),
    { level: 3 },
  );
  const server = expect.stringMatching(/ via=peer server=127\.0\.0\.1:\d+ /);
  await vi.waitFor(() => expect(logged().filter((line) => /^(?:line|sent) /.test(line))).toHaveLength(4));
  const lines = logged().filter((line) => line.includes(' via=peer '));
  expect(lines).toEqual([server, server, server, server]);
  expect(lines.map((line) => line.replace(/ via.*server=\S+/, ''))).toEqual([
    'sent text="helo mx2.example.org"',
    'line line="200 welcome. I am mx1.example.org"',
    'sent text="subscribe 0 all"',
    'line line="302 document following (interrupt with single dot)"',
  ]);
});

test('m01: helo, everything from the beginning, then what is new', async () => {
  const { heard, taken, places, peers, logged } = await stage(
    original((_, socket) => {
      socket.write(`${BEGIN}${text(1, 1_700_000_000)}${text(2, 1_700_000_100)}`);
      setImmediate(() => socket.write(text(3, 1_700_000_150)));
    }),
  );
  await vi.waitFor(() => expect(places.at(-1)).toBe(1_700_000_150));
  expect(heard).toEqual(['1 helo mx2.example.org', '1 subscribe 0 all']);
  expect(taken.map(({ report }) => report.originId)).toEqual([1, 2, 3]);
  expect(taken[0]).toEqual({
    report: {
      origin: 'mx1.example.org',
      originId: 1,
      reporter: 'check',
      time: 1_700_000_000,
      ip: '203.0.113.10',
      domain: 'example.com',
      event: 'check',
      sender: 'a@example.com',
      recipient: 'b@example.org',
    },
    sender: { events: undefined, restores: true },
  });
  expect(await peers.states()).toMatchObject([{ name: 'mx1.example.org', state: 'connected', reports: 3 }]);
  expect(logged()).toEqual(['peer connected peer=mx1:722 name=mx1.example.org']);
});

test('m03, m07: it comes back and goes on where the server was, by the server’s clock', async () => {
  let first: Socket | undefined;
  const { heard, taken, places } = await stage(
    original((n, socket) => {
      first ??= socket;
      socket.write(BEGIN + (n === 1 ? text(2, 1_900_000_100) : text(3, 1_900_000_120)));
    }),
    { waits: { first: 1, longest: 5, silence: 1 } },
  );
  await vi.waitFor(() => expect(places).toHaveLength(1));
  // Later than the silence, however late both are.
  setTimeout(() => first?.end(), 2);
  await vi.waitFor(() => expect(taken.at(-1)?.report.originId).toBe(3));
  expect(heard.slice(2)).toEqual(['2 helo mx2.example.org', '2 subscribe 1900000040']);
  expect(taken.at(-1)?.sender.restores).toBe(false);
});

test('its own reports are taken back for an hour at most, however long a peer goes on telling', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const sockets: Socket[] = [];
  const { heard, taken } = await stage(
    original((_, socket) => {
      sockets.push(socket);
      socket.write(BEGIN);
    }),
    { waits: { first: 1, longest: 5, silence: 2 ** 31 - 1 } },
  );
  const hears = async (id: number): Promise<void> => {
    sockets.at(-1)?.write(text(id, 1_700_000_000));
    await vi.waitFor(() => expect(taken).toHaveLength(id));
  };
  await vi.waitFor(() => expect(sockets).toHaveLength(1));
  await hears(1);
  vi.advanceTimersByTime(3_590_000);
  await hears(2);
  vi.advanceTimersByTime(10_000);
  await hears(3);
  expect(taken.map(({ sender }) => sender.restores)).toEqual([true, true, false]);
  sockets[0]?.end();
  await vi.waitFor(() => expect(sockets).toHaveLength(2));
  expect(heard.at(-1)).toBe('2 subscribe 1699999940');
});

test('after a start it asks for its own reports too, from the place that it had, until all has come', async () => {
  const { heard, taken } = await stage(
    original((n, socket) => {
      if (n === 1) socket.end(BEGIN + text(2, 1_900_000_100));
      else socket.write(BEGIN + text(3, 1_900_000_200));
    }),
    {},
    1_900_000_000,
  );
  await vi.waitFor(() => expect(taken).toHaveLength(2));
  expect(heard.filter((line) => line.includes('subscribe'))).toEqual([
    '1 subscribe 1899999940 all',
    '2 subscribe 1900000040 all',
  ]);
  expect(taken.map(({ sender }) => sender.restores)).toEqual([true, true]);
});

test('a report that is cut off is none, and asked for again', async () => {
  const whole = text(1, 1_700_000_000) + text(2, 1_700_000_100);
  const { taken, heard } = await stage(
    original((n, socket) => {
      if (n === 1) socket.end(BEGIN + whole.slice(0, -2));
      else socket.write(BEGIN + whole);
    }),
  );
  await vi.waitFor(() => expect(taken.map(({ report }) => report.originId)).toEqual([1, 1, 2]));
  expect(heard.at(-1)).toBe('2 subscribe 1699999940 all');
});

test('where every chunk ends makes no difference', async () => {
  const { taken } = await stage(
    original((_, socket) => {
      const bytes = Buffer.from(BEGIN + text(1, 5) + text(2, 6));
      let at = 0;
      const next = (): void => {
        socket.write(bytes.subarray(at, at + 7));
        at += 7;
        if (at < bytes.length) setImmediate(next);
      };
      next();
    }),
  );
  await vi.waitFor(() => expect(taken.map(({ report }) => report.originId)).toEqual([1, 2]));
});

test.for<[what: string, script: Script, cause: string]>([
  [
    'm09: subscribe refused',
    original((_, socket) => socket.write('500 bad argument\r\n')),
    'refused: 500 bad argument',
  ],
  [
    'no right to read',
    original((_, socket) => socket.write('500 permission denied\r\n')),
    'refused: 500 permission denied',
  ],
  ['not the protocol', (_, __, socket) => socket.write('220 smtp ready\r\n'), 'refused: 220 smtp ready'],
  [
    'closed at once',
    (_, __, socket) => socket.end(),
    'closed without an answer; this server is probably not in its accept or peer lines',
  ],
  // Whether it was still being written to decides how the end shows.
  ['closed later', original((_, socket) => socket.end(BEGIN)), '(?:closed by the peer|(?:read|write) E\\w+)'],
  ['a line without an end', original((_, socket) => socket.write(BEGIN + 'x'.repeat(70_000))), 'a line without an end'],
  [
    'a report without an end',
    original((_, socket) => socket.write(BEGIN + 'a:b\r\n'.repeat(101))),
    'a report of too many lines',
  ],
])('%s: it says so once, and tries again', async ([, script, cause]) => {
  const { heard, peers, logged } = await stage(script);
  await vi.waitFor(() => expect(heard.some((line) => line.startsWith('3 '))).toBe(true));
  const lost = logged().filter((line) => line.startsWith('peer lost'));
  expect(lost).not.toEqual([]);
  for (const line of lost) expect(line).toMatch(new RegExp(`^peer lost peer=mx1:722 cause="${cause}"$`));
  // A new connection has none until it ends, too.
  await vi.waitFor(async () => expect((await peers.states())[0]?.lastError).toMatch(new RegExp(`^${cause}$`)));
});

/** The times at which each connection came. */
function timesOf(times: number[], sends: (n: number, socket: Socket) => void): Script {
  return original((n, socket) => {
    times.push(performance.now());
    socket.write(BEGIN);
    sends(n, socket);
  });
}

test('one that is lost as soon as it has begun is tried less and less often', async () => {
  const times: number[] = [];
  const waits = { first: 10, longest: 10_000 };
  await stage(
    timesOf(times, (_, socket) => socket.end()),
    { waits, random: () => 0 },
  );
  await vi.waitFor(() => expect(times).toHaveLength(5));
  expect((times[4] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(10 + 20 + 40 + 80 - 5);
});

test('one that has lasted is tried again soon', async () => {
  const times: number[] = [];
  await stage(
    timesOf(times, (n, socket) => void setTimeout(() => socket.end(), n === 8 ? 200 : 0)),
    { waits: { first: 1, longest: 100 }, random: () => 0 },
  );
  await vi.waitFor(() => expect(times).toHaveLength(14), { timeout: 5000 });
  expect((times[13] ?? 0) - (times[8] ?? 0)).toBeLessThan(400);
});

test.for<[what: string, welcome: string, afterwards: string]>([
  ['as its name', `200 welcome. I am ${LONG}`, BEGIN],
  ['to our greeting', `500 ${LONG}`, ''],
  ['to starttls', '200 welcome. I am mx1.example.org', `500 ${LONG}\r\n`],
])('of what the server says at great length, only the beginning is told: %s', async ([what, welcome, afterwards]) => {
  const identity = { context: {}, pinned: new Set<string>() };
  const tls = what === 'to starttls' ? { identity, required: true, renew: () => {} } : undefined;
  const script: Script = (_, line, socket) => socket.write(line.startsWith('helo') ? `${welcome}\r\n` : afterwards);
  const { peers, logged } = await stage(script, { tls });
  await vi.waitFor(async () => expect(JSON.stringify(await peers.states())).toContain('xxx'));
  expect(logged().find((line) => line.includes('xxx'))?.length).toBeLessThan(400);
});

test('it recognises itself, and leaves itself alone', async () => {
  const { heard, peers } = await stage((_, __, socket) => socket.write('200 welcome. I am mx2.example.org\r\n'));
  await vi.waitFor(async () => expect((await peers.states())[0]?.state).toBe('ourselves'));
  expect(heard).toEqual(['1 helo mx2.example.org']);
});

test.for([
  ['by its address', '127.0.0.1'],
  ['by a name', 'localhost'],
] as const)('where it listens itself it does not even connect: %s', async ([, host]) => {
  const isOurs = (address: string): boolean => /^(?:127\.0\.0\.1|::1)$/.test(address);
  const { heard, peers, logged } = await stage(() => {}, { host, isOurs });
  await vi.waitFor(async () => expect((await peers.states())[0]?.state).toBe('ourselves'));
  expect(heard).toEqual([]);
  expect(logged()).toEqual(['peer is this server peer=mx1:722']);
});

test('a bad report costs only itself', async () => {
  const nameless = text(2, 7).replace('origin_id:2', 'origin_id:');
  const { taken, counters, logged } = await stage(
    original((_, socket) => socket.write(`${BEGIN}nonsense\r\n\r\nmore\r\n\r\n${nameless}${text(3, 8)}`)),
  );
  await vi.waitFor(() => expect(taken.map(({ report }) => report.originId)).toEqual([3]));
  expect(counters.list()).toEqual([
    ['peer reports malformed', 3],
    ['peer reports received', 4],
  ]);
  expect(logged().slice(1)).toEqual([
    'peer report malformed peer=mx1:722 cause="bad row format"',
    'peer report malformed peer=mx1:722 cause="no origin or origin_id"',
  ]);
});

test('a report with an address as long as Exim lets one be does not keep back those behind it', async () => {
  const long = text(1, 7).replace('b@example.org', `${'b'.repeat(16_384)}@example.org`);
  const { taken, heard } = await stage(original((_, socket) => socket.write(BEGIN + long + text(2, 8))));
  await vi.waitFor(() => expect(taken.map(({ report }) => report.originId)).toEqual([1, 2]));
  expect(heard).toHaveLength(2);
});

test('who sends more a minute than it may waits, and does not hold up the end', async () => {
  const many = Array.from({ length: 60 }, (_, i) => text(i + 1, 5)).join('');
  const { taken, client } = await stage(
    original((_, socket) => socket.write(BEGIN + many)),
    { rate: () => 1 },
  );
  await vi.waitFor(() => expect(taken).toHaveLength(25));
  await client[Symbol.asyncDispose]();
  expect(taken).toHaveLength(25);
});

test('a higher rate counts at once', async () => {
  let rate = 1;
  const many = Array.from({ length: 60 }, (_, i) => text(i + 1, 5)).join('');
  const { taken } = await stage(
    original((_, socket) => socket.write(BEGIN + many)),
    { rate: () => rate },
  );
  await vi.waitFor(() => expect(taken).toHaveLength(25));
  rate = 1_000_000;
  await vi.waitFor(() => expect(taken).toHaveLength(60));
});

test('what could not be kept is asked for again', async () => {
  let tries = 0;
  const accept: PeerClientParts['accept'] = async () => {
    tries += 1;
    if (tries === 1) throw new Error('disk full');
    return undefined;
  };
  const { heard, places } = await stage(
    original((_, socket) => socket.write(BEGIN + text(9, 1_700_000_000))),
    { accept },
  );
  await vi.waitFor(() => expect(places).toEqual([1_700_000_000]));
  expect(heard.filter((line) => line.includes('subscribe'))).toEqual(['1 subscribe 0 all', '2 subscribe 0 all']);
});

test('a report that takes long keeps back no others, but the place until it is kept', async () => {
  const { promise: slow, resolve: answered } = Promise.withResolvers<undefined>();
  const taken: number[] = [];
  const { places } = await stage(
    original((_, socket) => {
      socket.write(BEGIN + text(1, 5) + text(2, 6));
      setTimeout(() => socket.write(Array.from({ length: 60 }, (_, i) => text(i + 3, 7)).join('')), 10);
    }),
    {
      accept: ({ originId }) => {
        taken.push(originId);
        return originId === 1 ? slow : Promise.resolve(undefined);
      },
    },
  );
  await vi.waitFor(() => expect(taken).toHaveLength(62));
  expect(places).toEqual([]);
  answered(undefined);
  await vi.waitFor(() => expect(places).toEqual([6, 7]));
});

test('a report that could not be kept, but took long for that, is asked for again', async () => {
  const { promise: slow, reject } = Promise.withResolvers<undefined>();
  let tries = 0;
  const { heard, places, logged } = await stage(
    original((n, socket) => socket.write(BEGIN + text(1, 5) + (n === 1 ? '' : text(2, 6)))),
    {
      accept: () => {
        tries += 1;
        if (tries === 1) setTimeout(() => reject(new Error('disk full')), 300);
        return tries === 1 ? slow : Promise.resolve(undefined);
      },
    },
  );
  await vi.waitFor(() => expect(places).toEqual([6]));
  expect(heard.filter((line) => line.includes('subscribe'))).toEqual(['1 subscribe 0 all', '2 subscribe 0 all']);
  expect(logged()).toContain('peer lost peer=mx1:722 cause="disk full"');
});

test('what seems to be of the future is asked for again: our clock may be the wrong one, until it is set', async () => {
  let tries = 0;
  const { places, peers, taken } = await stage(
    original((_, socket) => socket.write(BEGIN + text(1, 5) + text(2, 6))),
    {
      accept: async () => {
        tries += 1;
        return tries <= 6 ? FROM_THE_FUTURE : undefined;
      },
    },
  );
  await vi.waitFor(() => expect(places).toEqual([6]));
  expect(tries).toBe(8);
  expect(taken).toEqual([]);
  expect((await peers.states())[0]).toMatchObject({ state: 'connected', reports: 2 });
});

test('where that never ends, it is another’s clock, and others’ reports are read at last', async () => {
  const { heard, places } = await stage(
    original((_, socket) => socket.write(BEGIN + text(1, 5) + text(2, 6))),
    { accept: async ({ originId }) => (originId === 1 ? FROM_THE_FUTURE : undefined) },
  );
  await vi.waitFor(() => expect(places).toEqual([6]));
  expect(heard.filter((line) => line.includes('subscribe'))).toHaveLength(11);
});

test('k10: a server that answers nothing, and one that is not there, do not hold up the end', async () => {
  const silent = await stage(() => {});
  await vi.waitFor(() => expect(silent.heard).toHaveLength(1));
  await silent.client[Symbol.asyncDispose]();
  const gone = await stage(() => {}, { port: 1 });
  await vi.waitFor(async () => expect((await gone.peers.states())[0]?.lastError).toContain('ECONNREFUSED'));
  await gone.client[Symbol.asyncDispose]();
});
