// Mistakes in a program's arguments: how they are found, and how every program tells them.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { causeOf } from './error-cause.ts';

/** A mistake in the arguments. */
export class UsageError extends Error {}

/** The arguments as node:util reads them. Throws a UsageError for what is not among the options. */
export function readOptions<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // After a full stop Node goes on about `--`, which is of no use to whoever mistyped an option.
    throw new UsageError(causeOf(error).replace(/\. To specify .*$/s, ''));
  }
}

/** What a program that failed prints: why, each line with its name; for wrong arguments, where they are explained. */
export function failureText(program: string, error: unknown): string {
  const message = causeOf(error);
  const why = message.replace(/^.*$/gm, `${program}: $&`);
  return error instanceof UsageError ? `${why}\nTry '${program} --help'.\n` : `${why}\n`;
}
