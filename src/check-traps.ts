// The lines of the traps files that name no trap, for --check-config: the daemon leaves such lines out, and says so in its log.
import { resolve } from 'node:path';
import type { Problem } from './config/option-lines.ts';
import type { Config } from './config/options.ts';
import { parseTraps } from './feeds/spamtraps.ts';
import { readText, unreadable } from './lib/read-problem.ts';

/** Each such line as a problem. That a file is not there, or can't be read, is for checkMachine to say. */
export function checkTraps({ traps }: Config, directory: string): readonly Problem[] {
  return [...new Set(traps.map((name) => resolve(directory, name)))].flatMap((file) => {
    if (unreadable(file) !== undefined) return [];
    const { badLines } = parseTraps(readText(file));
    return badLines.map(
      ({ line, problem }): Problem => ({ file, line, message: `left out: ${problem}`, warning: true }),
    );
  });
}
