// Started as root, the daemon binds its sockets and then gives root up for good.
import { isDeepStrictEqual } from 'node:util';
import { causeOf } from './error-cause.ts';
import { groupId, groupsOf, primaryGroup, userId } from './system-users.ts';

/** Whom the daemon becomes. */
export interface Identity {
  readonly user: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The identity of a user and a group (empty: the user's own), or undefined where there is nothing to become: this process
 * is not root's, or is to stay root's.
 */
export function identityFor(user: string, group: string): Identity | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const identity = { user, uid: userId(user), gid: group === '' ? primaryGroup(user) : groupId(group) };
  return identity.uid === 0 && identity.gid === process.getegid?.() ? undefined : identity;
}

/**
 * From here on this process acts as that user, with that user's groups and no others: files it makes are theirs, and what
 * they may not read fails now and not after the next restart. Root can still be had back (asRoot). Throws, in words for an
 * administrator, where root may not do that.
 */
export function actAs(identity: Identity | undefined): void {
  if (identity === undefined) return;
  const groups = [...new Set([...groupsOf(identity.user), identity.gid])];
  try {
    process.setgroups?.(groups);
    process.setegid?.(identity.gid);
    process.seteuid?.(identity.uid);
  } catch (error) {
    const advice = 'start ddgreyd as that user, or allow it (in a container: the capabilities SETUID and SETGID)';
    throw new Error(`root may not become the user ${identity.user} here: ${causeOf(error)}; ${advice}`, {
      cause: error,
    });
  }
}

/** Does the work with that user's rights. The work is not asynchronous, so nothing else is done with them. */
export function withRightsOf<T>(identity: Identity | undefined, work: () => T): T {
  if (identity === undefined) return work();
  const [groups, gid] = [process.getgroups?.() ?? [], process.getegid?.() ?? 0];
  try {
    actAs(identity);
    return work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(gid);
    // Where this may not be done, it was not done.
    if (!isDeepStrictEqual(process.getgroups?.() ?? [], groups)) process.setgroups?.(groups);
  }
}

/** Does the work as root again, where the process was started as root. */
export async function asRoot<T>(identity: Identity | undefined, work: () => Promise<T>): Promise<T> {
  if (identity === undefined) return work();
  process.seteuid?.(0);
  try {
    return await work();
  } finally {
    process.seteuid?.(identity.uid);
  }
}

/** Gives root up for good. */
export function becomeUser(identity: Identity | undefined): void {
  if (identity === undefined) return;
  process.seteuid?.(0);
  process.setgid?.(identity.gid);
  process.setuid?.(identity.uid);
}
