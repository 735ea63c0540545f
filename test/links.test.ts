// Links between the project's pages lead somewhere, and the source files that they name are there.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const PAGES = ['*.md', 'docs/**/*.md', 'test/**/*.md'].flatMap((pattern) => globSync(pattern, { cwd: ROOT }));

function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The targets of a page's links within the project, `FILE#HEADING` or one of both. */
function linksOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/\]\(([^):]+)\)/g)].map(([, target = '']) => target);
}

/** Whether there is such a file, and in it such a heading. */
function leadsSomewhere(page: string, target: string): boolean {
  const [file = '', heading] = target.split('#');
  const path = file === '' ? page : join(dirname(page), file);
  if (!existsSync(join(ROOT, path))) return false;
  return heading === undefined || headingsOf(path).includes(heading);
}

/** As links name them: in lower case, without signs, `-` for a blank. */
function headingsOf(page: string): readonly string[] {
  const text = textOf(page).replace(/^```.*?^```/gms, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test('there are pages with links', () => {
  expect(PAGES.flatMap(linksOf).length).toBeGreaterThan(10);
  expect(PAGES.flatMap(linksOf).filter((target) => target.includes('#')).length).toBeGreaterThan(10);
});

test.for(PAGES)('every link of %s leads somewhere', (page) => {
  expect(linksOf(page).filter((target) => !leadsSomewhere(page, target))).toEqual([]);
});

/** With their folder, from the root, src or docs; those of Exim's conf.d are not ours. */
function filesNamedIn(page: string): readonly string[] {
  return [...textOf(page).matchAll(/`((?:[\w.-]+\/)+[\w.*-]+\.(?:ts|md|cf|mc|conf|service))`/g)]
    .map(([, path = '']) => path)
    .filter((path) => !path.startsWith('conf.d/'));
}

test.for(PAGES)('the files of the project that %s names are there', (page) => {
  const missing = filesNamedIn(page).filter(
    (path) => globSync([path, `src/${path}`, `docs/${path}`], { cwd: ROOT }).length === 0,
  );
  expect(missing).toEqual([]);
});
