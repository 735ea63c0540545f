import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createCounters } from './counters.ts';
import { silentLog } from './log.ts';
import { runServer } from './run-server.ts';

test('trouble is swept at each interval, until the server is closed', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  let sweeps = 0;
  const trouble = { report: () => {}, sweep: () => void (sweeps += 1) };
  const options = {
    address: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    log: silentLog,
    counters: createCounters(),
  } as const;
  const server = await runServer(createServer(), options, { name: 'test', connections: [], trouble, interval: 60 });
  vi.advanceTimersByTime(120_000);
  await server[Symbol.asyncDispose]();
  vi.advanceTimersByTime(120_000);
  expect(sweeps).toBe(2);
});
