// The programs as they are started: arguments, exit codes, where the text goes.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { VERSION } from '../lib/version.ts';
import { type FakeDaemon, startFakeDaemon } from '../peers/fake-daemon.ts';

let daemon: FakeDaemon;

beforeAll(async () => {
  daemon = await startFakeDaemon();
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
});

interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly errors: string;
}

async function start(file: string, args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args]);
  const ended = new Promise<number>((resolve) => {
    child.on('close', (code) => resolve(code ?? -1));
  });
  child.stdin.end(input);
  const [out, errors, exitCode] = await Promise.all([textOf(child.stdout), textOf(child.stderr), ended]);
  return { exitCode, out, errors };
}

function ddgrey(line: string): Promise<Ended> {
  return start('main.ts', ['-D', daemon.location.directory, ...line.split(' ').filter((word) => word !== '')]);
}

test.for<[line: string, exitCode: number, out: RegExp, errors: RegExp]>([
  ['', 0, /^domain .*\n-{74}\nexample.com .*\n$/, /^$/],
  ['203.0.113.7 -s', 0, /^domain .* score reason\n/, /^$/],
  ['-e', 0, /^time .*\n-{79}\n.* spam\n$/, /^$/],
  // c09, also --foo, -V and -h below. Exit codes are fixed here: the original's was 255 for all mistakes.
  ['-c -w', 2, /^$/, /^ddgrey: -c can not be combined with filter arguments\nTry/],
  ['-e -b', 2, /^$/, /^ddgrey: -e can not be combined with filter arguments\nTry/],
  ['--json list example.com', 0, /^\[\{"ip":"203.0.113.7"/, /^$/],
  ['check 203.0.113.7 a@b c@d', 10, /^grey: /, /^$/],
  ['check [203.0.113.7] a@b c@d', 10, /^grey: /, /^$/],
  ['[203.0.113.7]', 0, /^domain /, /^$/],
  ['check 203.0.113.7 a@b', 2, /^$/, /usage: ddgrey check IP FROM TO \[name=NAME\] \[helo=NAME\]\n/],
  ['stats -w', 2, /^$/, /stats does not take --white\n/],
  ['--json export', 2, /^$/, /export does not take --json\n/],
  ['stats now', 2, /^$/, /usage: ddgrey stats\n/],
  ['white local', 2, /^$/, /^ddgrey: white local needs an address, network or domain\n/],
  ['standing', 2, /^$/, /there is no command standing\n/],
  ['entires', 2, /^$/, /there is no command entires; did you mean entries\?\nTry 'ddgrey --help'/],
  ['-e foo@bar.org', 2, /^$/, /^ddgrey: foo@bar.org is not an address, network or domain, such as [^\n]*\nTry/],
  ['foo@bar.org', 2, /^$/, /^ddgrey: foo@bar.org is not an address, network or domain, such as [^\n]*\nTry/],
  ['-e stats1', 2, /^$/, /^ddgrey: stats1 is not an address, network or domain, such as [^\n]*\nTry/],
  ['forget 0.0.0.0/0', 2, /^$/, /say --wide\n/],
  ['help', 0, /^ddgrey - [^]*Exit code:/, /^$/],
  ['--foo', 2, /^$/, /--foo/],
  ['-d --debug stats', 0, /^/, /^$/],
  ['-V', 0, new RegExp(`^ddgrey ${VERSION.replaceAll('.', '\\.')}\n$`), /^$/],
  ['-h', 0, /explain IP FROM TO[^]*-w, --white[^]*Exit code:/, /^$/],
  ['-c /etc/my.conf stats', 2, /^$/, /^ddgrey: -c computes standings; .* --config \/etc\/my\.conf\nTry/],
  ['white x', 2, /^$/, /^ddgrey: x is not an address, network or domain, such as [^\n]*\nTry 'ddgrey --help'.\n$/],
  ['black 0.0.0.0/0 1h', 2, /^$/, /say --wide\n/],
  ['black 0.0.0.0/0 1h --wide', 0, /^0.0.0.0\/0 is black until /, /^$/],
  [
    'check 203.0.113.7 a@b c@d who=x',
    2,
    /^$/,
    /^ddgrey: who is not known here; name=NAME and helo=NAME are\nTry 'ddgrey --help'/,
  ],
])('ddgrey %s', async ([line, exitCode, out, errors]) => {
  expect(await ddgrey(line)).toEqual({
    exitCode,
    out: expect.stringMatching(out),
    errors: expect.stringMatching(errors),
  });
});

test.for<[config: string, errors: RegExp]>([
  ['listen sync unix:none.socket\n', /^ddgrey: no ddgreyd answers on /],
  ['include none\nlisten sync unix:none.socket\n', /^ddgrey: \S+ has a mistake: .*\nddgrey: no ddgreyd answers on /],
])('export with the configuration %j writes nothing', async ([config, errors]) => {
  const { directory } = daemon.location;
  const configFile = join(directory, 'elsewhere.conf');
  writeFileSync(configFile, config);
  const ended = await start('main.ts', ['-D', directory, '--config', configFile, 'export', 'valid']);
  expect(ended).toEqual({ exitCode: 1, out: '', errors: expect.stringMatching(errors) });
});

test('an answer that a daemon of another version gives', async () => {
  const { explain } = daemon.parts;
  onTestFinished(() => void Object.assign(daemon.parts, { explain }));
  Object.assign(daemon.parts, { explain: async () => ({ verdict: 'grey' }) });
  expect(await ddgrey('explain 203.0.113.7 a@b c@d')).toEqual({
    exitCode: 1,
    out: '',
    errors: expect.stringMatching(/^ddgrey: .*\nddgrey: perhaps ddgreyd is of another version; see ddgrey doctor\n$/),
  });
});

test.for<[config: string, line: string, exitCode: number, errors: RegExp]>([
  [
    'rety 3d\n',
    'check 203.0.113.7 a@b c@d',
    10,
    /^ddgrey: \S+mistaken\.conf has a mistake: see ddgrey -D \S+ --config \S+ config\n$/,
  ],
  [
    'rety 3d\nx\n',
    'white 203.0.113.9',
    0,
    /^ddgrey: \S+mistaken\.conf has 2 mistakes: see ddgrey -D \S+ --config \S+ config\n$/,
  ],
  ['rety 3d\n', '-e', 0, /^ddgrey: \S+ has a mistake: see ddgrey -D \S+ --config \S+ config\n$/],
  ['rety 3d\nx\n', 'config', 1, /^ddgrey: \S+:1: rety: .* did you mean retry\?\nddgrey: \S+:2: x: .*\n$/],
])('with the configuration %j, ddgrey %s', async ([config, line, exitCode, errors]) => {
  const { directory } = daemon.location;
  const configFile = join(directory, 'mistaken.conf');
  writeFileSync(configFile, config);
  const ended = await start('main.ts', ['-D', directory, '--config', configFile, ...line.split(' ').filter(Boolean)]);
  expect(ended).toMatchObject({ exitCode, errors: expect.stringMatching(errors) });
});

test.for<[file: string, program: string]>([
  ['main.ts', 'ddgrey'],
  ['report-main.ts', 'ddgrey-report'],
  ['../main.ts', 'ddgreyd'],
])('%s into a full disk says so', async ([file, program]) => {
  const words = [process.execPath, join(import.meta.dirname, file), '--help'];
  const child = spawn('sh', ['-c', 'exec "$@" >/dev/full', 'sh', ...words]);
  expect(await textOf(child.stderr)).toMatch(new RegExp(`^${program}: .*no space left.*\n$`));
});

test.for<[file: string, args: readonly string[], exitCode: number]>([
  ['main.ts', ['stats'], 0],
  ['report-main.ts', ['-d', '--debug'], 65],
  ['../main.ts', ['-d', '--debug', '--check-config'], 0],
])('%s %j in the directory that --dir names', async ([file, args, exitCode]) => {
  const { directory } = daemon.location;
  expect((await start(file, ['--dir', directory, ...args], 'Subject: x\n\nx\n')).exitCode).toBe(exitCode);
});

test.for<[line: string, exitCode: number, out: RegExp, errors: RegExp]>([
  ['--foo', 2, /^$/, /^ddgreyd: .*--foo.*\nTry 'ddgreyd --help'\.\n$/],
  ['-c /nonexistent', 1, /^$/, /^ddgreyd: cannot read \/nonexistent: no such file\n$/],
  ['-V', 0, /^ddgreyd \d/, /^$/],
])('ddgreyd %s', async ([line, exitCode, out, errors]) => {
  const ended = await start('../main.ts', line.split(' '));
  expect(ended).toEqual({ exitCode, out: expect.stringMatching(out), errors: expect.stringMatching(errors) });
});

test.for<[action: readonly string[], lines: readonly string[], exitCode: number, said: string]>([
  [['--check-config'], ['retry 3d'], 0, 'FILE: no errors\n'],
  [
    ['--check-config'],
    ['user nosuch', 'rbls nosuch', 'policy nofile'],
    1,
    'ddgreyd: FILE:1: user: there is no user nosuch; name another, or make it: useradd --system nosuch\nddgreyd: FILE:2: rbls: there is no list nosuch; known: spamcop, uce-2, uce-3, backscatter, barracuda, spamhaus\nddgreyd: FILE:3: policy: cannot read DIR/nofile: no such file\n',
  ],
  [[], ['traps nofile'], 1, 'ddgreyd: FILE:1: traps: cannot read DIR/nofile: no such file\n'],
])('ddgreyd %j with %j', async ([action, lines, exitCode, said]) => {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-programs-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  // The daemon of root looks for its files as another user.
  chmodSync(directory, 0o755);
  const file = join(directory, 'ddgrey.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const ended = await start('../main.ts', ['-D', directory, ...action]);
  const told = `${ended.out}${ended.errors}`.replaceAll(file, 'FILE').replaceAll(directory, 'DIR');
  expect([ended.exitCode, told]).toEqual([exitCode, said]);
});

test.for<[args: readonly string[], exitCode: number, out: RegExp, errors: RegExp]>([
  [[], 65, /^$/, /^ddgrey-report: no attached message found\n/],
  [['--foo'], 64, /^$/, /--foo.*\nTry 'ddgrey-report --help'/],
  // r43, defect 40: it was called _ddgrey-0.4_.
  [['-V'], 0, new RegExp(`^ddgrey-report ${VERSION.replaceAll('.', '\\.')}\n$`), /^$/],
  [['-h'], 0, /\n {2}spam: "\|\/.*ddgrey-report"\n[^]*Exit code: 0/, /^$/],
])('ddgrey-report %j', async ([args, exitCode, out, errors]) => {
  const ended = await start('report-main.ts', ['-D', daemon.location.directory, ...args], 'Subject: x\n\nx\n');
  expect(ended).toEqual({ exitCode, out: expect.stringMatching(out), errors: expect.stringMatching(errors) });
});

test('ddgreyd --check-config tells at once what is wrong and what is odd', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-programs-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'ddgrey.conf');
  writeFileSync(file, 'retry 5d\nretry 4d\nretry soon\n');
  const { exitCode, errors } = await start('../main.ts', ['-D', directory, '--check-config']);
  expect(exitCode).toBe(1);
  expect(errors.trimEnd().split('\n')).toEqual([
    `${file}:2: retry: already set as retry at ${file}:1; this line counts`,
    expect.stringContaining(`ddgreyd: ${file}:3: retry: "soon" is not allowed`),
  ]);
});
