// Whether the files that the configuration names can be read, and every line of them counts.
import { parseTraps } from '../feeds/spamtraps.ts';
import { shellWord } from '../lib/shell-word.ts';
import { readPolicy } from '../policy/rules.ts';
import type { Finding } from './doctor-finding.ts';

/** A file as it was found. */
export interface NamedFile {
  readonly option: 'policy' | 'traps';
  readonly path: string;
  /** The file's text, or why it can't be read; `denied`: this user may not. */
  readonly content: { readonly text: string } | { readonly problem: string; readonly denied: boolean };
}

/** Lines that are named; when these are right, the doctor names the next ones. */
const NAMED = 3;
/** What the daemon does while a file can't be used. */
const KEPT = {
  policy: 'a running daemon keeps the policy that it has, and a restarted one would refuse to start',
  traps: 'a running daemon keeps the traps that it has, and a restarted one would refuse to start',
} as const;
const LEFT_OUT = 'these lines trap nobody';

/** What is to be said about a file; `policyProblem`: why the daemon does not go by its policy file as it is now. */
export function fileFindings(file: NamedFile, policyProblem: string | undefined): readonly Finding[] {
  const { option, path, content } = file;
  const about = `${option} file ${path}`;
  const bad = (text: string, mend: string, outcome: string = KEPT[option]): Finding => ({
    state: 'bad',
    about,
    text: `${text}; ${outcome}`,
    mend,
  });
  if ('problem' in content) {
    if (content.denied) return [{ state: 'note', about, text: content.problem, mend: 'run ddgrey doctor as root' }];
    return [bad(content.problem, `make it, or take it out of the option ${option}`)];
  }
  const { errors, oddities } = option === 'policy' ? policyProblems(content.text) : trapProblems(content.text);
  const correct = 'correct the file; it is read again by itself';
  if (errors.length > 0) return [bad(someOf(errors), correct, option === 'traps' ? LEFT_OUT : undefined)];
  if (option === 'policy' && policyProblem !== undefined) {
    const mend = `let the daemon's user read it: chmod o+r ${shellWord(path)}, o+x for the directories above; the unit hides /home, /root and /tmp from it`;
    return [bad(`the daemon says: ${someOf(policyProblem.split('\n'))}`, mend)];
  }
  if (oddities.length > 0) return [{ state: 'note', about, text: someOf(oddities), mend: correct }];
  return [{ state: 'good', about, text: 'has no errors' }];
}

interface Problems {
  readonly errors: readonly string[];
  readonly oddities: readonly string[];
}

function policyProblems(text: string): Problems {
  const reading = readPolicy(text);
  const told = (problems: readonly { readonly line: number; readonly message: string }[]): readonly string[] =>
    problems.map(({ line, message }) => `line ${line}: ${message}`);
  if (reading.kind === 'broken') return { errors: told(reading.errors), oddities: [] };
  return { errors: [], oddities: told(reading.warnings) };
}

function trapProblems(text: string): Problems {
  return { errors: parseTraps(text).badLines.map(({ line, problem }) => `line ${line}: ${problem}`), oddities: [] };
}

function someOf(problems: readonly string[]): string {
  const more = problems.length - NAMED;
  return [...problems.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join('; ');
}
