import { execFileSync } from 'node:child_process';
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Log } from '../lib/log.ts';
import { silentLog } from '../lib/log.ts';
import type { Place } from './file-place.ts';
import { Follower, followFile } from './follow-file.ts';
import { BLOCK_SIZE } from './line-blocks.ts';

let directory: string;
let path: string;
let place: Place | undefined;
let lines: string[];
let events: string[];
let restored: string[];
let failing = false;
let follower: Follower;

const log: Log = { ...silentLog, event: (_level, event) => events.push(event) };
const places = {
  load: () => Promise.resolve(place),
  save: (saved: Place) => {
    place = saved;
    return Promise.resolve();
  },
};
const reader = {
  take: (taken: readonly string[]) => {
    if (failing) return Promise.reject(new Error('the store is closed'));
    lines.push(...taken);
    return Promise.resolve();
  },
  context: () => `after ${lines.at(-1)}`,
  restore: (context: string) => restored.push(context),
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ddgrey-follow-'));
  path = join(directory, 'mainlog');
  [place, lines, events, restored, failing] = [undefined, [], [], [], false];
  follower = new Follower({ path, places, reader, log });
});

afterEach(async () => {
  await follower[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function look(rounds = 1): Promise<string> {
  const before = lines.length;
  for (let i = 0; i < rounds; i += 1) await follower.round(() => Promise.resolve());
  return lines.slice(before).join(' ');
}

async function restart(): Promise<void> {
  await follower[Symbol.asyncDispose]();
  follower = new Follower({ path, places, reader, log });
}

/** Rounds until a renamed file is left. */
const UNTIL_QUIET = 12;

test('a growing file: each line once, and only when it is whole', async () => {
  await writeFile(path, 'one\ntwo\nth');
  expect(await look()).toBe('one two');
  expect(await look()).toBe('');
  await appendFile(path, 'ree\n');
  expect(await look()).toBe('three');
});

test('a file that appears later is read from its start', async () => {
  expect(await look(2)).toBe('');
  await writeFile(path, 'one\n');
  expect(await look(2)).toBe('one');
  expect(events).toEqual(['log file missing', 'log file', 'log file is back']);
});

test('a pipe in its place is not waited for', async () => {
  execFileSync('mkfifo', [path]);
  await expect(look()).rejects.toThrow('it is not a file');
  await unlink(path);
  await writeFile(path, 'one\n');
  expect(await look()).toBe('one');
});

test('a restart goes on where it was, with what the reader had to know', async () => {
  await writeFile(path, 'one\ntwo\n');
  await look();
  await appendFile(path, 'three\n');
  await restart();
  expect(await look()).toBe('three');
  expect(restored).toEqual(['', 'after two']);
});

test('renamed while it is followed: late lines of the old file, then the new one', async () => {
  await writeFile(path, 'one\n');
  await look();
  await appendFile(path, 'two\n');
  await rename(path, `${path}.1`);
  expect(await look()).toBe('two');
  await writeFile(path, 'four\n');
  await appendFile(`${path}.1`, 'three\n');
  expect(await look(2)).toBe('three');
  expect(await look(UNTIL_QUIET)).toBe('four');
  await appendFile(path, 'five\n');
  expect(await look()).toBe('five');
});

test('a link that leads to another file each day: late lines of the old file, then the new one', async () => {
  const lead = async (day: number): Promise<void> => {
    await writeFile(`${path}-${day}`, `${day}\n`);
    await rm(path, { force: true });
    await symlink(`mainlog-${day}`, path);
  };
  await lead(20240101);
  expect(await look()).toBe('20240101');
  for (const day of [20240102, 20240103, 20240104]) {
    await lead(day);
    expect(await look()).toBe('');
    await appendFile(`${path}-${day - 1}`, 'late\n');
    expect(await look()).toBe('late');
    expect(await look(UNTIL_QUIET)).toBe(String(day));
    await restart();
    expect(await look()).toBe('');
  }
});

test('renamed and removed while it is followed', async () => {
  await writeFile(path, 'one\n');
  await look();
  await appendFile(path, 'two\n');
  await unlink(path);
  await writeFile(path, 'three\n');
  expect(await look(UNTIL_QUIET)).toBe('two three');
});

test('a log that was renamed twice while nobody looked is read whole', async () => {
  await writeFile(path, 'one\n');
  await look();
  await appendFile(path, 'two\n');
  await rename(path, `${path}.2`);
  await utimes(`${path}.2`, 1000, 1000);
  await writeFile(`${path}.1`, 'three\n');
  await utimes(`${path}.1`, 2000, 2000);
  await writeFile(`${path}.3`, 'of before\n');
  await utimes(`${path}.3`, 500, 500);
  await writeFile(path, 'four\n');
  await restart();
  expect(await look()).toBe('two three four');
  await restart();
  expect(await look()).toBe('');
});

test('renamed while nobody looked, and the new file is not there yet', async () => {
  await writeFile(path, 'one\n');
  await look();
  await appendFile(path, 'two\n');
  await rename(path, `${path}-20240131`);
  await restart();
  expect(await look()).toBe('two');
  await writeFile(path, 'three\n');
  expect(await look()).toBe('three');
});

test('rotated away for good while nobody looked: the new file from its start', async () => {
  await writeFile(path, 'one\n');
  await look();
  await writeFile(`${path}.1.gz`, 'packed');
  await mkdir(`${path}.1`);
  await unlink(path);
  await writeFile(path, 'two\nthree\n');
  await restart();
  expect(await look()).toBe('two three');
  expect(events).toContain('place in log file lost');
});

test('rotated twice while nobody looked, the older one packed: the newer one, then the new file', async () => {
  await writeFile(path, 'one\n');
  await look();
  await writeFile(`${path}.2.gz`, 'packed');
  await rename(path, `${path}.1`);
  await writeFile(`${path}.1`, 'two\n');
  await writeFile(`${path}.3`, 'of before\n');
  await utimes(`${path}.3`, 500, 500);
  await writeFile(path, 'three\n');
  await restart();
  expect(await look()).toBe('two three');
  await appendFile(path, 'four\n');
  await restart();
  expect(await look()).toBe('four');
});

test('a copy of the file is not taken for it', async () => {
  await writeFile(path, 'one\n');
  await look();
  await copyFile(path, `${path}.1`);
  await appendFile(path, 'two\n');
  await restart();
  expect(await look()).toBe('two');
});

test.for(['followed', 'stopped'])('copied and truncated while it is %s', async (state) => {
  await writeFile(path, 'one\ntwo\n');
  await look();
  await appendFile(path, 'three\n');
  await copyFile(path, `${path}.1`);
  await truncate(path);
  if (state === 'stopped') await restart();
  expect(await look()).toBe('three');
  await appendFile(path, 'four\n');
  expect(await look()).toBe('four');
  await restart();
  expect(await look()).toBe('');
});

test('truncated, and longer than before by the next look', async () => {
  await writeFile(path, 'one\n');
  await look();
  await writeFile(path, 'two\nthree\nfour\n');
  expect(await look()).toBe('two three four');
});

test('a log that was truncated without a copy is read from its start', async () => {
  await writeFile(path, 'one\ntwo\n');
  await look();
  await truncate(path);
  expect(await look()).toBe('');
  await appendFile(path, 'three\n');
  expect(await look()).toBe('three');
});

test('blocks that take long are under way together, and the place is behind what is dealt with', async () => {
  await writeFile(path, '1234567\n'.repeat((BLOCK_SIZE / 8) * 20));
  const taking: PromiseWithResolvers<void>[] = [];
  const slow = {
    ...reader,
    take: () => {
      taking.push(Promise.withResolvers());
      return taking.at(-1)?.promise ?? Promise.resolve();
    },
  };
  const following = new Follower({ path, places, reader: slow, log });
  const round = following.round(async () => {});
  await vi.waitFor(() => expect(taking).toHaveLength(16));
  taking[1]?.resolve();
  await setImmediate();
  expect(place).toBeUndefined();
  taking[0]?.resolve();
  await vi.waitFor(() => expect(place?.offset).toBe(2 * BLOCK_SIZE));
  taking[2]?.reject(new Error('disk full'));
  for (const { resolve } of taking) resolve();
  await expect(round).rejects.toThrow('disk full');
  expect(place?.offset).toBe(2 * BLOCK_SIZE);
  await following[Symbol.asyncDispose]();
});

test('lines that the reader could not take come again', async () => {
  await writeFile(path, 'one\n');
  await look();
  await appendFile(path, 'two\n');
  failing = true;
  await expect(look()).rejects.toThrow('the store is closed');
  expect(place?.context).toBe('after one');
  failing = false;
  expect(await look()).toBe('two');
  expect(restored).toEqual(['', 'after one']);
});

test('a line that is too long is left out', async () => {
  await writeFile(path, `one\n${'x'.repeat(100_000)}`);
  expect(await look(2)).toBe('one');
  await appendFile(path, `${'x'.repeat(300_000)}\ntwo\n`);
  expect(await look()).toBe('two');
});

test('a backlog is read in blocks with pauses between them', async () => {
  const written = Array.from({ length: 20_000 }, (_, i) => `line ${i} ${'.'.repeat(30)}`);
  await writeFile(path, `${written.join('\n')}\n`);
  let pauses = 0;
  await follower.round(() => {
    pauses += 1;
    return Promise.resolve();
  });
  expect(lines).toEqual(written);
  expect(pauses).toBeGreaterThan(5);
});

test('followFile reads at once and ends when it is closed', async () => {
  await writeFile(path, 'one\n');
  const taken = Promise.withResolvers<readonly string[]>();
  const take = (given: readonly string[]): Promise<void> => Promise.resolve(taken.resolve(given));
  await using _following = followFile({ path, places, reader: { ...reader, take }, log });
  expect(await taken.promise).toEqual(['one']);
});

test('what fails in every round is told once, and again after a round that succeeded', async () => {
  follower.tellFailure('EACCES');
  follower.tellFailure('EACCES');
  expect(events).toEqual(['log file not read']);
  await look();
  follower.tellFailure('EACCES');
  expect(events.filter((event) => event === 'log file not read')).toHaveLength(2);
});
