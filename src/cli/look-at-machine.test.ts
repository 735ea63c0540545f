import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statfsSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SYSTEM } from '../config/locate-config.ts';
import { identityFor, withRightsOf } from '../lib/privileges.ts';
import { configOf } from '../../test/engine-bench.ts';
import { directoryFinding } from './directory-findings.ts';
import {
  closedDirectories,
  configFacts,
  databaseSpace,
  followedLogs,
  mailUsers,
  mtaFiles,
  namedFiles,
  programsChanged,
  runningProcess,
  standsForDaemon,
  stepsIfThere,
  userByStatus,
} from './look-at-machine.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-look-'));
chmodSync(directory, 0o755);
mkdirSync(join(directory, 'closed'), { mode: 0o700 });
mkdirSync(join(directory, 'closed', 'inside'));
afterAll(() => rmSync(directory, { recursive: true }));

test('root and the owner of the directory stand for the daemon', () => {
  expect(standsForDaemon(directory)).toBe(true);
});

test.runIf(process.geteuid?.() === 0)('so they do where it is the daemon that owns the directory', () => {
  const owned = join(directory, 'owned');
  mkdirSync(owned);
  const nobody = identityFor('nobody', '');
  chownSync(owned, nobody?.uid ?? -1, nobody?.gid ?? -1);
  expect(standsForDaemon(owned)).toBe(true);
  expect(withRightsOf(nobody, () => standsForDaemon(owned))).toBe(true);
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

test('the way to a file goes over all directories above it', () => {
  const steps = stepsIfThere(join(directory, 'closed'));
  expect(steps.map(({ path }) => path).slice(-3)).toEqual([tmpdir(), directory, join(directory, 'closed')]);
  expect(steps[0]?.path).toBe('/');
  expect(steps.at(-1)).toMatchObject({ mode: 0o40700, uid: process.geteuid?.(), gid: process.getegid?.() });
  expect(stepsIfThere(join(directory, 'nothing'))).toEqual([]);
});

test.for<[status: string, user: object | undefined]>([
  ['Name:\tx\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t9 10 \n', { uid: 2, gids: [6, 9, 10] }],
  ['Uid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t \n', { uid: 2, gids: [6] }],
  ['Uid:\t1\t2\t3\t4\n', undefined],
  ['Gid:\t1\t2\t3\t4\n', undefined],
  ['', undefined],
])('a process with %j is: %j', ([status, user]) => {
  expect(userByStatus(status)).toEqual(user);
});

/** A directory with this pid file, whose lock says that somebody has it. */
function held(pid: string): string {
  const path = mkdtempSync(join(directory, 'held-'));
  chmodSync(path, 0o755);
  writeFileSync(join(path, 'ddgreyd.pid'), pid);
  writeFileSync(join(path, 'ddgreyd.lock'), 'nothing that can be read as a lock');
  return path;
}

test('a process is one that lives', () => {
  const { pid: ended } = spawnSync('true');
  const found = [`${process.pid}\n`, '1\n', `${ended}\n`, '', '0\n', 'x\n'].map((pid) => runningProcess(held(pid)));
  expect(found).toEqual([process.pid, 1, undefined, undefined, undefined, undefined]);
});

test.runIf(process.geteuid?.() === 0)("a process of another user's lives, too", () => {
  const path = held(`${process.pid}\n`);
  expect(withRightsOf(identityFor('nobody', ''), () => runningProcess(path))).toBe(process.pid);
});

test('of a configuration it is told who is to read it', () => {
  const path = held(`${process.pid}\n`);
  const { steps, daemon } = configFacts({ directory: path, configFile: join(path, 'ddgreyd.pid') });
  expect(steps.at(-1)?.path).toBe(join(path, 'ddgreyd.pid'));
  expect(daemon).toMatchObject({ uid: process.geteuid?.() });
  expect(configFacts({ directory, configFile: '/' }).daemon).toBe(undefined);
});

test('a log is looked at where it is followed', () => {
  expect(followedLogs(configOf('exim4_mainlog x'), directory)).toEqual([]);
  expect(followedLogs(configOf('service exim4\nexim4_mainlog x'), directory)).toMatchObject([
    { path: join(directory, 'x'), way: { problem: 'no such file', denied: false }, daemon: undefined },
  ]);
});

test.runIf(process.geteuid?.() === 0)('a file that only others may read is kept from us', () => {
  const look = () => namedFiles(configOf('policy closed/p'), { directory, configFile: '' });
  expect(withRightsOf(identityFor('nobody', ''), look)).toMatchObject([
    { option: 'policy', content: { problem: 'permission denied', denied: true } },
  ]);
});

test('the room for a database is told in bytes', () => {
  const { bavail, bsize } = statfsSync(directory);
  const [space, ...more] = databaseSpace(configOf('database closed/x.db'), { directory, configFile: '' });
  expect([space?.directory, more]).toEqual([join(directory, 'closed'), []]);
  // Others write meanwhile.
  expect((space?.free ?? 0) / (bavail * bsize)).toBeCloseTo(1, 1);
  expect(databaseSpace(configOf('database nothing/x.db'), { directory, configFile: '' })).toEqual([]);
});

test.for<[files: readonly string[], found: readonly string[]]>([
  [[], []],
  [['etc/exim/exim.conf'], ['Exim etc/exim/exim.conf']],
  [['etc/exim/exim.conf', 'etc/exim4/exim4.conf'], ['Exim etc/exim4/exim4.conf']],
  [
    ['etc/exim4/exim4.conf', 'var/lib/exim4/config.autogenerated', 'etc/postfix/main.cf', 'etc/mail/sendmail.cf'],
    ['Exim var/lib/exim4/config.autogenerated', 'Postfix etc/postfix/main.cf', 'Sendmail etc/mail/sendmail.cf'],
  ],
  [['etc/mail/sendmail.cf', 'etc/mail/sendmail.mc'], ['Sendmail etc/mail/sendmail.mc']],
])('of the configurations %j those count: %j', ([files, found]) => {
  const root = mkdtempSync(join(directory, 'root-'));
  for (const file of files) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), file);
  }
  expect(mtaFiles(root)).toEqual(
    found.map((words) => {
      const [mta, file = ''] = words.split(' ');
      return { mta, path: join(root, file), text: file };
    }),
  );
});

test('users that there are not are left out', () => {
  const { username, uid, gid } = userInfo();
  expect(mailUsers(['no-such-user', username])).toEqual([{ name: username, uid, gids: expect.arrayContaining([gid]) }]);
});

test("the system's directory is none of whoever asks: systemd makes it", () => {
  expect(closedDirectories(configOf('user nobody'), SYSTEM)).toEqual([]);
});
