// Whether a daemon that does not run yet could keep its files in its directory.
import { shellWord } from '../lib/shell-word.ts';
import type { Finding } from './doctor-finding.ts';

/** A directory in which the daemon's user may not make files, or which is not there. */
export interface ClosedDirectory {
  readonly directory: string;
  readonly isThere: boolean;
  /** The user that a daemon of root becomes; undefined: whoever asks. */
  readonly user: string | undefined;
}

/** What is to be said about the directory. */
export function directoryFinding({ directory, isThere, user }: ClosedDirectory): Finding {
  const finding = { state: 'bad', about: `directory ${directory}` } as const;
  const path = shellWord(directory);
  if (!isThere) {
    const mend = user === undefined ? `mkdir ${path}` : `install -d -o ${user} ${path}`;
    return { ...finding, text: 'does not exist', mend };
  }
  const who = user === undefined ? 'this user' : `user ${user} (option user)`;
  const mend = user === undefined ? `chmod u+wx ${path}` : `chown -R ${user} ${path}, or name its owner as user`;
  return { ...finding, text: `${who} may not make files there, so ddgreyd would not start`, mend };
}
