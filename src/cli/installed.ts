// The files of this installation, named in full: whoever is to read or copy one may be anywhere.
import { join } from 'node:path';

const HOME = join(import.meta.dirname, '../..');

/** The whole path of a file such as `docs/protocols/exim.md`. */
export function installed(path: string): string {
  return join(HOME, path);
}
