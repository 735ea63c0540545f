import { writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openInput } from './open-input.ts';

test('a file is opened, and its size known', async () => {
  await using directory = await mkdtempDisposable('/tmp/ddgrey-');
  writeFileSync(`${directory.path}/file`, 'some lines');
  const { input, size } = await openInput(`${directory.path}/file`);
  expect([await text(input), size]).toEqual(['some lines', 10]);
});

test('what to do about a compressed file is told', async () => {
  await using directory = await mkdtempDisposable('/tmp/ddgrey-');
  const file = `${directory.path}/main log.2.gz`;
  writeFileSync(file, gzipSync('some lines'));
  await expect(openInput(file)).rejects.toThrow(
    `it is compressed; unpack it on the way: zcat '${file}' | ddgrey ... -`,
  );
});

test.for([
  ['/nonexistent', 'no such file'],
  ['/tmp', 'it is a directory'],
] as const)('that %s can not be read is told in words', async ([file, problem]) => {
  await expect(openInput(file)).rejects.toThrow(new RegExp(`^cannot read ${file}: ${problem}$`));
});
