// What is wrong in the policy file that the configuration names, for --check-config: the daemon says it when it starts.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readProblem } from '../lib/read-problem.ts';
import { readPolicy } from '../policy/rules.ts';
import { problemsAt, type SetLines } from './check-config.ts';
import type { Problem } from './option-lines.ts';
import type { Config } from './options.ts';

/** Its mistakes, each at its line. That there is no such file, or none that can be reached, is for checkMachine to say. */
export function checkPolicyFile({ policy }: Config, set: SetLines, directory: string): readonly Problem[] {
  const file = resolve(directory, policy);
  if (policy === '' || !existsSync(file)) return [];
  try {
    const reading = readPolicy(readFileSync(file, 'utf8'));
    return reading.kind === 'broken' ? reading.errors.map((error) => ({ file, ...error })) : [];
  } catch (error) {
    const message = `policy: cannot read ${file}: ${readProblem(error)}`;
    return problemsAt([{ options: ['policy'], message }], set);
  }
}
