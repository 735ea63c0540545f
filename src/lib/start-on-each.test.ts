import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { createCounters } from './counters.ts';
import { silentLog } from './log.ts';
import { type RunningServer, runServer } from './run-server.ts';
import { formatSocketAddress, type SocketAddress } from './socket-address.ts';
import { startOnEach } from './start-on-each.ts';

const NAMES: { readonly [name: string]: readonly string[] } = {
  both: ['127.0.0.1', '127.0.0.2'],
  twice: ['127.0.0.1', '127.0.0.1'],
  half: ['192.0.2.1', '127.0.0.1'],
  taken: ['127.0.0.3'],
  'partly taken': ['127.0.0.1', '127.0.0.3', '192.0.2.1'],
  'elsewhere or taken': ['192.0.2.1', '127.0.0.3'],
  elsewhere: ['192.0.2.1', '198.51.100.1'],
};

const ELSEWHERE = '192.0.2.1:0: cannot listen on 192.0.2.1:0: 192.0.2.1 is not an address of this machine';

/** What was started, where nothing was although it was tried, and a way to try. */
function stage() {
  const started: string[] = [];
  const skipped: string[] = [];
  const begin = (host: string, start: (address: SocketAddress) => Promise<AsyncDisposable>) =>
    startOnEach(
      { kind: 'tcp', host, port: 0 },
      {
        start,
        isTaken: (address) => address.kind === 'tcp' && address.host === '127.0.0.3',
        onSkipped: (address, cause) => void skipped.push(`${formatSocketAddress(address)}: ${cause}`),
        lookUp: async (name) => NAMES[name] ?? Promise.reject(new Error('no such name')),
      },
    );
  return { started, skipped, begin };
}

async function listenOn(address: SocketAddress): Promise<RunningServer> {
  const trouble = { report: () => {}, sweep: () => {} };
  const served = { name: 'test', connections: [], trouble, interval: 60 };
  return runServer(createServer(), { address, log: silentLog, counters: createCounters() }, served);
}

test.for<[host: string, started: string[], skipped: string[]]>([
  ['both', ['127.0.0.1', '127.0.0.2'], []],
  ['twice', ['127.0.0.1'], []],
  ['half', ['127.0.0.1'], [ELSEWHERE]],
  ['taken', [], []],
  ['partly taken', ['127.0.0.1'], [ELSEWHERE]],
  ['elsewhere or taken', [], [ELSEWHERE]],
])('%s', async ([host, expected, elsewhere]) => {
  const { started, skipped, begin } = stage();
  const ports: (SocketAddress & { kind: 'tcp' })[] = [];
  const servers = await begin(host, async (address) => {
    const server = await listenOn(address);
    if (server.address.kind === 'unix') throw new Error('not in this test');
    started.push(server.address.host);
    ports.push(server.address);
    return server;
  });
  for (const port of ports) {
    const client = createConnection(port);
    await once(client, 'connect');
    client.destroy();
  }
  for (const server of servers) await server[Symbol.asyncDispose]();
  expect([started, skipped, servers.length]).toEqual([expected, elsewhere, expected.length]);
});

test.for<[host: string, problem: string]>([
  ['elsewhere', 'cannot listen on 192.0.2.1:0: 192.0.2.1 is not an address of this machine'],
  ['nowhere.invalid', 'cannot listen on nowhere.invalid:0: the name nowhere.invalid has no address'],
])('nothing is started on %s', async ([host, problem]) => {
  const { skipped, begin } = stage();
  await expect(begin(host, listenOn)).rejects.toThrow(problem);
  expect(skipped).toEqual([]);
});

test('where one of the ports is taken, none is kept', async () => {
  const log: string[] = [];
  const taken = stage().begin('both', async () => {
    if (log.length > 0) throw new Error('port 25 is in use');
    log.push('started');
    return { [Symbol.asyncDispose]: async () => void log.push('closed') };
  });
  await expect(taken).rejects.toThrow('port 25 is in use');
  expect(log).toEqual(['started', 'closed']);
});

test('paths, and all addresses of this machine, are no names', async () => {
  const tried: SocketAddress[] = [];
  const parts = {
    start: async (address: SocketAddress) => {
      tried.push(address);
      return { [Symbol.asyncDispose]: async () => {} };
    },
    isTaken: () => false,
    onSkipped: () => {},
    lookUp: async () => ['192.0.2.1'],
  };
  const addresses: readonly SocketAddress[] = [
    { kind: 'unix', path: '/run/a' },
    { kind: 'tcp', host: '', port: 1 },
  ];
  for (const address of addresses) await startOnEach(address, parts);
  expect(tried).toEqual(addresses);
});

test('the system is asked for the addresses of a name', async () => {
  const tried: string[] = [];
  const start = async (address: SocketAddress): Promise<AsyncDisposable> => {
    tried.push(address.kind === 'tcp' ? address.host : '');
    return { [Symbol.asyncDispose]: async () => {} };
  };
  await startOnEach({ kind: 'tcp', host: 'localhost', port: 0 }, { start, isTaken: () => false, onSkipped: () => {} });
  expect(tried).toEqual((await lookup('localhost', { all: true })).map(({ address }) => address));
});

test.for(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])('an address is skipped where listening ends with %s', async (code) => {
  const { skipped, begin } = stage();
  const servers = await begin('both', async (address) => {
    if (address.kind === 'tcp' && address.host === '127.0.0.1')
      throw new Error('cannot listen', { cause: Object.assign(new Error('listen'), { code }) });
    return { [Symbol.asyncDispose]: async () => {} };
  });
  expect([servers.length, skipped.length]).toEqual([1, 1]);
});
