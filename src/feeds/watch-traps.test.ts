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
  expect(traps.trapFor(parseMailbox('set@example.org'))).toBe('soft');
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

test('a file that goes away keeps its traps, with one warning each time, and so do those after it', async () => {
  await writeFile(file, 'a@example.org: hard\n');
  await kinds();
  await unlink(file);
  expect(await kinds('a', 'more', 'set')).toEqual(['hard', 'hard', 'soft']);
  await kinds();
  expect(traps.problems).toEqual([`cannot read ${file}: no such file`]);
  await writeFile(file, 'b@example.org: hard\n');
  expect(await kinds('a', 'b', 'set')).toEqual([undefined, 'hard', 'soft']);
  expect(traps.problems).toEqual([]);
  await unlink(file);
  await kinds();
  expect(events.filter(([event]) => event === 'traps file not read; its traps stay')).toHaveLength(2);
});

test('bad lines are logged with file and number', async () => {
  await writeFile(file, 'a@example.org: hard\nnonsense\n');
  expect(await kinds('a')).toEqual(['hard']);
  const problem = '"nonsense" does not end in ": hard" or ": soft"';
  expect(events).toContainEqual(['traps file', { file, line: 2, problem }]);
  expect(events).toContainEqual(['traps file read', { file, traps: 1, bad: 1 }]);
});

test.for([
  [20, ''],
  [1000, '980 more lines'],
] as const)('of %i bad lines the first are named, and the rest is counted: %j', async ([lines, rest]) => {
  await writeFile(file, 'nobody@example.org\n'.repeat(lines));
  await kinds();
  const told = events.filter(([event]) => event === 'traps file').map(([, fields]) => fields);
  expect(told.slice(0, 20).map((fields) => fields?.['line'])).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  expect(told.slice(20)).toEqual(rest === '' ? [] : [{ file, problem: rest }]);
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
