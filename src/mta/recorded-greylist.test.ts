import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCounters } from '../lib/counters.ts';
import { startLineServer } from '../lib/line-server.ts';
import { silentLog } from '../lib/log.ts';
import { greylistProtocol } from './greylist-socket.ts';
import { KNOWN_DIFFERENCES, NOT_COMPARED, RECORDED, type RecordedExchange } from './recorded-greylist.cases.ts';

const protocol = greylistProtocol({
  answerCheck: async ({ client }) =>
    client.text.startsWith('192.0.2.')
      ? { kind: 'white', reason: 'trusted' }
      : { kind: 'grey', reason: 'first', wait: 14_400 },
  nextId: () => 'id',
});

/** What our server answers, step by step; where nothing is expected, nothing may come before the next step's answer. */
async function played({ steps }: RecordedExchange, expected: readonly string[]): Promise<readonly string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'ddgrey-recorded-'));
  const address = { kind: 'unix', path: join(directory, 'socket') } as const;
  const server = await startLineServer({ address, protocol, log: silentLog, counters: createCounters() });
  const socket = connect({ path: address.path, allowHalfOpen: true }).setEncoding('utf8');
  try {
    let received = '';
    socket.on('data', (text: string) => (received += text));
    socket.on('end', () => (received += '|'));
    socket.on('error', () => {});
    await once(socket, 'connect');
    const answers: string[] = [];
    for (const [step, [sent]] of steps.entries()) {
      const wanted = expected[step] ?? '';
      if (sent === '|') socket.end();
      else socket.write(sent);
      await expect.poll(() => received.length).toBeGreaterThanOrEqual(wanted.length);
      answers.push(received);
      received = '';
    }
    return answers;
  } finally {
    socket.destroy();
    await server[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  }
}

test.for(RECORDED)('$id', async (exchange) => {
  const recorded = exchange.steps.map(([, answered]) => answered);
  const expected = KNOWN_DIFFERENCES[exchange.id]?.[1] ?? recorded;
  expect(await played(exchange, expected)).toEqual(expected);
});

test('a known difference is one', () => {
  for (const [id, [, answered]] of Object.entries(KNOWN_DIFFERENCES))
    expect(RECORDED.find((exchange) => exchange.id === id)?.steps.map(([, recorded]) => recorded)).not.toEqual(
      answered,
    );
  expect(RECORDED.filter(({ id }) => NOT_COMPARED.includes(id))).toEqual([]);
});
