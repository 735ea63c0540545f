import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkMachine } from './check-machine.ts';
import { formatProblem, type Problem } from './option-lines.ts';
import { type ReadConfig, readConfig } from './read-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-machine-'));
// The daemon of root looks for its files as another user.
chmodSync(directory, 0o755);
writeFileSync(join(directory, 'there'), '');
mkdirSync(join(directory, 'hidden'), { mode: 0o700 });
execFileSync('mkfifo', [join(directory, 'pipe')]);
writeFileSync(join(directory, 'private'), '', { mode: 0o600 });
afterAll(() => rmSync(directory, { recursive: true }));

const USUAL_PORT = process.getuid?.() === 0 ? 722 : 1722;
const LONG = 'long'.repeat(27);
const TLS = 'peer_certificate there\npeer_key nokey\npeer_ca sha256:'.concat('ab'.repeat(32), ' noca');

test.for<[text: string, errors: readonly string[]]>([
  ['', []],
  ['user root\ngroup root\npolicy there\ntraps there\nlisten policy unix:a group=root', []],
  ['user nosuch', ['dd.conf:1: user: there is no user nosuch']],
  ['user root\ngroup nogroup-here', ['dd.conf:2: group: there is no group nogroup-here']],
  [
    'listen policy unix:a group=nogroup-here\nlisten greyd unix:b',
    ['dd.conf:1: listen: there is no group nogroup-here'],
  ],
  ['policy nofile', ['dd.conf:1: policy: cannot read DIR/nofile: no such file']],
  ['traps none\npolicy none', []],
  ['user root\npolicy .', ['dd.conf:2: policy: cannot read DIR: it is a directory']],
  ['policy /dev/null', ['dd.conf:1: policy: cannot read /dev/null: it is not a file']],
  ['user root\npolicy private', []],
  ['database nofile\nuser root', []],
  ['user root\ndatabase .', ['dd.conf:2: database: cannot open DIR: it is a directory']],
  ['database none/db', ['dd.conf:1: database: cannot open DIR/none/db: its directory does not exist']],
  ['database pipe', ['dd.conf:1: database: cannot open DIR/pipe: it is not a file']],
  [
    'policy pipe\ntraps pipe',
    [
      'dd.conf:1: policy: cannot read DIR/pipe: it is not a file',
      'dd.conf:2: traps: cannot read DIR/pipe: it is not a file',
    ],
  ],
  [
    `listen policy unix:${directory}/ddgrey.socket\nlisten milter unix:a`,
    ['dd.conf:1: listen: unix:DIR/ddgrey.socket is the address of sync, which no line gives another'],
  ],
  [
    `listen milter unix:./a\nlisten policy unix:${directory}/a\nlisten greyd unix:b`,
    ['dd.conf:2: listen: two lines with the same address, unix:./a and unix:DIR/a'],
  ],
  [
    `peer a.example\nlisten policy 127.0.0.1:722\nlisten milter 127.0.0.1:1722`,
    [
      `dd.conf:${USUAL_PORT === 722 ? 2 : 3}: listen: 127.0.0.1:${USUAL_PORT} is on the port to which other servers connect`,
    ],
  ],
  [`user root\nlisten policy unix:${LONG}`, [`dd.conf:2: listen: DIR/${LONG} is longer than 107 bytes`]],
  ['listen policy unix:a\nlisten milter unix:none/b', ['dd.conf:2: listen: the directory DIR/none does not exist']],
  ['listen policy unix:/run/not-made-yet/a', []],
  ['user root\nlisten policy unix:there/a', ['dd.conf:2: listen: DIR/there is not a directory']],
  ['user root\nlisten policy unix:there', ['dd.conf:2: listen: DIR/there exists and is not a socket']],
  [
    'listen policy unix:a\nlisten milter unix:./a',
    ['dd.conf:2: listen: two lines with the same address, unix:a and unix:./a'],
  ],
  ['traps there nofile\ntraps there', ['dd.conf:1: traps: cannot read DIR/nofile: no such file']],
  [TLS, []],
  [
    `peer_tls may\n${TLS}`,
    [
      'dd.conf:3: peer_key: cannot read DIR/nokey: no such file',
      'dd.conf:4: peer_ca: cannot read DIR/noca: no such file',
    ],
  ],
  [
    'traps nofile\nretry soon\nuser nosuch',
    [
      'dd.conf:1: traps: cannot read DIR/nofile: no such file',
      'dd.conf:2: retry: "soon" is not allowed',
      'dd.conf:3: user: there is no user nosuch',
    ],
  ],
])('%j', ([text, errors]) => {
  expect(problems(text)).toEqual(errors);
});

