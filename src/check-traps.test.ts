import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkTraps } from './check-traps.ts';
import { formatProblem } from './config/option-lines.ts';
import { readConfig } from './config/read-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-traps-'));
writeFileSync(join(directory, 'good'), '# ours\na@example.org: hard\n');
writeFileSync(join(directory, 'bad'), 'a@example.org: hard\nb@example.org\n\nword: soft\n');
afterAll(() => rmSync(directory, { recursive: true }));

const BAD = [
  'DIR/bad:2: left out: "b@example.org" does not end in ": hard" or ": soft"',
  'DIR/bad:4: left out: "word" is not user@domain, user@ or a domain, without * and in UTF-8',
];

test.for<[text: string, warnings: readonly string[]]>([
  ['', []],
  ['traps good', []],
  ['traps good bad', BAD],
  ['traps bad\ntraps ./bad', BAD],
  ['traps nofile .', []],
])('%j: %j', ([text, warnings]) => {
  const read = readConfig(
    'dd.conf',
    () => text,
    (config) => checkTraps(config, directory),
  );
  expect(read.errors).toEqual([]);
  expect(read.warnings.map((problem) => formatProblem(problem).replace(directory, 'DIR'))).toEqual(warnings);
});
