import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const PAGES = ['*.md', 'docs/**/*.md', 'test/**/*.md'].flatMap((pattern) => globSync(pattern, { cwd: ROOT }));

/** The targets of a page's links within the project. */
function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
}

test('there are pages with links', () => {
  expect(PAGES.flatMap(linksOf).length).toBeGreaterThan(10);
});

test.for(PAGES)('every link of %s leads somewhere', (page) => {
  expect(linksOf(page).filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
});
