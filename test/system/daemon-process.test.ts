// ddgreyd as a process: what signals do to it, whom its files belong to, and that it outlives the reader of its log.
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { selfSigned } from '../certificates.ts';
import { startStubDnsServer } from '../stub-dns-server.ts';
import { OFFLINE, REAL_CLOCK, testDaemon } from './daemon.ts';
import { dnsConfig } from './dns-world.ts';
import { askAll, greylistClient } from './greylist-client.ts';
import { run, startProcess, type TestProcess, until } from './processes.ts';
import { HOME } from './programs.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const CONFIG: string = ['user root', 'group root', ...OFFLINE, ''].join('\n');

const DDGREYD = join(HOME, 'bin/ddgreyd');

/** `before`: the words of a command that runs it. */
async function startIn(
  directory: TemporaryDirectory,
  config = CONFIG,
  before: readonly [string, ...string[]] = ['env'],
): Promise<TestProcess> {
  await writeFile(directory.file('ddgrey.conf'), config);
  const daemon = startProcess(...before, DDGREYD, '-D', directory.path);
  await until('ddgreyd to be ready', () => daemon.output().includes(' ready '));
  return daemon;
}

function stats(directory: TemporaryDirectory): Promise<string> {
  return run(join(HOME, 'bin/ddgrey'), '-D', directory.path, '--json', 'stats');
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/).toSorted();
}

test('SIGHUP: what can change changes, the rest is named, errors change nothing', async () => {
  await using directory = await temporaryDirectory();
  await using daemon = await startIn(directory);
  const reload = async (config: string, logged: string): Promise<void> => {
    await writeFile(directory.file('ddgrey.conf'), config);
    daemon.child.kill('SIGHUP');
    await until(logged, () => daemon.output().includes(logged));
  };
  await reload(`${CONFIG}grey_default 5m\ndatabase other.db\n`, 'configuration read again needs_restart=database');
  await reload(`${CONFIG}gray_default 5m\nlog_format json\n`, 'did you mean grey_default?');
  await reload(`${CONFIG}log_format json\n`, '"event":"configuration read again"');
  expect(daemon.output()).toContain('configuration not changed cause=');
  expect(await daemon.end('SIGTERM')).toBe(0);
});

test('SIGHUP: mistakes in the policy file are named, each time', async () => {
  await using directory = await temporaryDirectory();
  await writeFile(directory.file('policy'), 'GreyCheckFrom:example.com NO\n');
  await using daemon = await startIn(directory, `${CONFIG}policy policy\n`);
  await writeFile(directory.file('policy'), 'GreyCheckFrom:example.com MAYBE\n');
  const named = (): number =>
    daemon.output().split(`${directory.file('policy')}:1: GreyCheckFrom:example.com: MAYBE`).length - 1;
  for (const times of [1, 2]) {
    const before = named();
    daemon.child.kill('SIGHUP');
    await until(`the mistake to be named ${times} times`, () => named() > before);
  }
  expect(await daemon.end('SIGTERM')).toBe(0);
});

test('SIGHUP: certificates that can not be used any more are named, and all else is read', async () => {
  await using directory = await temporaryDirectory();
  const { certificate, key } = selfSigned(directory.path, 'mx1');
  await writeFile(directory.file('policy'), 'GreyCheckFrom:example.com NO\n');
  const tls = `peer_tls require\npeer_certificate ${certificate}\npeer_key ${key}\npeer_ca ${certificate}\n`;
  await using daemon = await startIn(
    directory,
    `${CONFIG}policy policy\naccept 192.0.2.1\nlisten peer 127.0.0.1:0\n${tls}`,
  );
  await writeFile(key, 'half of a fil');
  await writeFile(directory.file('policy'), 'GreyCheckFrom:example.com MAYBE\n');
  daemon.child.kill('SIGHUP');
  for (const text of ['certificates not read; those before stay cause="peer_certificate and', ': MAYBE'])
    await until(text, () => daemon.output().includes(text));
  expect(await daemon.end('SIGTERM')).toBe(0);
});

