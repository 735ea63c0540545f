// ddgrey-report behind an alias, with the rights that conf/ddgrey.service leaves: a directory that only the daemon's user
// may enter, and /run/ddgrey that everybody may. The two ways of docs/protocols/exim.md.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OFFLINE } from './daemon.ts';
import { run, startProcess, until } from './processes.ts';
import { HOME, isInstalled } from './programs.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const MAIL = `From: anna@example.test
Content-Type: message/rfc822

Received: from bad.example.net ([203.0.113.7]) by mx1.example.org with esmtp; Tue, 14 Nov 2023 21:00:00 +0000
Subject: buy

Buy.
`;

/** What runs a program as that user, in these groups beside its own. */
const as = (user: string, groups: string): readonly string[] => [
  'setpriv',
  `--reuid=${user}`,
  `--regid=${user === 'daemon' ? 'daemon' : 'nogroup'}`,
  ...(groups === '' ? ['--clear-groups'] : [`--groups=${groups}`]),
];

test
  .runIf(process.getuid?.() === 0 && isInstalled('setpriv'))
  .for<[what: string, listen: string, user: string, groups: string, code: number]>([
    ['the pipe of the daemon’s own user', '', 'daemon', '', 0],
    ['another user', '', 'nobody', 'mail', 75],
    [
      'a socket for a group, below /run',
      'listen sync unix:RUN/ddgrey.socket mode=0660 group=mail',
      'nobody',
      'mail',
      0,
    ],
    ['somebody else', 'listen sync unix:RUN/ddgrey.socket mode=0660 group=mail', 'nobody', '', 75],
    [
      'a socket for a group, in the directory',
      'listen sync unix:ddgrey.socket mode=0660 group=mail',
      'nobody',
      'mail',
      75,
    ],
  ])('%s', async ([, listen, user, groups, code]) => {
  await using place = await temporaryDirectory();
  await writeFile(
    place.file('ddgrey.conf'),
    ['user daemon', ...OFFLINE, listen.replace('RUN', place.file('run')), ''].join('\n'),
  );
  await writeFile(place.file('mail'), MAIL);
  for (const [name, mode] of [['lib', 0o750] as const, ['run', 0o755] as const]) {
    await mkdir(place.file(name));
    await run('chown', 'daemon:daemon', place.file(name));
    await chmod(place.file(name), mode);
  }
  const where = ['-D', place.file('lib'), '-c', place.file('ddgrey.conf')];
  // SupplementaryGroups=mail
  const [command = '', ...words] = [...as('daemon', 'mail'), join(HOME, 'bin/ddgreyd'), ...where];
  await using daemon = startProcess(command, ...words);
  await until('ddgreyd to be ready', () => daemon.output().includes(' ready '));
  const program = [...as(user, groups), join(HOME, 'bin/ddgrey-report'), ...where];
  await using pipe = startProcess(
    'sh',
    '-c',
    'mail=$1; shift; exec "$@" <"$mail"',
    'sh',
    place.file('mail'),
    ...program,
  );
  expect(await pipe.exit).toBe(code);
  expect(pipe.output()).toMatch(code === 0 ? /^$/ : /permission/);
});
