import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { identityFor, withRightsOf } from '../lib/privileges.ts';
import { configOf } from '../../test/engine-bench.ts';
import { directoryFinding } from './directory-findings.ts';
import { closedDirectories, standsForDaemon } from './look-at-machine.ts';

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
