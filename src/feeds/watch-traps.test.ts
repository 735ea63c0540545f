import { mkdtemp, rename, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Log, LogFields } from '../lib/log.ts';
import { silentLog } from '../lib/log.ts';
import { parseMailbox } from '../policy/check.ts';
import { Traps, watchTraps } from './watch-traps.ts';

let directory: string;
let file: string;
let events: [string, LogFields | undefined][];
let now: number;
let traps: Traps;

const log: Log = { ...silentLog, event: (_level, event, fields) => events.push([event, fields]) };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ddgrey-traps-'));
  file = join(directory, 'spamtraps');
  events = [];
  now = Date.now();
  traps = new Traps({
    files: [file, join(directory, 'more')],
    configured: [{ target: 'set@example.org', kind: 'soft' }],
    clock: { now: () => now },
    log,
  });
  await writeFile(join(directory, 'more'), 'more@example.org: hard\n');
});

afterEach(() => rm(directory, { recursive: true }));

async function kinds(...users: string[]): Promise<unknown[]> {
  await traps.refresh();
  return users.map((user) => traps.trapFor(parseMailbox(`${user}@example.org`)));
}

test('the files and the configured ones count together', async () => {
  await writeFile(file, 'a@example.org: hard\nset@example.org: hard\n');
  expect(await kinds('a', 'set', 'more', 'x')).toEqual(['hard', 'hard', 'hard', undefined]);
  expect(traps.size).toBe(3);
});

test('a change is seen, also one of the same second and the same size', async () => {
  await writeFile(file, 'a@example.org: hard\n');
  expect(await kinds('a', 'b')).toEqual(['hard', undefined]);
  await writeFile(file, 'b@example.org: hard\n');
  await utimes(file, now / 1000, now / 1000);
  expect(await kinds('a', 'b')).toEqual([undefined, 'hard']);
});

test('a settled file is not read again until another takes its place', async () => {
  await writeFile(file, 'a@example.org: hard\n');
  now += 60_000;
  await kinds();
  const read = events.length;
  await kinds();
  expect(events).toHaveLength(read);
  await writeFile(`${file}.new`, 'b@example.org: hard\n');
  await rename(`${file}.new`, file);
  expect(await kinds('a', 'b')).toEqual([undefined, 'hard']);
});

test('a file that goes away keeps its traps, with one warning, and so do those after it', async () => {
  await writeFile(file, 'a@example.org: hard\n');
  await kinds();
  await unlink(file);
  expect(await kinds('a', 'more')).toEqual(['hard', 'hard']);
  await kinds();
  expect(events.filter(([event]) => event === 'traps file not read; its traps stay')).toHaveLength(1);
  await writeFile(file, 'b@example.org: hard\n');
  expect(await kinds('a', 'b')).toEqual([undefined, 'hard']);
});

test('bad lines are logged with file and number', async () => {
  await writeFile(file, 'a@example.org: hard\nnonsense\n');
  expect(await kinds('a')).toEqual(['hard']);
  const problem = '"nonsense" does not end in ": hard" or ": soft"';
  expect(events).toContainEqual(['traps file', { file, line: 2, problem }]);
});

test('of many bad lines some are named, and the rest is counted', async () => {
  await writeFile(file, 'nobody@example.org\n'.repeat(1000));
  await kinds();
  const named = events.filter(([event]) => event === 'traps file');
  expect(named).toHaveLength(21);
  expect(named.at(-1)).toEqual(['traps file', { file, problem: '980 more lines' }]);
});

test('bad lines are not logged again while nothing changes', async () => {
  await writeFile(file, 'nonsense\n');
  await kinds();
  await kinds();
  expect(events.filter(([event]) => event === 'traps file')).toHaveLength(1);
});

test('watchTraps reads at once', async () => {
  await writeFile(file, 'a@example.org: hard\n');
  const read = Promise.withResolvers<void>();
  await using _watching = watchTraps({ refresh: () => Promise.resolve(read.resolve()) }, log);
  expect(await read.promise).toBeUndefined();
});
