// Whether the mail servers' users can reach the daemon's sockets.
import type { Finding } from './doctor-finding.ts';

/** A file or directory on the way to a socket, the socket last. */
export interface PathStep {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A user that a mail server runs as. */
export interface MailUser {
  readonly name: string;
  readonly uid: number;
  readonly gids: readonly number[];
}

export interface SocketFacts {
  readonly protocol: string;
  readonly path: string;
  /** Undefined: there is no such socket. */
  readonly steps: readonly PathStep[] | undefined;
}

const SEARCH = 0o1;
const WRITE = 0o2;

/** What is to be said about a socket that mail servers ask on; unix(7): connecting takes the right to write. */
export function socketFindings({ protocol, path, steps }: SocketFacts, users: readonly MailUser[]): readonly Finding[] {
  const about = `socket ${protocol} (${path})`;
  if (steps === undefined)
    return [{ state: 'bad', about, text: 'is not there', mend: 'start ddgreyd, or look for its last log lines' }];
  if (users.length === 0) return [{ state: 'good', about, text: 'is there; no mail server was found on this machine' }];
  const closedTo = users.map((user) => ({
    user,
    closed: steps.find((step, i) => !may(user, step, i === steps.length - 1 ? WRITE : SEARCH)),
  }));
  // Of several mail servers on a machine one may be meant.
  const state = closedTo.every(({ closed }) => closed !== undefined) ? 'bad' : 'note';
  return closedTo.map(({ user, closed }) => {
    if (closed === undefined) return { state: 'good', about, text: `${user.name} can connect` };
    const isSocket = closed.path === path;
    const text = `${user.name} cannot connect: ${closed.path} has mode ${(closed.mode & 0o777).toString(8)}`;
    const mend = isSocket
      ? `listen ${protocol} unix:${path} mode=0660 group=${user.name}, or mode=0666`
      : `let others search ${closed.path} (chmod o+x), or listen in another folder, such as /run/ddgrey`;
    return { state, about, text, mend };
  });
}

function may({ uid, gids }: MailUser, step: PathStep, right: number): boolean {
  if (uid === 0) return true;
  const shift = uid === step.uid ? 6 : gids.includes(step.gid) ? 3 : 0;
  return ((step.mode >> shift) & right) !== 0;
}
