import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answer } from '../lib/line-protocol.ts';
import { createShortIds } from '../lib/short-ids.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import { parseAnswer } from './sync-protocol.ts';
import { type SyncParts, syncProtocol } from './sync-server.ts';

const STATISTICS = { version: '1', uptime: 5, tuples: { pending: 1, valid: 2 }, counters: { 'verdict grey': 3 } };
const TUPLE: StoredTuple = {
  tuple: { client: '203.0.113.0/24', sender: 'example.com', recipient: '.b@example.org' },
  client: '203.0.113.7',
  clientName: undefined,
  senderText: 'a@example.com',
  nullSender: false,
  state: 'pending',
  firstSeen: 1,
  lastSeen: 1,
  uses: 1,
};

/** What the line is answered with, and what was asked of the daemon for it. */
async function send(
  line: string,
  parts: Partial<SyncParts> = {},
): Promise<{ wire: string; asked: unknown[]; answer: Answer | undefined }> {
  const asked: unknown[] = [];
  const protocol = syncProtocol({
    answerCheck: async (check) => {
      asked.push([check.client.text, check.sender.text, check.recipient.text, check.via]);
      return { kind: 'grey', reason: 'first', wait: 290 };
    },
    nextId: createShortIds(0),
    overview: {
      statistics: async () => STATISTICS,
      tuples: async (text) => {
        asked.push(text);
        return [TUPLE, TUPLE];
      },
    },
    ...parts,
  });
  const answer = protocol.open().line(line);
  return { wire: (await answer?.text) ?? '', asked, answer };
}

async function documentOf(line: string): Promise<unknown[] | undefined> {
  return parseAnswer((await send(line)).wire)?.document.map((text) => JSON.parse(text));
}

test('verdict asks like a mail server and tells the verdict with its id', async () => {
  expect(await documentOf('verdict 203.0.113.7 a@example.com b@example.org')).toEqual([
    { kind: 'grey', reason: 'first', wait: 290, id: '0000001' },
  ]);
});

test.for<[line: string, asked: unknown[]]>([
  [
    'verdict ::ffff:203.0.113.7 <A@example.com> b@example.org',
    [['203.0.113.7', 'A@example.com', 'b@example.org', 'sync']],
  ],
  ['verdict 2001:DB8::1 "" "b c@example.org"', [['2001:db8::1', '', 'b c@example.org', 'sync']]],
  ['tuples', [undefined]],
  ['tuples example.com', ['example.com']],
  ['stats', []],
])('%s asks for %j', async ([line, asked]) => {
  expect((await send(line)).asked).toEqual(asked);
});

test.for<[line: string, wire: string]>([
  ['verdict', '500 arguments missing\r\n'],
  ['verdict 203.0.113.7 a@b', '500 arguments missing\r\n'],
  ['verdict example.org a@b c@d', '500 example.org is not an IP address\r\n'],
  ['frobnicate', '500 unknown command\r\n'],
  ['constructor', '500 unknown command\r\n'],
  ['', ''],
  ['# comment', ''],
])('%j is answered %j, and the connection stays', async ([line, wire]) => {
  const sent = await send(line);
  expect([sent.wire, sent.answer?.close ?? false, sent.asked]).toEqual([wire, false, []]);
});

test('quit closes the connection', async () => {
  const { wire, answer } = await send('quit');
  expect([wire, answer?.close]).toEqual(['250 closing connection\r\n', true]);
});

test('tuples and statistics come as JSON, one a line', async () => {
  expect(await documentOf('tuples')).toEqual([TUPLE, TUPLE].map((tuple) => JSON.parse(JSON.stringify(tuple))));
  expect(await documentOf('stats')).toEqual([STATISTICS]);
});

test('what fails within is a refusal on one line', async () => {
  const failing = { statistics: () => Promise.reject(new Error('disk\r\nfull')), tuples: async () => [] };
  expect((await send('stats', { overview: failing })).wire).toBe('500 disk full\r\n');
});

test('any line has one whole answer, or none', async () => {
  const line = fc.array(fc.constantFrom('verdict ', 'tuples', 'stats', '203.0.113.7 ', '"', ' ', '<>', '#', 'x@y '));
  await fc.assert(
    fc.asyncProperty(line, async (words) => {
      const { wire, answer } = await send(words.join(''));
      expect(parseAnswer(wire) === undefined).toBe(answer === undefined);
    }),
  );
});
