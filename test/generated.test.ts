// What is made from the option table is current, and the table holds nothing that does nothing.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GENERATED } from '../scripts/generated.ts';
import { DDGREY_PAGE } from '../src/cli/ddgrey-page.ts';
import { REPORT_PAGE } from '../src/cli/report-page.ts';
import { OPTION_NAMES, OPTIONS } from '../src/config/options.ts';
import { readConfig } from '../src/config/read-config.ts';
import { DAEMON_PAGE } from '../src/daemon-page.ts';
import { BLOCK_LISTS, DNSWL } from '../src/dns/known-lists.ts';
import { helpText } from '../src/lib/program-page.ts';
import { readPolicy } from '../src/policy/rules.ts';

const ROOT = join(import.meta.dirname, '..');

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

test.for(GENERATED)('%s is current (else: npm run docs)', ([path, made]) => {
  expect(textOf(path)).toBe(made());
});

test.for(globSync('docs/man/*', { cwd: ROOT }))('%s has a text under each heading', (path) => {
  expect(textOf(path)).not.toMatch(/^\.(?:SH .*|PP)\n(?:\.PP\n)*\.SH/m);
});

test.for(OPTION_NAMES)('ddgrey.conf(5) tells what %s may be', (name) => {
  const words = OPTIONS[name].type.allowed.replaceAll('-', '\\-');
  expect(textOf('docs/man/ddgrey.conf.5')).toContain(`Allowed: ${words}. Default: `);
});

test('conf/ddgrey.conf is read without error or warning, and sets what is recommended', () => {
  const { config, origins, errors, warnings } = readConfig('ddgrey.conf', () => textOf('conf/ddgrey.conf'));
  expect([errors, warnings]).toEqual([[], []]);
  expect([...origins.keys()]).toEqual(OPTION_NAMES.filter((name) => 'recommended' in OPTIONS[name]));
  for (const name of origins.keys()) expect(config[name]).toEqual(OPTIONS[name].recommended?.value);
});

test.for(['conf/ddgrey.conf', 'conf/postfix-milter.cf', 'conf/sendmail-milter.mc'])(
  "%s does not greylist the machine's own mail",
  (path) => {
    expect(textOf(path)).toMatch(/\btrusted 127\.0\.0\.0\/8 ::1$/m);
  },
);

test('every line that conf/ddgrey.conf comments out can be put in force, and is the default', () => {
  const { config, errors } = readConfig('ddgrey.conf', () => textOf('conf/ddgrey.conf').replace(/^#(?! )/gm, ''));
  // The defaults that no line can say: those that the file has in words.
  const unsayable = OPTION_NAMES.filter((name) => 'defaultNote' in OPTIONS[name] && !('recommended' in OPTIONS[name]));
  expect(errors.map(({ message }) => message.split(':')[0])).toEqual(unsayable);
  for (const name of OPTION_NAMES.filter((candidate) => !('recommended' in OPTIONS[candidate])))
    expect(config[name]).toEqual(OPTIONS[name].default);
});

test.for([DDGREY_PAGE, REPORT_PAGE, DAEMON_PAGE])(
  'no line of $name --help is too long to be read in a terminal',
  (page) => {
    expect(
      helpText(page)
        .split('\n')
        .filter((line) => line.length > 120),
    ).toEqual([]);
  },
);

test('no line of docs/options.md is too long to be read in a terminal, but for tables', () => {
  const lines = textOf('docs/options.md').split('\n');
  expect(lines.filter((line) => line.length > 120 && !line.startsWith('|'))).toEqual([]);
});

test.for([...BLOCK_LISTS, DNSWL])('docs/options.md has the terms of $zone', ({ zone, terms }) => {
  expect(textOf('docs/options.md')).toMatch(new RegExp(`\\| ${zone} \\|.*\\| ${terms} \\|\n`));
});

test('every line of conf/policy.example is a rule, also those that it comments out', () => {
  const text = textOf('conf/policy.example').replace(/^#(?=Grey\w+:\S+ [\w.-]+$)/gm, '');
  expect(text).not.toMatch(/^#\S/m);
  expect(readPolicy(text)).toMatchObject({ kind: 'policy', warnings: [] });
});

/** The sources in which an option that is used must be named: all but the table itself. */
const CODE = globSync('src/**/*.ts', { cwd: ROOT })
  .filter((path) => !path.endsWith('.test.ts') && !/^src\/config\/(?:\S*options|check-config)\.ts$/.test(path))
  .map(textOf)
  .join('\n');

test.for(OPTION_NAMES)('%s is used', (name) => {
  // A name with a `_` is nobody else's, and may be read from a part of the configuration that goes by another name.
  const member = `${name.includes('_') ? '' : '\\bconfig'}\\.${name}\\b`;
  const destructured = `\\{[^{}]*\\b${name}\\b[^{}]*\\}(?:: Config\\b| = config\\b)`;
  expect(new RegExp(`${member}|${destructured}`).test(CODE)).toBe(true);
});

test.for(OPTION_NAMES)('%s is documented, with each of its names', (name) => {
  const { about, aliases } = OPTIONS[name];
  const page = textOf('docs/options.md');
  const unwrapped = page.replace(/(?<!\n)\n(?!\n|- )/g, ' ');
  expect(unwrapped).toContain(`### ${name}\n\n${about}\n`);
  for (const alias of aliases ?? []) expect(page).toContain(`\`${alias}\``);
  expect(textOf('conf/ddgrey.conf')).toMatch(new RegExp(`^#?${name}\\b`, 'm'));
});
