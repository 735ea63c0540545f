// conf/ddgrey.service, as far as it can be tried without systemd running.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isInstalled, HOME } from './programs.ts';
import { run, startProcess } from './processes.ts';
import { temporaryDirectory } from './temporary-directory.ts';

test.skipIf(!isInstalled('systemd-analyze'))('systemd finds nothing to complain about in the unit', async () => {
  await using directory = await temporaryDirectory();
  const shipped = await readFile(join(HOME, 'conf/ddgrey.service'), 'utf8');
  await writeFile(directory.file('ddgrey.service'), shipped.replaceAll('/opt/ddgrey', HOME));
  await using verify = startProcess('systemd-analyze', 'verify', directory.file('ddgrey.service'));
  expect([await verify.exit, verify.output()]).toEqual([0, '']);
});

test.skipIf(!isInstalled('systemd-analyze'))('it forbids as much as docs/security.md says', async ({ skip }) => {
  const text = await readFile(join(HOME, 'docs/security.md'), 'utf8');
  const [, version, rating] = /\(systemd (\d+)\) rates it ([\d.]+), /.exec(text) ?? [];
  // Each version knows more that a unit can forbid.
  if (!(await run('systemd-analyze', '--version')).startsWith(`systemd ${version} `)) skip();
  const unit = join(HOME, 'conf/ddgrey.service');
  const rated = await run('systemd-analyze', 'security', '--offline=true', '--no-pager', unit);
  expect(/exposure level for ddgrey\.service: ([\d.]+)/.exec(rated)?.[1]).toBe(rating);
});
