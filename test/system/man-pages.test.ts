// The manual pages, as the reader's own program sees them.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from './processes.ts';
import { HOME } from './programs.ts';

const PAGES = globSync('docs/man/*', { cwd: HOME });

test('there is one for each program, and one for the configuration', () => {
  expect(PAGES.toSorted()).toEqual(
    ['ddgrey-report.1', 'ddgrey.1', 'ddgrey.conf.5', 'ddgreyd.8'].map((name) => join('docs/man', name)),
  );
});

test.for(PAGES)('man shows %s without a warning', async (page) => {
  const shown = await run('man', '--warnings', '--local-file', join(HOME, page));
  expect(shown).toContain('SEE ALSO');
  expect(shown).not.toMatch(/warning|error:/);
});
