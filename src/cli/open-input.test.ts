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

test.for([
  ['/nonexistent', 'no such file'],
  ['/tmp', 'it is a directory'],
] as const)('that %s can not be read is told in words', async ([file, problem]) => {
  await expect(openInput(file)).rejects.toThrow(new RegExp(`^cannot read ${file}: ${problem}$`));
});
