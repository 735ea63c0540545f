// Whether there is room for what the daemon has to remember.
import type { Finding } from './doctor-finding.ts';

export interface SpaceFacts {
  /** Where the database is. */
  readonly directory: string;
  /** Bytes that are free to its user. */
  readonly free: number;
}

const MEGABYTE = 1024 * 1024;
/** Bytes that are as good as none: the database's log alone takes some in a busy minute. */
const NONE = 10 * MEGABYTE;
const LITTLE = 200 * MEGABYTE;

/** What is to be said about the room for the database. */
export function spaceFindings({ directory, free }: SpaceFacts): readonly Finding[] {
  const about = `disk space in ${directory}`;
  const text = `${Math.floor(free / MEGABYTE)} MB are free`;
  const mend = 'make room there, or move the database (option database)';
  if (free < NONE) return [{ state: 'bad', about, text: `${text}; what cannot be stored is not greylisted`, mend }];
  if (free < LITTLE) return [{ state: 'note', about, text, mend }];
  return [{ state: 'good', about, text }];
}
