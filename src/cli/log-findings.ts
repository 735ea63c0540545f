// Whether the daemon can learn from the mail server's log.
import { shellWord } from '../lib/shell-word.ts';
import type { Finding } from './doctor-finding.ts';
import { closedStep, octal, type PathStep, type ProcessUser, READ, SEARCH } from './path-rights.ts';

/** Exim's log as it was found. */
export interface LogFacts {
  readonly path: string;
  /** The way to the log, or why it can't be looked at; `denied`: this user may not. */
  readonly way: { readonly steps: readonly PathStep[] } | { readonly problem: string; readonly denied: boolean };
  /** Whom the daemon runs as; undefined: it does not run, or that can't be told. */
  readonly daemon: ProcessUser | undefined;
  /** The name of a group. */
  readonly groupName: (gid: number) => string;
}

const OUTCOME = 'nothing is learnt from it';

/** What is to be said about the log; `restart`: the command that puts the cure in force. */
export function logFindings({ path, way, daemon, groupName }: LogFacts, restart: string): readonly Finding[] {
  const about = `Exim's log ${path}`;
  if ('problem' in way) {
    if (way.denied) return [{ state: 'note', about, text: way.problem, mend: 'run ddgrey doctor as root' }];
    const mend = 'exim4_mainlog with the path that "exim -bP log_file_path" names, or take service exim4 out';
    return [{ state: 'bad', about, text: `${way.problem}; ${OUTCOME}`, mend }];
  }
  const closed = daemon === undefined ? undefined : closedStep(daemon, way.steps, READ);
  if (closed === undefined) return [{ state: 'good', about, text: daemon === undefined ? 'is there' : 'can be read' }];
  const text = `the daemon's user cannot read it: ${closed.path} has mode ${octal(closed)}; ${OUTCOME}`;
  const group = groupName(closed.gid);
  const join = `SupplementaryGroups=${group} in the unit, or make ${group} a group of the daemon's user; then ${restart}`;
  const groupMay = closedStep({ uid: -1, gids: [closed.gid] }, [closed], closed.path === path ? READ : SEARCH);
  const mend = groupMay === undefined ? join : `chmod g+rX ${shellWord(closed.path)}; ${join}`;
  return [{ state: 'bad', about, text, mend }];
}
