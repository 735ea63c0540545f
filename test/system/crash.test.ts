// Promise 2 of the design: what was answered is kept, whenever the daemon is killed.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { REAL_CLOCK, type TestDaemon, testDaemon } from './daemon.ts';
import { askAll, askUntilClosed } from './greylist-client.ts';
import { until } from './processes.ts';
import { integrityOf } from './what-was-kept.ts';

const ROUNDS = 20;
const CONNECTIONS = 16;

/** First attempts, each of a tuple of its own, over several connections until they break; those that were answered. */
async function load(daemon: TestDaemon, round: number, answered: string[]): Promise<void> {
  const connections = Array.from({ length: CONNECTIONS }, (_, connection) =>
    askUntilClosed(
      daemon.file('greylist.socket'),
      (n) => `203.0.113.7 someone@sender.example r${round}-${connection}-${n}@example.test`,
      (question) => answered.push(question),
    ),
  );
  await Promise.all(connections);
}

/** Asks again; the reasons by the questions that got them. */
async function reasonsOnAskingAgain(daemon: TestDaemon, questions: readonly string[]): Promise<Set<unknown>> {
  await askAll(daemon.file('greylist.socket'), questions);
  const lines = await until('the log of all checks', () => {
    const checks = daemon
      .log()
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.includes('"event":"check"'));
    return checks.length >= questions.length && checks;
  });
  return new Set(lines.map((line) => (JSON.parse(line) as { reason: string }).reason));
}

test(`${ROUNDS} times killed at full speed: nothing that was answered is lost`, async () => {
  const config = ['log_format json', 'grey_default 1h', 'GREY_PENDING_NORMAL 0'];
  await using daemon = await testDaemon(REAL_CLOCK, ...config);
  const all: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const answered: string[] = [];
    const loaded = load(daemon, round, answered);
    await until('a first answer', () => answered.length > 0);
    await sleep(Math.random() * 300);
    await daemon.end('SIGKILL');
    await loaded;
    await daemon.start();
    expect(await reasonsOnAskingAgain(daemon, answered)).toEqual(new Set(['early']));
    expect(integrityOf(daemon.file('ddgrey.db'))).toBe('ok');
    all.push(...answered);
  }
  await daemon.end('SIGTERM');
  await daemon.start();
  const sample = all.filter((_, index) => index % 10 === 0);
  expect(await reasonsOnAskingAgain(daemon, sample)).toEqual(new Set(['early']));
});