test.runIf(process.getuid?.() === 0)('k13, k14: started as root, it leaves all it makes to its user', async () => {
  await using directory = await temporaryDirectory();
  await run('chown', 'daemon:daemon', directory.path);
  await using daemon = await startIn(
    directory,
    ['user daemon', 'listen policy unix:policy.socket', ...OFFLINE, ''].join('\n'),
    ['setpriv', '--groups', '0,4,6'],
  );
  const made = await run('find', directory.path, '-not', '-name', 'ddgrey.conf', '-printf', '%u:%g %M %f\n');
  const lines = made.split('\n');
  expect(lines.filter((line) => !line.startsWith('daemon:daemon '))).toEqual(['']);
  expect(lines.filter((line) => line.includes(' srw')).toSorted()).toEqual([
    'daemon:daemon srw------- ddgrey.socket',
    'daemon:daemon srw-rw-rw- greylist.socket',
    'daemon:daemon srw-rw-rw- policy.socket',
  ]);
  const status = await readFile(`/proc/${daemon.child.pid}/status`, 'utf8');
  const ids = (name: string): readonly string[] => words(status.match(new RegExp(`^${name}:(.*)$`, 'm'))?.[1] ?? '');
  const id = async (option: string): Promise<readonly string[]> => words(await run('id', option, 'daemon'));
  const [user, group, groups] = [await id('-u'), await id('-g'), await id('-G')];
  expect([new Set(ids('Uid')), new Set(ids('Gid')), ids('Groups')]).toEqual([new Set(user), new Set(group), groups]);
  expect(await daemon.end('SIGTERM')).toBe(0);
  expect((await readdir(directory.path)).toSorted()).toEqual([
    'ddgrey.conf',
    'ddgrey.db',
    'ddgrey.db.lock',
    'ddgreyd.lock',
  ]);
});

test('systemd is told that it is ready, once it is', async () => {
  await using directory = await temporaryDirectory();
  const program = `#!/bin/sh\necho "$@ $NOTIFY_SOCKET" > ${directory.file('told')}\n`;
  await writeFile(directory.file('systemd-notify'), program, { mode: 0o755 });
  const path = `PATH=${directory.path}:${process.env['PATH']}`;
  await using daemon = await startIn(directory, CONFIG, ['env', path, 'NOTIFY_SOCKET=/run/notify']);
  const told = await until('systemd to be told', () => readFile(directory.file('told'), 'utf8').catch(() => false));
  expect(told).toBe(`--pid=${daemon.child.pid} READY=1 /run/notify\n`);
  expect(await daemon.end('SIGTERM')).toBe(0);
  expect(daemon.output()).not.toContain('systemd was not told');
});

test('--check-config names all errors, also of the policy file, and starts nothing', async () => {
  await using directory = await temporaryDirectory();
  await writeFile(
    directory.file('policy'),
    'GreyCheckFrom:example.com MAYBE\nGreyCheckFrom:example.net NO\nnonsense\n',
  );
  const config = 'gray_default 5m\nretry soon\nuser nosuch\npolicy policy\ntraps nofile\n';
  await writeFile(directory.file('ddgrey.conf'), config);
  await using checking = startProcess(DDGREYD, '-D', directory.path, '--check-config');
  expect(await checking.exit).toBe(1);
  const file = `ddgreyd: ${directory.file('ddgrey.conf')}`;
  const policy = `ddgreyd: ${directory.file('policy')}`;
  expect(checking.output().trimEnd().split('\n')).toEqual([
    `${file}:1: gray_default: there is no such option; did you mean grey_default?`,
    expect.stringContaining(`${file}:2: retry: "soon" is not allowed`),
    `${file}:3: user: there is no user nosuch; name another, or make it: useradd --system nosuch`,
    `${file}:5: traps: cannot read ${directory.file('nofile')}: no such file`,
    expect.stringContaining(`${policy}:1: GreyCheckFrom:example.com: MAYBE is none of`),
    expect.stringContaining(`${policy}:3: nonsense:`),
  ]);
  expect((await readdir(directory.path)).toSorted()).toEqual(['ddgrey.conf', 'policy']);
});

