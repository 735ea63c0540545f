import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { AttemptFile } from './attempt-file.ts';
import { formatAttempt } from './attempt-line.ts';
import { numbered, T } from './contract-samples.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-attempt-file-'));
afterAll(() => rmSync(directory, { recursive: true }));

const line = (i: number): string => formatAttempt({ ...numbered(i, '192.0.2.1'), kind: 0, time: T }, i);

test('what a write that failed left behind is not read', () => {
  const path = join(directory, 'torn');
  const file = new AttemptFile(path);
  file.write(line(1) + line(2));
  appendFileSync(path, line(3));
  expect(Array.from(file.read(), ({ tuple }) => tuple.recipient)).toEqual(['1@example.org', '2@example.org']);
  file.close();
});
