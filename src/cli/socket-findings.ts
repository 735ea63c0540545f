// Whether the daemon listens on its sockets, and the mail servers' users can reach them.
import { formatSocketAddress, type SocketAddress } from '../lib/socket-address.ts';
import type { Finding } from './doctor-finding.ts';
import { eximAsks, type MtaFile } from './mta-findings.ts';
import { closedStep, octal, type PathStep, type ProcessUser, WRITE } from './path-rights.ts';

/** A user that a mail server runs as. */
export interface MailUser extends ProcessUser {
  readonly name: string;
}

export interface SocketFacts {
  readonly protocol: string;
  readonly address: SocketAddress;
  /** Whether it is a default socket, which is served though perhaps nobody asks there. */
  readonly usual: boolean;
  /** Whether somebody takes connections there; `denied`: this user may not connect. */
  readonly listening: 'yes' | 'no' | 'denied';
  /** The way to a unix socket; empty if it is not there, or this user may not see it. */
  readonly steps: readonly PathStep[];
}

/**
 * The users whose mail servers ask on each socket, as Debian and others name them. Sendmail asks as root, who may do
 * everything.
 */
const ASKED_BY: ReadonlyMap<string, readonly string[]> = new Map([
  ['greylist', ['Debian-exim', 'exim']],
  ['policy', ['postfix']],
  ['milter', ['postfix']],
]);

/** All users of mail servers. */
export const MAIL_USERS: ReadonlySet<string> = new Set([...ASKED_BY.values()].flat());

/** What there is of mail servers on the machine. */
export interface MailServers {
  readonly users: readonly MailUser[];
  readonly files: readonly MtaFile[];
}

/** What is to be said about a socket; `mend` is what would make the daemon listen there. */
export function socketFindings(facts: SocketFacts, { users, files }: MailServers, mend: string): readonly Finding[] {
  const { protocol, address, listening, steps } = facts;
  // If an Exim asks, then on the default socket.
  const usual = facts.usual && !eximAsks(files);
  const about = `socket ${protocol} (${placeOf(address)})`;
  const isThere = steps.length > 0;
  if (listening === 'no')
    return [{ state: 'bad', about, text: isThere ? 'is there, but nobody listens' : 'nobody listens', mend }];
  if (listening === 'denied' && !isThere)
    return [{ state: 'note', about, text: 'is kept from this user', mend: 'run ddgrey doctor as root' }];
  if (address.kind !== 'unix') return [{ state: 'good', about, text: 'takes connections' }];
  const askedBy = ASKED_BY.get(protocol);
  if (askedBy === undefined) return [{ state: 'good', about, text: 'is there' }];
  const asking = users.filter(({ name }) => askedBy.includes(name));
  return rightsFindings({ about, protocol, path: address.path, steps, usual }, asking);
}

function placeOf(address: SocketAddress): string {
  if (address.kind === 'unix') return address.path;
  return address.host === '' ? `TCP port ${address.port}` : formatSocketAddress(address);
}

interface WayTo extends Pick<SocketFacts, 'protocol' | 'steps' | 'usual'> {
  readonly about: string;
  readonly path: string;
}

/** Whether each user may connect, which takes the right to write (unix(7)). */
function rightsFindings(
  { about, protocol, path, steps, usual }: WayTo,
  users: readonly MailUser[],
): readonly Finding[] {
  if (users.length === 0)
    return [{ state: 'good', about, text: 'is there; no mail server of this machine asks on it' }];
  const closedTo = users.map((user) => ({ user, closed: closedStep(user, steps, WRITE) }));
  // A machine may have several mail servers, of which one is meant, or users of some that are gone: only if none can connect.
  const state = !usual && closedTo.every(({ closed }) => closed !== undefined) ? 'bad' : 'note';
  return closedTo.map(({ user, closed }) => {
    if (closed === undefined) return { state: 'good', about, text: `${user.name} can connect` };
    const isSocket = closed.path === path;
    const text = `${user.name} cannot connect: ${closed.path} has mode ${octal(closed)}`;
    const mend = isSocket
      ? `listen ${protocol} unix:${path} mode=0660 group=${user.name}, with SupplementaryGroups=${user.name} in the unit; or mode=0666`
      : `let others search ${closed.path} (chmod o+x), or listen in another folder, such as /run/ddgrey`;
    return { state, about, text, mend };
  });
}
