import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { identityFor, withRightsOf } from '../lib/privileges.ts';
import { configOf } from '../../test/engine-bench.ts';
import { directoryFinding } from './directory-findings.ts';
import { closedDirectories, programsChanged, standsForDaemon } from './look-at-machine.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-look-'));
chmodSync(directory, 0o755);
mkdirSync(join(directory, 'closed'), { mode: 0o700 });
mkdirSync(join(directory, 'closed', 'inside'));
afterAll(() => rmSync(directory, { recursive: true }));

test('root and the owner of the directory stand for the daemon', () => {
  expect(standsForDaemon(directory)).toBe(true);
});

test.runIf(process.geteuid?.() === 0).for(['', 'nothing', 'closed', 'closed/inside'])(
  'somebody else does not, whatever may be seen of the directory: "%s"',
  (path) => {
    const stands = withRightsOf(identityFor('nobody', ''), () => standsForDaemon(join(directory, path)));
    expect(stands).toBe(false);
  },
);

test.runIf(process.geteuid?.() === 0).for<[path: string, user: string, told: readonly string[]]>([
  ['', 'root', []],
  [
    '',
    'nobody',
    [
      'user nobody (option user) may not make files there, so ddgreyd would not start -> ' +
        'chown -R nobody DIR, or name its owner as user',
    ],
  ],
  ['', 'no-such-user', []],
  ['nothing', 'nobody', ['does not exist -> install -d -o nobody DIR/nothing']],
])('the directory "%s" of a daemon that becomes %s: %s', ([path, user, told]) => {
  const location = { directory: join(directory, path), configFile: '' };
  const found = closedDirectories(configOf(`user ${user}`), location).map(directoryFinding);
  expect(found.map(({ text, mend }) => `${text} -> ${mend}`.replace(directory, 'DIR'))).toEqual(told);
});

test.for<[what: string, files: { readonly [name: string]: number }, changed: number]>([
  ['the newest counts, also in a folder', { 'a.ts': 1000, 'b/c.ts': 1500, 'd.ts': 1200 }, 1500],
  [
    'neither a test nor another file is a program',
    { 'a.ts': 1000, 'a.test.ts': 1500, 'b.txt': 1500, tests: 1500 },
    1000,
  ],
  ['a time to come does not count', { 'a.ts': 1000, 'b.ts': 2001 }, 1000],
  ['now does', { 'a.ts': 1000, 'b.ts': 2000 }, 2000],
  ['nothing but times to come', { 'a.ts': 3000 }, Number.NEGATIVE_INFINITY],
])('when the programs were last changed: %s', ([what, files, changed]) => {
  const folder = join(directory, what);
  mkdirSync(join(folder, 'b'), { recursive: true });
  for (const [name, time] of Object.entries(files)) {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), time, time);
  }
  expect(programsChanged(2000, folder)).toBe(changed);
});
