// What someone sees who sets ddgrey up for the first time and gets something wrong: one clear line, no stack trace.
import { existsSync } from 'node:fs';
import { appendFile, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shellWord } from '../../src/lib/shell-word.ts';
import { OFFLINE, REAL_CLOCK, testDaemon } from './daemon.ts';
import { run, startProcess, type TestProcess, until } from './processes.ts';
import { HOME, isInstalled } from './programs.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Starts ddgreyd, which is to give up at once; what it says. */
async function complaint(...words: readonly string[]): Promise<string> {
  const { exit, said } = await give(words);
  expect(exit).toBe(1);
  return said;
}

async function give(
  words: readonly string[],
  program = 'bin/ddgreyd',
  ...before: readonly string[]
): Promise<{ readonly exit: unknown; readonly said: string }> {
  await using daemon = startProcess(join(HOME, program), ...before, ...words);
  return { exit: await daemon.exit, said: daemon.output() };
}

async function complaintAbout(...config: readonly string[]): Promise<string> {
  await using directory = await temporaryDirectory();
  await writeFile(directory.file('ddgrey.conf'), `${[...config, ...OFFLINE].join('\n')}\n`);
  const text = await complaint('-D', directory.path);
  return text.replaceAll(directory.path, 'DIR');
}

test.for([
  [
    'a misspelt option',
    ['gray_default 5m'],
    /^ddgreyd: DIR\/ddgrey\.conf:1: gray_default: .*did you mean grey_default\?\n$/,
  ],
  [
    'a value that is not allowed',
    ['retry soon'],
    /^ddgreyd: DIR\/ddgrey\.conf:1: retry: "soon" is not allowed.*3d.*\n$/,
  ],
  ['an unknown user', ['user nosuchuser'], /^ddgreyd: .*no user nosuchuser; .*\n$/],
  ['an unknown group', ['user root', 'listen greylist unix:x.socket group=nosuch'], /^ddgreyd: .*no group nosuch.*\n$/],
  ['a directory of somebody else', ['user nobody'], /^ddgreyd: .*DIR.*\n$/],
  [
    'a socket path without permission',
    ['user root', 'listen greylist unix:/proc/x.socket'],
    /^ddgreyd: .*permission.*\/proc.*\n$/,
  ],
  [
    'a socket in a missing directory',
    ['user root', 'listen greylist unix:/nowhere/x.socket'],
    /^ddgreyd: .*\/nowhere.*exist.*\n$/,
  ],
  ['a socket path that is too long', ['user root', `listen greylist unix:${'x'.repeat(120)}`], /^ddgreyd: .*long.*\n$/],
  [
    'an address of another machine',
    ['user root', 'listen policy 203.0.113.1:10023'],
    /^ddgreyd: .*203\.0\.113\.1.*\n$/,
  ],
] as const)('%s', async ([, config, said]) => {
  expect(await complaintAbout(...config)).toMatch(said);
});

/** Root as it is in a container that was started with `--cap-drop ALL`. */
const BARE_ROOT = ['--bounding-set=-all', '--inh-caps=-all'] as const;

test.skipIf(!isInstalled('setpriv'))('root that may become nobody stays root, or is told what it takes', async () => {
  await using directory = await temporaryDirectory();
  const words = ['-D', directory.path] as const;
  const start = (): TestProcess => startProcess('setpriv', ...BARE_ROOT, join(HOME, 'bin/ddgreyd'), ...words);
  await writeFile(directory.file('ddgrey.conf'), `${['user root', ...OFFLINE].join('\n')}\n`);
  {
    await using daemon = start();
    await until('the daemon', () => daemon.output().includes(' ready '));
  }
  await writeFile(directory.file('ddgrey.conf'), `${['user nobody', 'policy ddgrey.conf', ...OFFLINE].join('\n')}\n`);
  const told = /ddgrey\.conf:1: user: root may not become the user nobody here: EPERM.*SETUID/;
  await using daemon = start();
  await daemon.exit;
  expect(daemon.output()).toMatch(told);
  await using doctor = startProcess('setpriv', ...BARE_ROOT, join(HOME, 'bin/ddgrey'), ...words, 'doctor');
  await doctor.exit;
  expect(doctor.output()).toMatch(/^BAD +configuration: .*:1: user: root may not become the user nobody here/m);
});

test('all errors of a configuration at once', async () => {
  const said = await complaintAbout('gray_default 5m', '', 'retry soon');
  expect(said.trimEnd().split('\n')).toEqual([
    expect.stringContaining('ddgrey.conf:1: '),
    expect.stringContaining('ddgrey.conf:3: '),
  ]);
});

test('a missing directory', async () => {
  expect(await complaint('-D', '/nowhere')).toMatch(/^ddgreyd: .*\/nowhere.*\n$/);
});

test('a misspelt argument', async () => {
  const { exit, said } = await give(['--directori', '/tmp']);
  expect([exit, said]).toEqual([2, expect.stringMatching(/^ddgreyd: .*--directori.*\n.*ddgreyd --help.*\n$/)]);
});

