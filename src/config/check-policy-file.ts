// What is wrong in the policy file that the configuration names, for --check-config: the daemon says it when it starts.
import { resolve } from 'node:path';
import { readText, unreadable } from '../lib/read-problem.ts';
import { readPolicy } from '../policy/rules.ts';
import type { Problem } from './option-lines.ts';
import type { Config } from './options.ts';

/**
 * Its mistakes and oddities, each at its line. That there is no such file, or none that can be read, is for
 * checkMachine to say.
 */
export function checkPolicyFile({ policy }: Config, directory: string): readonly Problem[] {
  const file = resolve(directory, policy);
  if (policy === '' || unreadable(file) !== undefined) return [];
  const reading = readPolicy(readText(file));
  const errors = reading.kind === 'broken' ? reading.errors : [];
  const oddities = reading.warnings.map((oddity) => ({ ...oddity, warning: true as const }));
  return [...errors, ...oddities].map((problem) => ({ file, ...problem }));
}
