// Who may import whom. The table is the rule of the house; docs/architecture.md says why.
import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';

/** What each folder of src may import besides itself: folders and files of src, node: modules, packages. */
const MAY_IMPORT: { readonly [folder: string]: readonly string[] } = {
  policy: ['tldts', 'ipaddr.js'],
  lib: ['node:'],
  // The names of DNS lists are known where the lists are.
  config: ['policy', 'lib', 'dns/choose-lists.ts', 'dns/known-lists.ts', 'node:'],
  dns: ['policy', 'lib', 'node:'],
  store: ['policy', 'lib', 'node:'],
  engine: ['policy', 'lib', 'store/store.ts', 'dns/resolver.ts', 'dns/lists.ts'],
  mta: ['policy', 'lib', 'engine', 'node:'],
  feeds: ['policy', 'lib', 'engine', 'node:'],
  peers: ['policy', 'lib', 'engine', 'node:'],
  // The command line reads files for itself: a log, a mail, traps. Their parsers are pure.
  cli: [
    'policy',
    'lib',
    'config',
    'peers/sync-protocol.ts',
    'peers/report-text.ts',
    'dns/hosts-file.ts',
    'feeds/exim-mainlog.ts',
    'feeds/reported-mail.ts',
    'feeds/spamtraps.ts',
    'node:',
  ],
};

/** Files that join the parts, and tests, may import everything. */
const UNBOUND =
  /^(?:check-certificates|check-traps|daemon|daemon-page|main|settings|in-force|start-[a-z-]+)\.ts$|\.test\.ts$|^store\/(?:store-contract|contract-samples)[a-z-]*\.ts$/;
/** The version is named in one place, outside src. */
const EXCEPTIONS: readonly string[] = ['lib/version.ts -> ../package.json'];

interface Source {
  /** From src, with slashes. */
  readonly file: string;
  readonly text: string;
}

const SRC = join(import.meta.dirname, '../src');
const SOURCES: readonly Source[] = globSync('**/*.ts', { cwd: SRC }).map((path) => ({
  file: path.replaceAll('\\', '/'),
  text: readFileSync(join(SRC, path), 'utf8'),
}));

/** Static, type, side-effect, re-exporting and dynamic imports, and workers. */
const IMPORT =
  /(?:^import|^export|^\}) ?(?:[^'"`;]* from )?['"]([^'"]+)['"]|\bimport\(\s*['"`]([^'"`]+)['"`]|\bnew URL\(\s*['"](\.[^'"]+)['"]/gm;

/** The imports that the table does not allow, as `FILE -> WHAT`. */
function forbiddenImports(sources: readonly Source[]): readonly string[] {
  return sources
    .filter(({ file }) => !UNBOUND.test(file))
    .flatMap(({ file, text }) =>
      importsOf(file, text)
        .filter((what) => !isAllowed(file, what))
        .map((what) => `${file} -> ${what}`),
    )
    .filter((found) => !EXCEPTIONS.includes(found));
}

function importsOf(file: string, text: string): readonly string[] {
  return [...text.matchAll(IMPORT)]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .map((name) => (name.startsWith('.') ? posix.join(posix.dirname(file), name) : name));
}

function isAllowed(file: string, what: string): boolean {
  const folder = file.split('/')[0] ?? '';
  const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])];
  return allowed.some((name) => what === name || what.startsWith(name.endsWith(':') ? name : `${name}/`));
}

test('no import is forbidden', () => {
  expect(forbiddenImports(SOURCES)).toEqual([]);
});

test('the files and their imports were seen', () => {
  expect(SOURCES.length).toBeGreaterThan(50);
  expect(SOURCES.flatMap(({ file, text }) => importsOf(file, text)).length).toBeGreaterThan(200);
});

test('every folder of src is in the table, and every file at its root is known', () => {
  const known = SOURCES.filter(({ file }) => UNBOUND.test(file) || (file.split('/')[0] ?? '') in MAY_IMPORT);
  expect(SOURCES.filter((source) => !known.includes(source))).toEqual([]);
});

const FOLDERS = Object.keys(MAY_IMPORT);
const FORBIDDEN_PAIRS = FOLDERS.flatMap((from) =>
  FOLDERS.filter((to) => to !== from && !MAY_IMPORT[from]?.includes(to)).map((to): [string, string] => [
    from,
    `../${to}/planted.ts`,
  ]),
);
const FORBIDDEN_MODULES = FOLDERS.flatMap((from) =>
  ['node:fs', 'fs', 'tldts', 'ipaddr.js', 'vitest', '../main.ts', '../../package.json']
    .filter((name) => !MAY_IMPORT[from]?.some((allowed) => name.startsWith(allowed)))
    .map((name): [string, string] => [from, name]),
);

test.for([...FORBIDDEN_PAIRS, ...FORBIDDEN_MODULES])('a planted import is caught: %s -> %s', ([from, name]) => {
  const spellings = [`import { a } from '${name}';`, `import type { A } from '${name}';`, `export * from "${name}";`];
  const more = [`import '${name}';`, `import {\n  a,\n} from '${name}';`, `  await import('${name}');`];
  for (const text of [...spellings, ...more])
    expect(forbiddenImports([{ file: `${from}/a.ts`, text }])).toHaveLength(1);
});
