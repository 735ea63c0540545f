// The configuration file, read from disk.
import { readFileSync } from 'node:fs';
import type { Origins } from './conflict.ts';
import { isMissing } from '../lib/read-problem.ts';
import { otherPlaces } from './locate-config.ts';
import { formatProblem, type Problem } from './option-lines.ts';
import type { Config } from './options.ts';
import { type FurtherCheck, readConfig } from './read-config.ts';

export interface LoadedConfig {
  readonly config: Config;
  readonly origins: Origins;
}

/** A configuration as far as it can be read: what a wrong line sets is at its default. */
export interface ReadableConfig extends LoadedConfig {
  /** What is wrong, in the order of files and lines. */
  readonly errors: readonly Problem[];
  /** One line each: what is odd but no error. */
  readonly warnings: readonly string[];
}

/**
 * Reads and checks the file. Throws an error whose message has a line for every problem. `warn` is told what is odd in any
 * case, so that all can be mended at once.
 */
export function loadConfig(
  file: string,
  further?: FurtherCheck,
  warn: (warning: string) => void = () => {},
): LoadedConfig {
  const { errors, warnings, ...loaded } = readableConfig(file, further);
  for (const warning of warnings) warn(warning);
  if (errors.length > 0) throw new Error(errors.map(formatProblem).join('\n'));
  return loaded;
}

/** Reads the file for somebody whom mistakes in it need not stop. Throws only if the file itself can't be read. */
export function readableConfig(file: string, further?: FurtherCheck): ReadableConfig {
  const { config, origins, errors, warnings } = readConfig(file, (path) => readFileSync(path, 'utf8'), further);
  const unreadable = errors.find((problem) => problem.file === file && problem.line === 0);
  if (unreadable !== undefined)
    throw new Error(`${formatProblem(unreadable)}${isMissing(file) ? otherPlaces(file) : ''}`);
  return { config, origins, errors, warnings: warnings.map(formatProblem) };
}
