// What `ddgrey doctor` looks at on this machine: files, the daemon's process, the users of mail servers.
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Location, SYSTEM } from '../config/locate-config.ts';
import type { Config } from '../config/options.ts';
import { isHeld } from '../lib/directory-lock.ts';
import { errorCode } from '../lib/error-cause.ts';
import { isFingerprint } from '../lib/fingerprint.ts';
import { identityFor, withRightsOf } from '../lib/privileges.ts';
import { readProblem, readText } from '../lib/read-problem.ts';
import { groupName, groupsOf, userId } from '../lib/system-users.ts';
import type { Seconds } from '../policy/check.ts';
import type { CertificateFacts } from './certificate-findings.ts';
import type { ClosedDirectory } from './directory-findings.ts';
import type { NamedFile } from './file-findings.ts';
import { installed } from './installed.ts';
import type { LogFacts } from './log-findings.ts';
import type { MtaFile } from './mta-findings.ts';
import type { PathStep, ProcessUser } from './path-rights.ts';
import type { ConfigFile } from './reload-findings.ts';
import { MAIL_USERS, type MailUser } from './socket-findings.ts';
import type { SpaceFacts } from './space-findings.ts';

/** The way to a file or socket; empty if it is not there, or this user may not see it. */
export function stepsIfThere(path: string): readonly PathStep[] {
  try {
    return stepsTo(path);
  } catch {
    return [];
  }
}

function stepsTo(path: string): readonly PathStep[] {
  const paths = [path];
  for (let above = dirname(path); above !== paths[0]; above = dirname(above)) paths.unshift(above);
  return paths.map((step) => {
    const { mode, uid, gid } = statSync(step);
    return { path: step, mode, uid, gid };
  });
}

/** The logs that the daemon of the directory is to follow. */
export function followedLogs({ service, exim4_mainlog }: Config, directory: string): readonly LogFacts[] {
  if (!service.includes('exim4')) return [];
  const path = resolve(directory, exim4_mainlog);
  const daemon = userOf(runningProcess(directory));
  try {
    return [{ path, way: { steps: stepsTo(path) }, daemon, groupName }];
  } catch (error) {
    return [{ path, way: refused(error), daemon, groupName }];
  }
}

function refused(error: unknown): { readonly problem: string; readonly denied: boolean } {
  return { problem: readProblem(error), denied: errorCode(error) === 'EACCES' };
}

/** The configuration file, which can be read by us. */
export function configFacts({ configFile: path, directory }: Location): ConfigFile {
  return { path, steps: stepsIfThere(path), daemon: userOf(runningProcess(directory)) };
}

/** Whom a process runs as, by Linux's /proc: the groups that a systemd unit gives it stand nowhere else. */
function userOf(pid: number | undefined): ProcessUser | undefined {
  try {
    return userByStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // There is no process of that number, or no /proc.
    return undefined;
  }
}

/** The user that /proc/PID/status (proc(5)) names. */
export function userByStatus(status: string): ProcessUser | undefined {
  const ids = (name: string): readonly number[] =>
    (new RegExp(`^${name}:(.*)$`, 'm').exec(status)?.[1]?.match(/\d+/g) ?? []).map(Number);
  // The second of the four ids is the one in force.
  const [[, uid], [, gid]] = [ids('Uid'), ids('Gid')];
  return uid === undefined || gid === undefined ? undefined : { uid, gids: [gid, ...ids('Groups')] };
}

/**
 * Our own certificate, where servers show theirs; nothing where it can't be read, which other findings tell, and where
 * servers know each other by fingerprints, which count for ever.
 */
export function ownCertificates(
  { peer_tls: tls, peer_certificate: file, peer_ca: trusted }: Config,
  { directory }: Location,
): readonly CertificateFacts[] {
  if (tls === 'none' || trusted.every(isFingerprint)) return [];
  const path = resolve(directory, file);
  try {
    return [{ path, until: new X509Certificate(readText(path)).validToDate.getTime() / 1000 }];
  } catch {
    return [];
  }
}

