// Who may reach a file: the rights on it and on every directory above it.

/** A file or directory on the way to a file, the file last. */
export interface PathStep {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Whom a process runs as. */
export interface ProcessUser {
  readonly uid: number;
  readonly gids: readonly number[];
}

export const READ = 0o4;
export const WRITE = 0o2;
export const SEARCH = 0o1;

/** The first step that keeps the user from having that right on the file; undefined: nothing does. */
export function closedStep(user: ProcessUser, steps: readonly PathStep[], right: number): PathStep | undefined {
  return steps.find((step, i) => !may(user, step, i === steps.length - 1 ? right : SEARCH));
}

/** The mode as chmod takes it. */
export function octal({ mode }: PathStep): string {
  return (mode & 0o777).toString(8);
}

function may({ uid, gids }: ProcessUser, step: PathStep, right: number): boolean {
  if (uid === 0) return true;
  const shift = uid === step.uid ? 6 : gids.includes(step.gid) ? 3 : 0;
  return ((step.mode >> shift) & right) !== 0;
}
