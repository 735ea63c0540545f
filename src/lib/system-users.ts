// Users and groups of the system, asked through its own tools so that every source it knows (LDAP too) counts.
import { execFileSync } from 'node:child_process';

/** The id of a user's own group. Throws, in words for an administrator, if there is no such user. */
export function primaryGroup(user: string): number {
  return Number(ask('id', ['-g', '--', user], `there is no user ${user}`));
}

/** The ids of all groups that a user is in. Throws, in words for an administrator, if there is no such user. */
export function groupsOf(user: string): readonly number[] {
  return ask('id', ['-G', '--', user], `there is no user ${user}`).trim().split(' ').map(Number);
}

/** The id of a group. Throws, in words for an administrator, if there is no such group. */
export function groupId(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  return Number(ask('getent', ['group', group], `there is no group ${group}`).split(':')[2]);
}

/** The name of a group, or its number where it has none. */
export function groupName(gid: number): string {
  try {
    return ask('getent', ['group', String(gid)], '').replace(/:.*/s, '');
  } catch {
    return String(gid);
  }
}

/** The id of a user. Throws, in words for an administrator, if there is no such user. */
export function userId(user: string): number {
  return Number(ask('id', ['-u', '--', user], `there is no user ${user}`));
}

function ask(program: string, words: readonly string[], unknown: string): string {
  try {
    return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    throw new Error(unknown, { cause: error });
  }
}
