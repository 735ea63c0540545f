import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkPolicyFile } from './check-policy-file.ts';
import { formatProblem } from './option-lines.ts';
import { readConfig } from './read-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-policy-'));
writeFileSync(join(directory, 'good'), 'GreyCheckFrom:example.com NO\n');
writeFileSync(join(directory, 'bad'), 'GreyCheckFrom:example.com MAYBE\n\nnonsense\n');
mkdirSync(join(directory, 'folder'));
execFileSync('mkfifo', [join(directory, 'pipe')]);
afterAll(() => rmSync(directory, { recursive: true }));

test.for<[text: string, errors: readonly string[]]>([
  ['', []],
  ['policy good', []],
  ['policy bad', ['DIR/bad:1: GreyCheckFrom:example.com: MAYBE is none of', 'DIR/bad:3: nonsense:']],
  [
    'policy bad\nretry soon',
    ['dd.conf:2: retry: "soon"', 'DIR/bad:1: GreyCheckFrom:example.com: MAYBE is none of', 'DIR/bad:3: nonsense:'],
  ],
  ['policy folder', []],
  ['policy pipe', []],
  ['policy nofile', []],
])('%j', ([text, errors]) => {
  const read = readConfig(
    'dd.conf',
    () => text,
    (config) => checkPolicyFile(config, directory),
  );
  const found = read.errors.map((problem) => formatProblem(problem).replace(directory, 'DIR'));
  expect(found).toEqual(errors.map((error) => expect.stringContaining(error)));
});
