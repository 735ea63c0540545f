// Killed at any moment, with every protocol in use.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { REAL_CLOCK, testDaemon } from '../system/daemon.ts';
import { until } from '../system/processes.ts';
import { integrityOf } from '../system/what-was-kept.ts';
import { EVERYTHING } from './all-protocols.ts';
import { shortOrLong } from './length.ts';
import { clientOf, question } from './questions.ts';
import { ASKERS, reporter } from './talkers.ts';

const ROUNDS = shortOrLong(6, 300);
/** Connections to each socket. */
const EACH = 2;
/**
 * Connections on which reports are handed in, and how many reports there are before the end: a flood is stored in
 * another way.
 */
const REPORTERS = 8;
const FLOOD = 600;

test(`killed ${ROUNDS} times with all protocols in use`, async () => {
  await using daemon = await testDaemon(REAL_CLOCK, ...EVERYTHING);
  for (let round = 0; round < ROUNDS; round += 1) {
    const client = `198.18.${Math.floor(round / 256)}.${round % 256}`;
    const reported: string[] = [];
    const answered = new Map<string, string[]>(Object.keys(ASKERS).map((socket) => [socket, []]));
    const talking = [
      ...Array.from({ length: REPORTERS }, (_, connection) =>
        reporter(
          daemon.file('ddgrey.socket'),
          (n) => `${client} ${100_000 * (REPORTERS * round + connection) + n + 1}`,
          (it) => reported.push(it),
        ),
      ),
      ...Object.entries(ASKERS).flatMap(([socket, ask]) =>
        Array.from({ length: EACH }, (_, connection) =>
          ask(
            daemon.file(socket),
            (n) => question(`${round}-${socket}-${connection}-${n}`),
            (it) => answered.get(socket)?.push(it),
          ),
        ),
      ),
    ];
    await until('an answer on every socket', () => [...answered.values()].every(({ length }) => length > 0));
    await until('a flood of reports', () => reported.length > FLOOD);
    await sleep(Math.random() * 400);
    await daemon.end('SIGKILL');
    await Promise.all(talking);
    expect(integrityOf(daemon.file('ddgrey.db'))).toBe('ok');
    await daemon.start();
    const asked = [...answered.values()].flat();
    using asking = clientOf(daemon);
    await Promise.all(asked.map((it) => asking.ask(it)));
    await until('the verdicts on them', () => daemon.log().match(/ check verdict/g)?.length === asked.length);
    expect(daemon.log().match(/reason=early/g)).toHaveLength(asked.length);
    // What was kept and not answered any more does not count.
    const kept = await daemon.ask<{ readonly originId: number }>(`reports ${client}`);
    expect(kept.map(({ originId }) => `${client} ${originId}`)).toEqual(expect.arrayContaining(reported));
  }
});
