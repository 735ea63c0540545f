// Whether the daemon can read its configuration again: started as root, it read it as root, and is root no more.
import { shellWord } from '../lib/shell-word.ts';
import type { Finding } from './doctor-finding.ts';
import { closedStep, octal, type PathStep, type ProcessUser, READ } from './path-rights.ts';

/** The configuration file as it was found. */
export interface ConfigFile {
  readonly path: string;
  /** The way to the file. */
  readonly steps: readonly PathStep[];
  /** Whom the daemon runs as; undefined: it does not run, or that can't be told. */
  readonly daemon: ProcessUser | undefined;
}

/** What is to be said about the file; nothing as long as all is well. */
export function reloadFindings({ path, steps, daemon }: ConfigFile): readonly Finding[] {
  const closed = daemon === undefined ? undefined : closedStep(daemon, steps, READ);
  if (closed === undefined) return [];
  const text = `the daemon's user cannot read ${path}: ${closed.path} has mode ${octal(closed)}; a reload changes nothing`;
  return [{ state: 'note', about: 'configuration', text, mend: `chmod o+rX ${shellWord(closed.path)}` }];
}
