import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createCounters } from './counters.ts';
import { silentLog } from './log.ts';
import { runServer } from './run-server.ts';

const OPTIONS = {
  address: { kind: 'tcp', host: '127.0.0.1', port: 0 },
  log: silentLog,
  counters: createCounters(),
} as const;

test('a connection that the system can not accept costs no more than itself', async () => {
  const told: string[] = [];
  const trouble = { report: (what: string, cause: string) => void told.push(`${what}: ${cause}`), sweep: () => {} };
  const server = createServer();
  await using _running = await runServer(server, OPTIONS, { name: 'test', connections: [], trouble, interval: 60 });
  server.emit('error', new Error('accept EMFILE'));
  expect(told).toEqual(['connection refused: accept EMFILE']);
});

test('trouble is swept at each interval, until the server is closed; then no timer is left', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let sweeps = 0;
  const trouble = { report: () => {}, sweep: () => void (sweeps += 1) };
  const server = await runServer(createServer(), OPTIONS, { name: 'test', connections: [], trouble, interval: 60 });
  vi.advanceTimersByTime(120_000);
  await server[Symbol.asyncDispose]();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(120_000);
  expect(sweeps).toBe(2);
});