test('a port in use', async () => {
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  await using holder = createServer().listen(0, '127.0.0.1', resolve);
  await listening;
  const address = holder.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const said = await complaintAbout('user root', `listen policy 127.0.0.1:${port}`);
  expect(said.split('\n').filter((line) => line.startsWith('ddgreyd: '))).toEqual([
    expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port}.* in use`)),
  ]);
  expect(said).not.toMatch(/^ {4}at /m);
});

test('a second daemon on the same directory', async () => {
  await using first = await testDaemon(REAL_CLOCK);
  expect(await complaint('-D', first.directory)).toMatch(/^ddgreyd: another ddgreyd is running on \S+\n$/);
});

test('the doctor finds a daemon well, leaves nothing behind, and says when there is none', async () => {
  await using daemon = await testDaemon(REAL_CLOCK);
  const examine = async (): Promise<string> => {
    const { exit, said } = await give(['doctor'], 'bin/ddgrey', '-D', daemon.directory);
    return `${said}exit code ${String(exit)}`;
  };
  const well = await examine();
  expect(well).toContain('deferred, as they should be');
  expect(well).toMatch(/Nothing is wrong\.\nexit code 0$/);
  expect(await daemon.ddgrey('tuples')).not.toContain('192.0.2');
  await appendFile(daemon.file('ddgrey.conf'), 'database other.db\nlisten policy unix:new.socket\n');
  expect(await examine()).toMatch(
    /wait for a restart: database, listen\n[^]*new\.socket\): nobody listens\n.*restart it/,
  );
  await daemon.end('SIGTERM');
  expect(await examine()).toMatch(/^BAD +daemon: no ddgreyd answers[\s\S]*exit code 1$/m);
});

/** What `npm start` runs, in a project of its own where nothing is to be installed. */
async function npmStart(project: string): Promise<TestProcess> {
  const { scripts } = JSON.parse(await readFile(join(HOME, 'package.json'), 'utf8')) as { scripts: { start: string } };
  await mkdir(join(project, 'scripts'), { recursive: true });
  await writeFile(join(project, 'scripts/install.mjs'), '');
  await copyFile(join(HOME, 'scripts/start'), join(project, 'scripts/start'));
  for (const name of ['bin', 'conf'])
    if (!existsSync(join(project, name))) await symlink(join(HOME, name), join(project, name));
  return startProcess('sh', '-c', `cd "$0" && ${scripts.start}`, project);
}

test('npm start is the daemon, and says what to try once that listens', async () => {
  await using directory = await temporaryDirectory();
  await using daemon = await npmStart(directory.path);
  await until('what to try', () => daemon.output().includes('Three things to try'));
  expect(daemon.output()).toMatch(/ ready [^]*Three things to try/);
  expect(Number(await readFile(directory.file('var/ddgreyd.pid'), 'utf8'))).toBe(daemon.child.pid);
  await using second = await npmStart(directory.path);
  expect(await second.exit).toBe(1);
  expect(second.output()).toMatch(/^ddgreyd: another ddgreyd is running on \S+\n$/);
  expect(await daemon.end('SIGTERM')).toBe(0);
});

test.skipIf(!isInstalled('script'))(
  'it ends with the terminal that it was started in, and else reads again',
  async () => {
    await using directory = await temporaryDirectory();
    await writeFile(directory.file('ddgrey.conf'), `${['user root', ...OFFLINE].join('\n')}\n`);
    const command = `exec ${shellWord(join(HOME, 'bin/ddgreyd'))} -D ${shellWord(directory.path)}`;
    await using terminal = startProcess('script', '-qfec', command, '/dev/null');
    await until('the daemon', () => terminal.output().includes(' ready '));
    process.kill(Number(await readFile(directory.file('ddgreyd.pid'), 'utf8')), 'SIGHUP');
    await until('a reload', () => terminal.output().includes('configuration read again'));
    await terminal.end('SIGKILL');
    const ended = until('the end', () => !existsSync(directory.file('ddgreyd.pid')));
    await expect(ended).resolves.toBe(true);
  },
);

test.skipIf(!isInstalled('script'))('in the background it outlives the terminal, and reads again later', async () => {
  await using directory = await temporaryDirectory();
  await writeFile(directory.file('ddgrey.conf'), `${['user root', ...OFFLINE].join('\n')}\n`);
  const log = (): Promise<string> => readFile(directory.file('log'), 'utf8').catch(() => '');
  const daemon = `${shellWord(join(HOME, 'bin/ddgreyd'))} -D ${shellWord(directory.path)}`;
  const command = `set -m; ${daemon} >${shellWord(directory.file('log'))} 2>&1 & wait`;
  await using terminal = startProcess('script', '-qfec', command, '/dev/null');
  await until('the daemon', async () => (await log()).includes(' ready '));
  const pid = Number(await readFile(directory.file('ddgreyd.pid'), 'utf8'));
  await terminal.end('SIGKILL');
  process.kill(pid, 'SIGHUP');
  await until('a reload, or the end', async () => /configuration read again|stopping/.test(await log()));
  process.kill(pid, 'SIGTERM');
  expect(await log()).toContain('configuration read again');
  await until('the end', () => !existsSync(directory.file('ddgreyd.pid')));
});

test('a killed daemon leaves nothing that keeps the next one from starting', async () => {
  await using daemon = await testDaemon(REAL_CLOCK);
  await daemon.end('SIGKILL');
  await expect(daemon.start()).resolves.toBeUndefined();
});

test('a log that can not be written does not end it', async () => {
  const program = join(HOME, 'bin/ddgreyd');
  await using daemon = await testDaemon((directory) => [
    'sh',
    '-c',
    'echo ready; exec "$0" -D "$1" >/dev/full',
    program,
    directory,
  ]);
  await until('its socket', () => existsSync(daemon.file('ddgrey.socket')));
  expect(await run(join(HOME, 'bin/ddgrey'), '-D', daemon.directory, 'stats')).toContain('running for');
});

test('a file that is no database', async () => {
  await using directory = await temporaryDirectory();
  await writeFile(directory.file('ddgrey.conf'), ['user root', ...OFFLINE, ''].join('\n'));
  await writeFile(directory.file('ddgrey.db'), 'no database\n'.repeat(1000));
  expect(await complaint('-D', directory.path)).toMatch(/^ddgreyd: .*ddgrey\.db.*not a database\n$/);
});
