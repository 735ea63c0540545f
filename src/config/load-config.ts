// The configuration file, read from disk.
import { readFileSync } from 'node:fs';
import type { Origins } from './check-config.ts';
import { formatProblem } from './option-lines.ts';
import type { Config } from './options.ts';
import { readConfig } from './read-config.ts';

export interface LoadedConfig {
  readonly config: Config;
  readonly origins: Origins;
  /** One line each: what is odd but no error. */
  readonly warnings: readonly string[];
}

/** Reads and checks the file. Throws an error whose message has a line for every problem. */
export function loadConfig(file: string): LoadedConfig {
  const { config, origins, errors, warnings } = readConfig(file, (path) => readFileSync(path, 'utf8'));
  if (errors.length > 0) throw new Error(errors.map(formatProblem).join('\n'));
  return { config, origins, warnings: warnings.map(formatProblem) };
}
