import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changedFile, type ChangedFile } from './changed-file.ts';

let directory: string;
let path: string;
let now: number;
let file: ChangedFile;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ddgrey-changed-'));
  path = join(directory, 'file');
  now = Date.now();
  file = changedFile(path, { now: () => now }, 10);
  await writeFile(path, 'one');
});

afterEach(() => rm(directory, { recursive: true }));

test('it is read once when it has settled', async () => {
  now += 60_000;
  expect(await file.read()).toBe('one');
  expect(await file.read()).toBeUndefined();
});

test.for([0, 86_400])(
  'what changed just now is read again, be it dated %i s back: it may have changed since',
  async (back) => {
    expect(await file.read()).toBe('one');
    await writeFile(path, 'two');
    await utimes(path, now / 1000 - back, now / 1000 - back);
    expect(await file.read()).toBe('two');
    now += 60_000;
    expect(await file.read()).toBe('two');
    expect(await file.read()).toBeUndefined();
  },
);

test.for<[what: string, change: () => Promise<void>]>([
  ['longer', () => writeFile(path, 'more')],
  ['as long', () => writeFile(path, 'two')],
  ['of an older time', () => utimes(path, 1, 1)],
  ['another in its place', () => writeFile(`${path}.new`, 'one').then(() => rename(`${path}.new`, path))],
])('a settled file that changes is read again: %s', async ([, change]) => {
  now += 60_000;
  await file.read();
  await change();
  expect(await file.read()).toBeDefined();
});

test.for<[what: string, make: () => unknown, problem: string]>([
  ['pipe', () => execFileSync('mkfifo', [path]), 'it is not a file'],
  ['directory', () => mkdir(path), 'it is a directory'],
])('a %s in its place is not waited for', async ([, make, problem]) => {
  await file.read();
  await rename(path, `${path}.away`);
  await make();
  await expect(file.read()).rejects.toThrow(`cannot read ${path}: ${problem}`);
  await rm(path, { recursive: true });
  await rename(`${path}.away`, path);
  expect(await file.read()).toBe('one');
});

test('a file that is gone or too large throws until it is there again, and is read then', async () => {
  now += 60_000;
  await file.read();
  await rename(path, `${path}.away`);
  await expect(file.read()).rejects.toThrow(/^cannot read .*: no such file$/);
  await writeFile(path, 'more than 10');
  await expect(file.read()).rejects.toThrow(/file is larger than 10 bytes$/);
  await unlink(path);
  await rename(`${path}.away`, path);
  expect(await file.read()).toBe('one');
});
