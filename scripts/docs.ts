// Writes what is made from the tables of options and commands. A test checks that it is current.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GENERATED } from './generated.ts';

for (const [path, made] of GENERATED) {
  const file = join(import.meta.dirname, '..', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, made());
}
