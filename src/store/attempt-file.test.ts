import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fullDisk } from '../../test/full-disk.ts';
import { AttemptFile } from './attempt-file.ts';
import { formatAttempt } from './attempt-line.ts';
import { numbered, T } from './contract-samples.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-attempt-file-'));
afterAll(() => rmSync(directory, { recursive: true }));

const line = (i: number): string => formatAttempt({ ...numbered(i, '192.0.2.1'), kind: 0, time: T }, i);

const recipients = (file: AttemptFile): string[] => Array.from(file.read(), ({ tuple }) => tuple.recipient);

test('what a write that failed left behind is not read', () => {
  const path = join(directory, 'torn');
  const file = new AttemptFile(path);
  file.write(line(1) + line(2));
  appendFileSync(path, line(3));
  expect(recipients(file)).toEqual(['1@example.org', '2@example.org']);
  file.close();
});

test.for([
  ['nothing', 0],
  ['a part', 20],
  ['a line', line(2).length + 20],
] as const)('what is written after a write that left %s on a full disk stands alone', ([, room]) => {
  const path = join(directory, `full${room}`);
  const file = new AttemptFile(path);
  file.write(line(1));
  {
    using _full = fullDisk(room);
    for (let tries = 0; tries < 2; tries += 1) expect(() => file.write(line(2) + line(3))).toThrow('ENOSPC');
  }
  file.write(line(4));
  expect(recipients(file)).toEqual(['1@example.org', '4@example.org']);
  expect(readFileSync(path, 'utf8')).toBe(line(1) + line(4));
  file.close();
});
