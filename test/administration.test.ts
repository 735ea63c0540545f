// docs/administration.md explains every event that the log has at level 0 and 1, and no other. What it says of backups works.
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../src/lib/log.ts';
import { shellWord } from '../src/lib/shell-word.ts';
import { REASONS } from '../src/policy/verdict.ts';
import { spam } from '../src/store/contract-samples.ts';
import { openStore } from '../src/store/open-store.ts';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = globSync('src/**/*.ts', { cwd: ROOT }).filter((path) => !path.endsWith('.test.ts'));

interface Call {
  readonly path: string;
  readonly level: string;
  readonly names: readonly string[];
}

/** The calls that log at these levels; the event's name, or each of two, is a literal in its argument. */
function callsIn(path: string): readonly Call[] {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const logged = [...text.matchAll(/\.event\(\s*([01]),([^,)]*)/g)];
  // What comes in masses goes through lib/trouble.ts, at level 0.
  const trouble = [...text.matchAll(/\b(?:trouble\.report\(|onTrouble\(|trouble: \{ what: )([^,)]*)/g)].map(
    ([all, name]) => [all, '0', name],
  );
  return [...logged, ...trouble].map(([, level = '', argument = '']) => ({
    path,
    level,
    names: [...argument.matchAll(/'([^']+)'/g)].map(([, name = '']) => name),
  }));
}

const CALLS = SOURCES.flatMap(callsIn);

const PAGE = readFileSync(join(ROOT, 'docs/administration.md'), 'utf8');

/** `LEVEL EVENT` for each row of the tables, whose headings name the level. */
const EXPLAINED = PAGE.split(/^### /m).flatMap((section) => {
  const level = /^.*\(level (\d)\)/.exec(section)?.[1];
  return level === undefined ? [] : [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => `${level} ${name}`);
});

test('only what hands on trouble has no name of its own for it', () => {
  const nameless = CALLS.filter(({ names }) => names.length === 0).map(({ path }) => path);
  expect(nameless.toSorted()).toEqual(['src/lib/line-connection.ts', 'src/lib/line-server.ts', 'src/lib/trouble.ts']);
});

test('every event of level 0 and 1 is explained, once', () => {
  const logged = new Set(CALLS.flatMap(({ level, names }) => names.map((name) => `${level} ${name}`)));
  expect(logged.size).toBeGreaterThan(50);
  expect(EXPLAINED.toSorted()).toEqual([...logged].toSorted());
});

test.for(Object.keys(REASONS))('flow.md, which it names for that, tells when the reason is %s', (reason) => {
  const flow = readFileSync(join(ROOT, 'docs/flow.md'), 'utf8');
  expect(flow).toMatch(new RegExp(`(?:white|grey|black), ${reason}\\b|the reason\\s\`${reason}\``));
});

test('the policy file is copied before lines are added to it, or the copy would take their place', () => {
  const [copied = -1, added = -1] = ['cp /opt/ddgrey/conf/policy.example', '>>/etc/ddgrey/policy'].map((command) =>
    PAGE.indexOf(command),
  );
  expect(copied).toBeGreaterThan(0);
  expect(added).toBeGreaterThan(copied);
});

test('the backup of a store that is in use is one, and has all that was remembered', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-backup-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const [path, backup] = [join(directory, 'ddgrey.db'), join(directory, 'ddgrey.backup')];
  await using store = await openStore({ path, log: silentLog });
  await store.addReport(spam);
  const [, commands = ''] = /^## Backup\n.*?^```\n(.*?)^```$/ms.exec(PAGE) ?? [];
  const here = new Map([
    ['/var/lib/ddgrey/ddgrey.db', path],
    ['/root/ddgrey.backup', backup],
    ['/opt/ddgrey', shellWord(ROOT)],
  ]);
  const command = [...here].reduce((text, [there, name]) => text.replaceAll(there, name), commands);
  // As each night: that of yesterday is there.
  for (let night = 1; night <= 2; night += 1) {
    const { stdout, stderr } = spawnSync('sh', ['-ec', command], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['', '']);
  }
  expect(statSync(backup).mode & 0o777).toBe(0o600);
  await using restored = await openStore({ path: backup, log: silentLog });
  expect(await restored.reportsAfter(0, 9)).toEqual(await store.reportsAfter(0, 9));
});
