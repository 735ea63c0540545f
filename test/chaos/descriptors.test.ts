// No file descriptor is left.
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { type Program, REAL_CLOCK, testDaemon } from '../system/daemon.ts';
import { until } from '../system/processes.ts';
import { happens, open } from './all-protocols.ts';
import { askOnce, clientOf, question } from './questions.ts';

const FEW: Program = (directory) => ['prlimit', '--nofile=100:100', ...REAL_CLOCK(directory)];

test('k05, k05b: who is connected is served, and so is everybody again when descriptors are free', async () => {
  await using daemon = await testDaemon(FEW, 'grey_default 1h', 'GREY_PENDING_NORMAL 0');
  using first = clientOf(daemon);
  expect(await first.ask(question('before'))).toBe('200 grey');
  const crowd: Socket[] = [];
  for (let n = 0; n < 300; n += 1) {
    const socket = open(daemon, 'greylist.socket');
    crowd.push(socket);
    await happens(socket, 'connect', 'close');
  }
  for (let n = 0; n < 20; n += 1) expect(await first.ask(question(`during${n}`))).toBe('200 grey');
  // One that fails again and again would fill it.
  expect(
    daemon
      .log()
      .split('\n')
      .filter((line) => !line.includes(' check ')).length,
  ).toBeLessThan(50);
  for (const socket of crowd) socket.destroy();
  await until('a new client to be served', async () => {
    const answer = await Promise.race([askOnce(daemon, 'after'), once(AbortSignal.timeout(1000), 'abort')]);
    return answer === '200 grey';
  });
});
