// Subscriptions over real lines: readers that do not read, that say nothing for long, and the end of the server.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createCounters } from '../lib/counters.ts';
import type { LineLimits } from '../lib/line-protocol.ts';
import { startLineServer } from '../lib/line-server.ts';
import type { RunningServer } from '../lib/run-server.ts';
import { silentLog } from '../lib/log.ts';
import { localCaller } from './caller.ts';
import { fakeParts, REPORT } from './fake-sync-parts.ts';
import type { ReportSource } from './report-source.ts';
import { peerProtocol } from './sync-server.ts';

/** A server over these reports. */
async function start(reports: ReportSource, limits: Partial<LineLimits> = {}) {
  const parts = { ...fakeParts(), reports };
  const counters = createCounters();
  const server = await startLineServer({
    address: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    protocol: peerProtocol(parts, { callerOf: localCaller }),
    log: silentLog,
    counters,
    limits,
    closeWithin: () => 60,
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, parts, counters };
}

async function reader({ address }: RunningServer): Promise<Socket> {
  const socket = createConnection({ host: '127.0.0.1', port: address.kind === 'tcp' ? address.port : 0 });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

// The system's own buffers hold some megabytes; a page of reports has 150 KB, one of a list 9 KB.
test.for<[id: string, command: string, pages: number, states: readonly object[]]>([
  ['k01', 'list', 2000, []],
  ['k02', 'subscribe 0', 200, [{ state: 'away', lastError: 'does not read' }]],
])('%s: who does not read what %j tells is cut off, and costs a few megabytes', async ([, command, pages, states]) => {
  let asked = 0;
  const endless: ReportSource = {
    reportIdBefore: async () => 0,
    reportsAfter: async (id, limit) => {
      asked += 1;
      return Array.from({ length: limit }, (_, i) => ({ ...REPORT, sender: 'x'.repeat(500), id: id + i + 1 }));
    },
  };
  const { server, counters, parts } = await start(endless, { idle: 0.1 });
  const socket = await reader(server);
  socket.pause();
  socket.write(`${command}\r\n`);
  await vi.waitFor(() => expect(counters.list()).toContainEqual(['peer client cut off', 1]), { timeout: 5000 });
  expect(asked).toBeLessThan(pages);
  await vi.waitFor(async () => expect(await parts.peers.states()).toMatchObject(states));
});

test('one that waits for news is not idle', async () => {
  const stored = [{ ...REPORT, id: 1 }];
  const source: ReportSource = {
    reportIdBefore: async () => stored.length,
    reportsAfter: async (id) => stored.slice(id),
  };
  const { server, parts } = await start(source, { idle: 0.02 });
  const socket = await reader(server);
  let heard = '';
  socket.on('data', (bytes) => (heard += String(bytes)));
  socket.write('subscribe\r\n');
  await vi.waitFor(() => expect(heard).toContain('302'));
  const other = await reader(server);
  // Silent for so long that another client, which waits for no news, is cut off.
  await once(other, 'close');
  stored.push({ ...REPORT, id: 2 });
  parts.news.tell();
  await vi.waitFor(() => expect(heard).toContain('id:2\r\n'));
});

test('the end of the server ends subscriptions at once', async () => {
  const { server } = await start({ reportIdBefore: async () => 0, reportsAfter: async () => [] });
  const socket = await reader(server);
  socket.write('subscribe\r\n');
  await once(socket, 'data');
  socket.resume();
  const closed = once(socket, 'close');
  await server[Symbol.asyncDispose]();
  await closed;
  expect(socket.destroyed).toBe(true);
});
