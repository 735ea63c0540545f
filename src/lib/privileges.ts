// Started as root, the daemon binds its sockets and then gives root up for good.
import { groupId, groupsOf, primaryGroup, userId } from './system-users.ts';

/** Whom the daemon becomes. */
export interface Identity {
  readonly user: string;
  readonly uid: number;
  readonly gid: number;
}

/** The identity of a user and a group (empty: the user's own), or undefined unless this process is root's. */
export function identityFor(user: string, group: string): Identity | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  return { user, uid: userId(user), gid: group === '' ? primaryGroup(user) : groupId(group) };
}

/** Does the work as that user, so that the files it makes are theirs; afterwards the process is root's again. */
export async function asUser<T>(identity: Identity | undefined, work: () => T | Promise<T>): Promise<T> {
  if (identity === undefined) return work();
  process.setegid?.(identity.gid);
  process.seteuid?.(identity.uid);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

/** Becomes that user for good, with that user's groups and no others. */
export function becomeUser(identity: Identity | undefined): void {
  if (identity === undefined) return;
  process.setgroups?.([...groupsOf(identity.user), identity.gid]);
  process.setgid?.(identity.gid);
  process.setuid?.(identity.uid);
}
