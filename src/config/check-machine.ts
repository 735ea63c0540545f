// What the configuration names and this machine must have: users, groups, files, a name. Looked at when the daemon
// starts, and by --check-config; not while it runs, since asking for a user can take long.
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { causeOf } from '../lib/error-cause.ts';
import { isFingerprint } from '../lib/fingerprint.ts';
import { type Identity, identityFor, withRightsOf } from '../lib/privileges.ts';
import { inPlaceOfFile, isMissing, unreadable } from '../lib/read-problem.ts';
import { groupId, userId } from '../lib/system-users.ts';
import { sharedAddress } from './check-config.ts';
import { checkSockets } from './check-sockets.ts';
import { type Conflict, problemsAt, type SetLines } from './conflict.ts';
import { isPeering } from './listeners.ts';
import type { Problem } from './option-lines.ts';
import { isAnyMachine } from './option-types.ts';
import type { Config, OptionName } from './options.ts';

/** Something that an option names. */
interface Named {
  readonly option: OptionName;
  readonly kind: 'user' | 'group' | 'file';
  readonly name: string;
  /** As it stands in the line, where that is not the name alone. */
  readonly word?: string;
}

/**
 * What is missing, or out of reach of the daemon's user, each at the line that names it; and sockets of which only one can be
 * opened. Relative paths start at the directory. `host`: what this machine calls itself.
 */
export function checkMachine(
  config: Config,
  set: SetLines,
  directory: string,
  host: string = hostname(),
): readonly Problem[] {
  const identity = identityOf(config);
  const missing = [...users(config, set), ...files(config)].flatMap((named) => {
    const { option, name, word = name } = named;
    const message = named.kind === 'file' ? fileProblem(resolve(directory, name), identity) : nameProblem(named);
    return message === undefined ? [] : [{ options: [option], word, message: `${option}: ${message}` }];
  });
  const sockets = [...samePath(config, set, directory), ...checkSockets(config, set, directory)];
  return problemsAt([...missing, ...ownName(config, host), ...database(config, directory), ...sockets], set);
}

/** A name that other servers may have, too: a server of our own name is taken for ourselves, and is neither read nor heard. */
function ownName(config: Config, host: string): readonly Conflict[] {
  if (config.name !== '' || !isPeering(config) || !isAnyMachine(host)) return [];
  const message = `this machine calls itself ${host}; a server that does so, too, would be taken for this one: set name`;
  const options = ['listen', 'accept', 'accept_reader', 'accept_writer', 'server_read', 'peer'] as const;
  return [{ options, message, warning: true }];
}

/**
 * A database that can't be opened. If it is not there it will be made; if it is, it is the daemon's, and who runs
 * --check-config may not see it. The daemon's own directory may be made at its start, by systemd.
 */
function database({ database: name }: Config, directory: string): readonly Conflict[] {
  const path = resolve(directory, name);
  const above = dirname(path);
  const isNowhere = above !== resolve(directory) && isMissing(above);
  const problem = isNowhere ? 'its directory does not exist' : inPlaceOfFile(path);
  return problem === undefined ? [] : [{ options: ['database'], message: `database: cannot open ${path}: ${problem}` }];
}

/** Sockets that only the directory makes the same. */
function samePath(config: Config, set: SetLines, directory: string): readonly Conflict[] {
  return sharedAddress(config, set).length > 0 ? [] : sharedAddress(config, set, directory);
}

/** Whom the daemon would become; undefined where it stays who it is, or cannot become that user. */
function identityOf({ user, group }: Config): Identity | undefined {
  try {
    return reachable(identityFor(user, group));
  } catch {
    return undefined;
  }
}

/** The identity. Throws, in words for an administrator, if this process may not become that. */
function reachable(identity: Identity | undefined): Identity | undefined {
  return withRightsOf(identity, () => identity);
}

function users({ user, group, listen }: Config, set: SetLines): readonly Named[] {
  // Started by root, the daemon becomes the default user, too.
  const own: readonly Named[] =
    set.has('user') || process.geteuid?.() === 0 ? [{ option: 'user', kind: 'user', name: user }] : [];
  const groups = new Set(listen.flatMap((listener) => listener.group ?? []));
  return [
    ...own,
    ...(group === '' ? [] : [{ option: 'group', kind: 'group', name: group } as const]),
    ...[...groups].map((name) => ({ option: 'listen', kind: 'group', name, word: `group=${name}` }) as const),
  ];
}

function files({ policy, traps, peer_tls: tls, ...config }: Config): readonly Named[] {
  const file = (option: OptionName, name: string): readonly Named[] =>
    name === '' || isFingerprint(name) ? [] : [{ option, kind: 'file', name }];
  return [
    ...file('policy', policy),
    ...traps.flatMap((name) => file('traps', name)),
    ...(tls === 'none'
      ? []
      : [
          ...file('peer_certificate', config.peer_certificate),
          ...file('peer_key', config.peer_key),
          ...config.peer_ca.flatMap((name) => file('peer_ca', name)),
        ]),
  ];
}

/**
 * Why the daemon's user can't read a file. That is tried, and not worked out from the mode: there are access lists, too.
 * It is tried with the groups that the user always has: those of a systemd unit are not known here.
 */
function fileProblem(path: string, identity: Identity | undefined): string | undefined {
  const problem = withRightsOf(identity, () => unreadable(path));
  if (problem === undefined) return undefined;
  if (identity === undefined || unreadable(path) !== undefined) return `cannot read ${path}: ${problem}`;
  const { user } = identity;
  const right = `chmod, chgrp, or usermod -aG GROUP ${user} (SupplementaryGroups= of the unit does not count here)`;
  return `cannot read ${path} as user ${user} (option user): ${problem}; let that user read it: ${right}`;
}

/** What is wrong with the name of a user or group. */
function nameProblem({ kind, name }: Named): string | undefined {
  try {
    if (kind === 'group') groupId(name);
    else if (process.geteuid?.() === 0) reachable(identityFor(name, ''));
    else userId(name);
    return undefined;
  } catch (error) {
    return causeOf(error);
  }
}
