// Loads the files of worker threads, so that Node compiles them. Then each fails: nobody has told it where its database is.
import { globSync } from 'node:fs';
import { join } from 'node:path';

const home = join(import.meta.dirname, '..');
for (const file of globSync('src/**/*-worker.ts', { cwd: home })) await import(join(home, file)).catch(() => {});
