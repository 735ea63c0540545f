import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from './shell-word.ts';

test.for<[text: string, word: string]>([
  ['/var/lib/ddgrey', '/var/lib/ddgrey'],
  ['/srv/my mail', `'/srv/my mail'`],
  ["it's", `'it'\\''s'`],
  ['$(x) `y` "z" \\', `'$(x) \`y\` "z" \\'`],
  ['', `''`],
])('%j is typed %s', ([text, word]) => {
  expect(shellWord(text)).toBe(word);
  expect(execFileSync('sh', ['-c', `printf %s ${word}`], { encoding: 'utf8' })).toBe(text);
});
