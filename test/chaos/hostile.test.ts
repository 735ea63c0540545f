// Whoever can connect sends what no client sends, or nothing. Everybody else is served as ever.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { REAL_CLOCK, testDaemon } from '../system/daemon.ts';
import { EVERYTHING, happens, open, SOCKETS } from './all-protocols.ts';
import { shortOrLong } from './length.ts';
import { askOnce, clientOf, memoryOf, question } from './questions.ts';

const ROUNDS = shortOrLong(5, 300);

const RUBBISH: readonly (readonly [name: string, bytes: () => Buffer])[] = [
  ['a line of 64 KiB', () => Buffer.from(`${'x'.repeat(65_536)}\n`)],
  ['a check of 64 KiB', () => Buffer.from(`check 192.0.2.1 ${'a'.repeat(65_536)}@b.c d@e.f\n`)],
  ['NUL bytes', () => Buffer.alloc(10_000)],
  ['NUL bytes in a check', () => Buffer.from('check 192.0.2.1 a\0b@c.d \0@e.f\n')],
  ['invalid UTF-8', () => Buffer.from([0xff, 0xfe, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0x0a])],
  ['empty lines', () => Buffer.alloc(10_000, '\n')],
  ['chance', () => randomBytes(20_000)],
  ['a packet that claims 4 GiB', () => Buffer.from([0xff, 0xff, 0xff, 0xff, 0x4f])],
  ['a thousand lines at once', () => Buffer.from('helo x\n'.repeat(1000))],
];

/** All that may be said to it. */
const ANSWERS: { readonly [S in (typeof SOCKETS)[number]]: RegExp } = {
  'greylist.socket': /^(?:200 grey\r\n|500 .*\r\n)*$/,
  'policy.socket': /^(?:action=DUNNO\n\n)*$/,
  'greyd.socket': /^(?:[2-6]00 .*\r\n)*$/,
  'milter.socket': /^$/,
  'ddgrey.socket': /^(?:[25]00 .*\r\n)*$/,
};

test.for(SOCKETS)('rubbish on %s', async (socket) => {
  await using daemon = await testDaemon(REAL_CLOCK, ...EVERYTHING);
  using neighbour = clientOf(daemon);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, bytes] of RUBBISH) {
      const client = open(daemon, socket).setEncoding('utf8');
      let heard = '';
      client.on('data', (text: string) => {
        heard += text;
      });
      client.end(bytes());
      expect([name, await neighbour.ask(question(`${name.replaceAll(' ', '-')}${round}`))]).toEqual([name, '200 grey']);
      if (!client.closed) await Promise.race([happens(client, 'close'), sleep(50)]);
      client.destroy();
      expect([name, heard]).toEqual([name, expect.stringMatching(ANSWERS[socket])]);
    }
  }
  expect(await askOnce(daemon, 'last')).toBe('200 grey');
  expect(daemon.log()).not.toMatch(/TypeError|RangeError|ReferenceError| at .*\.ts:/);
});

test.for(SOCKETS)('clients that send a byte now and then on %s', async (socket) => {
  await using daemon = await testDaemon(REAL_CLOCK, ...EVERYTHING);
  const slow = Array.from({ length: 200 }, () => open(daemon, socket));
  for (const byte of Buffer.from('check 192.')) {
    for (const client of slow) client.write(Buffer.of(byte));
    expect(await askOnce(daemon, `slow${byte}`)).toBe('200 grey');
  }
  for (const client of slow) client.destroy();
});

test('ten thousand idle connections', async () => {
  await using daemon = await testDaemon(REAL_CLOCK, ...EVERYTHING);
  using early = clientOf(daemon);
  expect(await early.ask(question('early'))).toBe('200 grey');
  const idle = [];
  for (let n = 0; n < 10_000; n += 1) {
    const client = open(daemon, SOCKETS[n % 3] ?? 'greylist.socket');
    await happens(client, 'connect', 'close');
    idle.push(client);
  }
  expect(await early.ask(question('late'))).toBe('200 grey');
  expect(await daemon.logLine('connection refused')).toContain('more than 1000 connections');
  expect(memoryOf(daemon)).toBeLessThan(500);
  for (const client of idle) client.destroy();
});
