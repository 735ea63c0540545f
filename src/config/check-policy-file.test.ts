import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkPolicyFile } from './check-policy-file.ts';
import { formatProblem, type Problem } from './option-lines.ts';
import { readConfig } from './read-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-policy-'));
writeFileSync(join(directory, 'good'), 'GreyCheckFrom:example.com NO\n');
writeFileSync(join(directory, 'bad'), 'GreyCheckFrom:example.com MAYBE\nGreyCheckConnect:10.0.0.256 NO\nnonsense\n');
writeFileSync(join(directory, 'odd'), '\nGreyCheckConnect:10.0.0.256 NO\n');
mkdirSync(join(directory, 'folder'));
execFileSync('mkfifo', [join(directory, 'pipe')]);
afterAll(() => rmSync(directory, { recursive: true }));

test.for<[text: string, errors: readonly string[], warnings?: readonly string[]]>([
  ['', []],
  ['policy odd', [], ['DIR/odd:2: GreyCheckConnect:10.0.0.256: not an address']],
  ['policy good', []],
  [
    'policy bad',
    ['DIR/bad:1: GreyCheckFrom:example.com: MAYBE is none of', 'DIR/bad:3: nonsense:'],
    ['DIR/bad:2: GreyCheckConnect:10.0.0.256: not an address'],
  ],
  [
    'policy bad\nretry soon',
    ['dd.conf:2: retry: "soon"', 'DIR/bad:1: GreyCheckFrom:example.com: MAYBE is none of', 'DIR/bad:3: nonsense:'],
    ['DIR/bad:2: GreyCheckConnect:10.0.0.256: not an address'],
  ],
  ['policy folder', []],
  ['policy pipe', []],
  ['policy nofile', []],
])('%j', ([text, errors, warnings = []]) => {
  const read = readConfig(
    'dd.conf',
    () => text,
    (config) => checkPolicyFile(config, directory),
  );
  const told = (problems: readonly Problem[]): readonly string[] =>
    problems.map((problem) => formatProblem(problem).replace(directory, 'DIR'));
  const containing = (texts: readonly string[]): readonly unknown[] =>
    texts.map((text) => expect.stringContaining(text));
  expect(told(read.errors)).toEqual(containing(errors));
  expect(told(read.warnings)).toEqual(containing(warnings));
});