/** The room where the database is; nothing while there is no such directory. */
export function databaseSpace({ database }: Config, { directory: start }: Location): readonly SpaceFacts[] {
  const directory = dirname(resolve(start, database));
  try {
    const { bavail, bsize } = statfsSync(directory);
    return [{ directory, free: bavail * bsize }];
  } catch {
    return [];
  }
}

/** The process that runs on the directory, by its pid file; undefined: none does. */
export function runningProcess(directory: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(directory, 'ddgreyd.pid'), 'utf8'));
    // After a crash or a restart of the machine that may be the number of any process.
    return isAlive(pid) && isHeld(directory) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    // The process is another user's.
    return errorCode(error) === 'EPERM';
  }
}

/** Whether we are root, who can look with the eyes of the daemon's user, or that user, to whom its directory belongs. */
export function standsForDaemon(directory: string): boolean {
  const ours = process.geteuid?.();
  return ours === 0 || stepsIfThere(directory).at(-1)?.uid === ours;
}

/**
 * The directory of a daemon that does not run, if its user can't make files there. That is tried: there are access lists,
 * too. The system's directory is made by systemd, which gives it to the daemon's user.
 */
export function closedDirectories({ user, group }: Config, { directory }: Location): readonly ClosedDirectory[] {
  if (directory === SYSTEM.directory) return [];
  let who: string | undefined;
  try {
    const identity = identityFor(user, group);
    who = identity?.user;
    withRightsOf(identity, () => rmdirSync(mkdtempSync(join(directory, '.doctor-'))));
    return [];
  } catch (error) {
    const code = errorCode(error);
    // Anything else has findings of its own: a full disk, or a user that there is not.
    if (code !== 'EACCES' && code !== 'ENOENT') return [];
    return [{ directory, isThere: code === 'EACCES', user: who }];
  }
}

/**
 * When a file that the programs are made of was last changed; -Infinity: that can't be told. A time that is still to come,
 * as a copy or a wrong clock leaves it, says nothing.
 */
export function programsChanged(now: Seconds, folder: string = installed('src')): Seconds {
  const times = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(?<!\.test)\.ts$/.test(path))
    .map((path) => statSync(join(folder, path)).mtimeMs / 1000);
  return Math.max(...times.filter((time) => time <= now));
}

/** The files besides the configuration that an administrator writes. */
export function namedFiles({ policy, traps }: Config, { directory }: Location): readonly NamedFile[] {
  const read = (option: NamedFile['option'], file: string): NamedFile => {
    const path = resolve(directory, file);
    try {
      return { option, path, content: { text: readText(path) } };
    } catch (error) {
      return { option, path, content: refused(error) };
    }
  };
  return [...(policy === '' ? [] : [read('policy', policy)]), ...traps.map((file) => read('traps', file))];
}

/** The users that mail servers of this machine run as. */
export function mailUsers(names: Iterable<string> = MAIL_USERS): readonly MailUser[] {
  return [...names].flatMap((name) => {
    try {
      return [{ name, uid: userId(name), gids: groupsOf(name) }];
    } catch {
      return [];
    }
  });
}

/** Where distributions keep the configurations of mail servers; of each server the first that can be read counts. */
const MTA_FILES: readonly (readonly [mta: MtaFile['mta'], ...paths: string[]])[] = [
  ['Exim', '/var/lib/exim4/config.autogenerated', '/etc/exim4/exim4.conf', '/etc/exim/exim.conf'],
  ['Postfix', '/etc/postfix/main.cf'],
  ['Sendmail', '/etc/mail/sendmail.mc', '/etc/mail/sendmail.cf'],
];

/** The configurations of mail servers. */
export function mtaFiles(root = '/'): readonly MtaFile[] {
  return MTA_FILES.flatMap(([mta, ...paths]) => {
    for (const path of paths.map((one) => join(root, one))) {
      try {
        return [{ mta, path, text: readFileSync(path, 'utf8') }];
      } catch {
        // The next path: this file is not there, or not ours to read.
      }
    }
    return [];
  });
}
