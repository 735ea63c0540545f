import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { askForLines } from './ask-daemon.ts';

/** Milliseconds. */
const PATIENCE = 100;

/** The lines of the document in a daemon's answer, where a reader takes `look` milliseconds for each piece. */
async function linesOf(text: string, look: number): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-ask-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const location = { directory, configFile: join(directory, 'ddgrey.conf') };
  writeFileSync(location.configFile, '');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(text));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(join(directory, 'ddgrey.socket'), resolve));
  const lines: string[] = [];
  for await (const piece of askForLines(location, 'list', PATIENCE)) {
    lines.push(...piece);
    await after(look);
  }
  return lines;
}

test('who looks at a piece for long is not told that the daemon is silent', async () => {
  // More than the socket reads at once.
  const lines = Array.from({ length: 10_000 }, (_, at) => `line ${at}`);
  expect(await linesOf(`300 ok\r\n${lines.join('\r\n')}\r\n.\r\n`, PATIENCE * 1.5)).toEqual(lines);
});

test.for<[when: string, text: string]>([
  ['at once', ''],
  ['in the middle of a document', '300 ok\r\none\r\n'],
])('a daemon that is silent %s is told', async ([, text]) => {
  await expect(linesOf(text, 0)).rejects.toThrow(/ddgrey\.socket: no answer$/);
});
