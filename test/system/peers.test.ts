// Three daemons on hosts of their own that exchange reports.
import { copyFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PeerState } from '../../src/peers/sync-protocol.ts';
import type { Standing } from '../../src/policy/standing.ts';
import type { TestDaemon } from './daemon.ts';
import { askAll, greylistClient } from './greylist-client.ts';
import { connected, startThree, type ThreeDaemons } from './peer-daemons.ts';
import { reportsOf, settle } from './peer-reports.ts';
import { until } from './processes.ts';

const ROUNDS = 20;
const HOUR = 3600;

/** First attempts, one after the other, until the signal or the end of the daemon; how many were answered. */
async function load(daemon: TestDaemon, domain: string, signal: AbortSignal): Promise<number> {
  using client = greylistClient(daemon.file('greylist.socket'));
  for (let n = 0; ; n += 1) {
    if (signal.aborted) return n;
    const answer = await client.ask(`203.0.113.7 s@d${n}.${domain} r@example.org`).catch(() => 'killed');
    if (answer !== '200 grey') return n;
  }
}

describe('three mail servers', () => {
  let three: ThreeDaemons;
  let daemons: readonly TestDaemon[];
  const daemon = (at: number): TestDaemon => {
    const found = daemons[at];
    if (found === undefined) throw new Error('no such daemon');
    return found;
  };
  const ask = async (at: number, question: string): Promise<string> => {
    using client = greylistClient(daemon(at).file('greylist.socket'));
    return await client.ask(question);
  };

  beforeAll(async () => {
    three = await startThree(
      'resolver 127.0.0.1:1',
      'grey_short 290s',
      'grey_default 290s',
      'grey_max 6h',
      'hard_trap trap@trap.example',
      'GREY_PENDING_NORMAL 0',
    );
    ({ daemons } = three);
  });
  afterAll(() => three[Symbol.asyncDispose]());

  test('each reads from the two others, and knows itself', async () => {
    const states = await daemon(0).ask<PeerState>('peers');
    const from = states.filter(({ direction }) => direction === 'from').map(({ name, state }) => `${name} ${state}`);
    expect(from).toEqual([' ourselves', 'b.example.org connected', 'c.example.org connected']);
    expect(await daemon(0).ddgrey('peers')).toContain('b.example.org');
  });

  test('a retry is accepted by another server than the one that saw the first attempt', async () => {
    expect(await ask(0, '203.0.113.7 a@sender.example b@example.org')).toBe('200 grey');
    await settle(daemons, 1);
    await until('the tuple', async () => (await daemon(1).ask('tuples 203.0.113.7')).length === 1);
    expect(await ask(1, '203.0.113.7 a@sender.example b@example.org')).toBe('200 grey');
    await daemon(1).advance(300);
    expect(await ask(1, '203.0.113.7 a@sender.example b@example.org')).toBe('200 white');
    await daemon(1).advance(-300);
  });

  test('who hits a trap at one is blacklisted at all', async () => {
    const standing = async (at: number) => (await daemon(at).ask<Standing>('standing 203.0.113.66'))[0]?.class;
    expect(await standing(2)).not.toBe('black');
    await ask(0, '203.0.113.66 a@spammer.example trap@trap.example');
    await until('the standing', async () => (await standing(2)) === 'black');
  });

  test('what is entered by hand at one counts at all, and ends at all', async () => {
    await daemon(1).ddgrey('white', '198.51.100.0/24', '1d', 'friends');
    for (const at of [0, 2]) await until('the entry', async () => (await daemon(at).ask('entries')).length === 1);
    await daemon(1).ddgrey('black', 'local', '198.51.100.7', 'only here');
    await daemon(0).ddgrey('forget', '198.51.100.0/24');
    for (const at of [0, 2]) await until('its end', async () => (await daemon(at).ask('entries')).length === 0);
    expect(await daemon(1).ask('entries')).toMatchObject([{ subject: '198.51.100.7' }]);
  });

  const aWeekPasses = async (at: number, domain: string): Promise<void> => {
    for (let day = 0; day < 7; day += 1) {
      const clients = Array.from({ length: 300 }, (_, i) => `203.0.${day}.${i % 250} s@d${i}.${domain}`);
      await askAll(
        daemon(at).file('greylist.socket'),
        clients.map((client) => `${client} r@example.org`),
      );
      for (const one of daemons) await one.advance(24 * HOUR);
    }
  };

  test('a week of backlog arrives when the daemon is back', async () => {
    await daemon(1).end('SIGTERM');
    await daemon(0).logLine('peer lost');
    const before = reportsOf(daemon(0)).length;
    await aWeekPasses(0, 'example');
    await daemon(1).start();
    expect(await settle(daemons, before + 2100)).toBe(before + 2100);
  });

  test('a week of backlog of both sides arrives when the line is back', async () => {
    await connected(daemon(1));
    const before = reportsOf(daemon(0)).length;
    await three.lines.cut(1);
    await aWeekPasses(0, 'one.example');
    await aWeekPasses(1, 'other.example');
    await three.lines.heal();
    // Who reads learns from a dead line only by asking, every half a minute.
    expect(await settle(daemons, before + 4200, 60)).toBe(before + 4200);
    for (const one of daemons) await connected(one);
  });

  test('who puts an older database back gets its own reports back, and what is new has names of its own', async () => {
    const database = daemon(1).file('ddgrey.db');
    const attempt = (at: number, recipient: string): Promise<string> =>
      ask(at, `203.0.113.7 a@sender.example ${recipient}@example.org`);
    await attempt(0, 'kept');
    const before = await settle(daemons, 1);
    await daemon(1).end('SIGTERM');
    await copyFile(database, `${database}.backup`);
    await daemon(1).start();
    for (const recipient of ['lost1', 'lost2']) await attempt(1, recipient);
    await settle(daemons, before + 2);
    await daemon(1).end('SIGTERM');
    await copyFile(`${database}.backup`, database);
    for (const at of [0, 2]) daemon(at).signal('SIGSTOP');
    await daemon(1).start();
    for (const recipient of ['new1', 'new2']) await attempt(1, recipient);
    for (const at of [0, 2]) daemon(at).signal('SIGCONT');
    expect(await settle(daemons, before + 4)).toBe(before + 4);
  });

  test(`${ROUNDS} times one is killed at some moment: all have the same reports in the end`, async () => {
    const before = reportsOf(daemon(0)).length;
    let answered = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const victim = daemon(Math.floor(Math.random() * 3));
      const signal = AbortSignal.timeout(400);
      const loads = daemons.map((one, at) => load(one, `load${round}-${at}.example`, signal));
      await sleep(Math.random() * 400);
      await victim.end('SIGKILL');
      for (const count of await Promise.all(loads)) answered += count;
      await victim.start();
    }
    // Reports are made when the answer is out: those of the last milliseconds before a kill may not have been kept.
    expect(await settle(daemons, before + Math.floor(0.9 * answered))).toBeGreaterThan(before + ROUNDS);
  });
});
