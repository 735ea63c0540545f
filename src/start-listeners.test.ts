import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { configOf, engineBench } from '../test/engine-bench.ts';
import { connectMta } from '../test/milter-mta.ts';
import { freePort } from '../test/system/mail-server.ts';
import { createOverview } from './engine/overview.ts';
import { InForce } from './in-force.ts';
import type { Check } from './policy/check.ts';
import type { Verdict } from './policy/verdict.ts';
import { startListeners } from './start-listeners.ts';
import { startPeers } from './start-peers.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** The sockets `greylist.socket`, `milter.socket` and `sync.socket`, and checks that wait for the test. */
async function stage(config: string) {
  const directory = await mkdtemp(join(tmpdir(), 'ddgrey-listeners-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const bench = await engineBench({ config: 'reputation no' });
  const { reportParts: reports, acceptReport, checks, dns: resolver, store, clock, counters } = bench;
  const sockets =
    'listen greylist unix:greylist.socket\nlisten milter unix:milter.socket\nlisten sync unix:sync.socket';
  const inForce = new InForce(configOf(`${config}\n${sockets}`), () => false);
  const peers = startPeers({ reports, acceptReport, attempts: checks, resolver, inForce, directory });
  onTestFinished(() => peers[Symbol.asyncDispose]());
  const asked: Check[] = [];
  const { promise: verdict, resolve: answer } = Promise.withResolvers<Verdict>();
  const listeners = await startListeners({
    ...bench,
    resolver: bench.dns,
    log: reports.log,
    answerCheck: (check) => {
      asked.push(check);
      return verdict;
    },
    admit: async () => {},
    onRefused: () => {},
    overview: createOverview({ store, clock, uptime: () => 0, counters, version: '1', most: 1 }),
    exchange: { ...peers, reports: store, news: reports.news },
    inForce,
    policyProblem: async () => undefined,
    commands: { reload: async () => {}, stop: () => {} },
    directory,
    identity: undefined,
  });
  return { listeners, inForce, asked, answer, path: (name: string) => join(directory, name) };
}

function ask(path: string): Socket {
  const client = connect(path);
  client.write('check 192.0.2.1 a@example.com b@example.org\n');
  return client;
}

async function askMilter(path: string) {
  const mta = await connectMta({ kind: 'unix', path });
  mta.send(
    { kind: 'negotiate', version: 6, actions: 0x1ff, steps: 0x1fffff },
    { kind: 'connect', name: 'mx', family: 'inet', port: 25, address: '192.0.2.1' },
    { kind: 'mail', address: '<a@example.com>', parameters: [] },
    { kind: 'rcpt', address: '<b@example.org>', parameters: [] },
  );
  return mta;
}

test('a check in hand has all of answer_deadline when the daemon stops', async () => {
  const { listeners, asked, answer, path, inForce } = await stage('answer_deadline 5s');
  const client = ask(path('greylist.socket'));
  const heard = text(client);
  await using mta = await askMilter(path('milter.socket'));
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  inForce.configure({ ...inForce.config, answer_deadline: 20 });
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const closed = listeners[Symbol.asyncDispose]();
  vi.advanceTimersByTime(20_900);
  answer({ kind: 'grey', reason: 'first', wait: 290 });
  const replies = await mta.ask(2);
  expect([await heard, replies.at(-1)]).toEqual(['200 grey\r\n', expect.stringMatching(/^y4/)]);
  await closed;
});

test('a check that is not answered within answer_deadline does not hold up the end', async () => {
  const { listeners, asked, path } = await stage('answer_deadline 20s');
  const client = ask(path('greylist.socket'));
  const heard = text(client);
  await using mta = await askMilter(path('milter.socket'));
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const closed = listeners[Symbol.asyncDispose]();
  vi.advanceTimersByTime(21_000);
  await Promise.all([closed, mta.closed]);
  expect(await heard).toBe('');
});

test.for<[socket: string, minutes: number]>([
  ['greylist.socket', 5],
  ['sync.socket', 60],
])('k04: a client of %s may be silent for %i minutes', async ([socket, minutes]) => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const { listeners, path } = await stage('');
  onTestFinished(() => listeners[Symbol.asyncDispose]());
  const client = connect(path(socket));
  onTestFinished(() => void client.destroy());
  client.write('nonsense\n');
  await once(client, 'data');
  vi.advanceTimersByTime(minutes * 60_000);
  client.write('nonsense\n');
  await once(client, 'data');
  vi.advanceTimersByTime((minutes * 60 + 30) * 1000);
  expect(await text(client)).toBe('');
});

test('an address of a name that has a line of its own is listened on by that line', async () => {
  const port = await freePort();
  const { listeners } = await stage(`listen policy localhost:${port}\nlisten greylist 127.0.0.1:${port}`);
  onTestFinished(() => listeners[Symbol.asyncDispose]());
  const client = connect(port, '127.0.0.1');
  client.end('check_and_quit\n');
  expect(await text(client)).toMatch(/^5\d\d /);
});
