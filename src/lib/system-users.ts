// Users and groups of the system, asked through its own tools so that every source it knows (LDAP too) counts.
import { spawnSync } from 'node:child_process';
import { shellWord } from './shell-word.ts';

const noUser = (user: string): string =>
  `there is no user ${user}; name another, or make it: useradd --system ${shellWord(user)}`;

/** The id of a user's own group. Throws, in words for an administrator, if there is no such user. */
export function primaryGroup(user: string): number {
  return Number(ask('id', ['-g', '--', user], noUser(user)));
}

/** The ids of all groups that a user is in. Throws, in words for an administrator, if there is no such user. */
export function groupsOf(user: string): readonly number[] {
  return ask('id', ['-G', '--', user], noUser(user)).trim().split(' ').map(Number);
}

/** The id of a group. Throws, in words for an administrator, if there is no such group. */
export function groupId(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const unknown = `there is no group ${group}; name another, or make it: groupadd --system ${shellWord(group)}`;
  return Number(ask('getent', ['group', group], unknown).split(':')[2]);
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
  return Number(ask('id', ['-u', '--', user], noUser(user)));
}

/** What the program says; `unknown` is the error where it ends by itself, and finds nothing. */
function ask(program: string, words: readonly string[], unknown: string): string {
  const { error, status, signal, stdout } = spawnSync(program, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (status === 0) return stdout;
  if (status !== null) throw new Error(unknown);
  // No such program, perhaps; or Ctrl-C, which ends it together with us.
  throw new Error(`cannot run ${[program, ...words].join(' ')}: ${error?.message ?? `ended by ${signal}`}`);
}
