import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { identityFor, withRightsOf } from '../lib/privileges.ts';
import { standsForDaemon } from './look-at-machine.ts';

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
