import { writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openInput } from './open-input.ts';

test('a file is opened, and its size known', async () => {
  await using directory = await mkdtempDisposable('/tmp/ddgrey-');
  writeFileSync(`${directory.path}/file`, 'some lines');
  const { input, size } = await openInput(`${directory.path}/file`);
  expect([await text(input), size]).toEqual(['some lines', 10]);
});

test('a file that is missing is told in words', async () => {
  await expect(openInput('/nonexistent')).rejects.toThrow(/^cannot read \/nonexistent: no such file$/);
});