test.runIf(process.geteuid?.() === 0)(
  'what only root may read is not there for the user that its daemon becomes',
  () => {
    const groups = process.getgroups?.();
    expect(problems('user nobody\npolicy private\ntraps there nofile')).toEqual([
      'dd.conf:2: policy: cannot read DIR/private as user nobody (option user): permission denied',
      'dd.conf:3: traps: cannot read DIR/nofile: no such file',
    ]);
    expect(readOn('user nobody\npolicy private').errors[0]?.message).toMatch(/; .*usermod -aG GROUP nobody \(Suppl/);
    expect([process.geteuid?.(), process.getegid?.(), process.getgroups?.()]).toEqual([0, process.getgid?.(), groups]);
  },
);

test.for<[listener: string, warnings: readonly string[]]>([
  ['policy 192.0.2.1:1', ['dd.conf:2: listen: 192.0.2.1 is not an address of this machine']],
  ['policy [2001:DB8::0:1]:1', ['dd.conf:2: listen: 2001:DB8::0:1 is not an address of this machine']],
  ['policy 127.9.9.9:1', []],
  ['policy 0.0.0.0:1', []],
  ['policy [::]:1', []],
  ['policy mx.example.org:1', []],
])('listen %s: %j', ([listener, warnings]) => {
  const read = readOn(`user root\nlisten ${listener}`);
  expect(read.errors).toEqual([]);
  expect(read.warnings.map(shown)).toEqual(warnings);
});

test('a socket at its default that can not be opened is no mistake of the lines of others', () => {
  const read = readOn(`user root\nlisten policy 127.0.0.1:1\nlisten sync unix:${LONG}/a`, `/${LONG}`);
  expect(read.errors.map(shown)).toEqual([
    `listen: /${LONG}/greylist.socket is longer than 107 bytes`,
    `dd.conf:3: listen: /${LONG}/${LONG}/a is longer than 107 bytes`,
  ]);
});

test.runIf(process.geteuid?.() === 0)('a database that belongs to another user is none of who checks', () => {
  process.seteuid?.('nobody');
  try {
    expect(problems('database private')).toEqual([]);
    expect(problems('database hidden/a.db')).toEqual([]);
  } finally {
    process.seteuid?.(0);
  }
});

const NAMELESS = 'dd.conf:1: this machine calls itself localhost.localdomain';

test.for<[text: string, host: string, warnings: readonly string[]]>([
  ['peer a.example', 'mx1', []],
  ['peer a.example', 'my_host', []],
  ['reputation yes', 'localhost.localdomain', []],
  ['peer a.example', 'localhost.localdomain', [NAMELESS]],
  ['accept_writer 192.0.2.1', 'localhost.localdomain', [NAMELESS]],
  ['peer a.example\nname mx1', 'localhost.localdomain', []],
])('%j on a machine named %s', ([text, host, warnings]) => {
  const read = readOn(text, directory, host);
  expect([read.errors, read.warnings.map(shown)]).toEqual([[], warnings]);
});

function problems(text: string): readonly string[] {
  return readOn(text).errors.map(shown);
}

function readOn(text: string, where = directory, host = 'mx1'): ReadConfig {
  return readConfig(
    'dd.conf',
    () => text,
    (config, set) => checkMachine(config, set, where, host),
  );
}

function shown(problem: Problem): string {
  return formatProblem(problem).replace(directory, 'DIR').split(';')[0] ?? '';
}