test('told to stop twice, it still answers the check in hand and stops in order', async () => {
  await using silent = await startStubDnsServer({ tricks: { '*': { silent: true } } });
  await using directory = await temporaryDirectory();
  const config = ['user root', 'group root', ...dnsConfig(silent), 'dns_timeout 1s', ''].join('\n');
  await using daemon = await startIn(directory, config);
  using client = greylistClient(directory.file('greylist.socket'));
  const answer = client.ask('203.0.113.7 a@example.com b@example.org');
  await until('the client to be looked up', () => JSON.stringify([...silent.questions]).includes('7.113.0.203'));
  daemon.child.kill('SIGINT');
  await until('it to stop', () => daemon.output().includes(' stopping '));
  // The check in hand keeps it from having ended by now.
  expect(await daemon.end('SIGINT')).toBe(0);
  expect(await answer).toBe('200 grey');
});

test('SIGHUP while it starts: what changed meanwhile is read once it has started', async () => {
  await using silent = await startStubDnsServer({ tricks: { '*': { silent: true } } });
  await using directory = await temporaryDirectory();
  const config = ['user root', 'group root', ...dnsConfig(silent), 'trusted mx.example.com', 'dns_timeout 2s', ''].join(
    '\n',
  );
  const starting = startIn(directory, config);
  // The start waits for the name.
  await until('the name to be asked for', () => silent.questions.size > 0);
  await writeFile(directory.file('ddgrey.conf'), `${config}grey_default 5m\ndatabase other.db\n`);
  process.kill(Number(await readFile(directory.file('ddgreyd.pid'), 'utf8')), 'SIGHUP');
  await using daemon = await starting;
  const read = 'configuration read again needs_restart=database';
  await until('the configuration to be read', () => daemon.output().includes(read));
  expect(await daemon.end('SIGTERM')).toBe(0);
});

test.for(['stdout', 'stderr'] as const)('it goes on when nobody reads its %s any more', async (output) => {
  await using directory = await temporaryDirectory();
  await using daemon = await startIn(directory);
  daemon.child[output]?.destroy();
  // Reading that has a warning, on standard error.
  await writeFile(directory.file('ddgrey.conf'), `${CONFIG}peer_ca ca.pem\n`);
  daemon.child.kill('SIGHUP');
  expect(JSON.parse(await stats(directory))).toHaveProperty('uptime');
  daemon.child.kill('SIGHUP');
  expect(JSON.parse(await stats(directory))).toHaveProperty('uptime');
  expect(await daemon.end('SIGTERM')).toBe(0);
});

test('it ends when its log is full and nobody reads that', async () => {
  await using directory = await temporaryDirectory();
  await using daemon = await startIn(directory);
  daemon.child.stdout?.pause();
  // More than a pipe holds.
  const questions = Array.from({ length: 5000 }, (_, i) => `192.0.2.1 a@example.com b${i}@example.org`);
  await askAll(directory.file('greylist.socket'), questions);
  const ended = once(daemon.child, 'exit');
  daemon.child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('it stops at once, and says nothing of names and lists, while no DNS answers', async () => {
  await using silent = await startStubDnsServer({ tricks: { '*': { silent: true } } });
  await using directory = await temporaryDirectory();
  await using daemon = await startIn(
    directory,
    [
      'user root',
      'group root',
      ...dnsConfig(silent),
      'dns_timeout 10s',
      'listen peer 127.0.0.1:0',
      'accept_reader mx2.example.org',
      '',
    ].join('\n'),
  );
  await until('the names and lists to be asked for', () => silent.questions.size >= 6);
  const begun = performance.now();
  expect(await daemon.end('SIGTERM')).toBe(0);
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(daemon.output()).toMatch(/ stopping signal=SIGTERM\n$/);
});

test('a client that is trusted by name is so from the start, and after a restart without DNS', async () => {
  const records = [['mx.example.com', 'A', '192.0.2.1']] as const;
  await using dns = await startStubDnsServer({ records, tricks: { '*': { delay: 300 } } });
  const { address, port } = dns.server;
  await using daemon = await testDaemon(
    REAL_CLOCK,
    'reputation no',
    `resolver ${address}:${port}`,
    'dns_timeout 1s',
    'trusted mx.example.com',
  );
  const answer = async (): Promise<string> => {
    using client = greylistClient(daemon.file('greylist.socket'));
    return await client.ask('192.0.2.1 a@example.com b@example.org');
  };
  expect(await answer()).toBe('200 white');
  await daemon.end('SIGTERM');
  dns.play({ tricks: { '*': { silent: true } } });
  await daemon.start();
  expect(await answer()).toBe('200 white');
});
