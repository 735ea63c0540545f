// What `ddgrey doctor` looks at on this machine: sockets, the users of mail servers, their configurations, files.
import { lookup } from 'node:dns/promises';
import { readFileSync, statfsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import type { Location } from '../config/locate-config.ts';
import { isUsual } from '../config/listeners.ts';
import type { Config } from '../config/options.ts';
import { causeOf, errorCode } from '../lib/error-cause.ts';
import { isOwnAddress } from '../lib/own-address.ts';
import { readProblem, readText } from '../lib/read-problem.ts';
import { absoluteAddress, formatSocketAddress, type SocketAddress } from '../lib/socket-address.ts';
import { groupName, groupsOf, userId } from '../lib/system-users.ts';
import type { CentralFacts } from './central-findings.ts';
import type { NamedFile } from './file-findings.ts';
import type { OwnSocket } from './listens-there.ts';
import type { LogFacts } from './log-findings.ts';
import type { MtaFile } from './mta-findings.ts';
import type { PathStep, ProcessUser } from './path-rights.ts';
import type { ConfigFile } from './reload-findings.ts';
import { MAIL_USERS, type MailUser, type SocketFacts } from './socket-findings.ts';
import type { SpaceFacts } from './space-findings.ts';

/** The sockets on which others than the command line ask. Port 0 is another one each time, and can't be looked for. */
export function lookAtSockets(own: readonly OwnSocket[], { directory }: Location): Promise<readonly SocketFacts[]> {
  const sockets = own.filter(
    ({ protocol, address }) => protocol !== 'sync' && (address.kind === 'unix' || address.port !== 0),
  );
  return Promise.all(
    sockets.map(async ({ protocol, address }) => ({
      protocol,
      address,
      listening: (protocol === 'peer' ? isPortOpen(address) : undefined) ?? (await isListening(address)),
      steps: address.kind === 'unix' ? stepsIfThere(address.path) : [],
      usual: isUsual({ protocol, address }, directory),
    })),
  );
}

/** Milliseconds after which a connection on this machine is none. */
const PATIENCE = 3000;
const LONGEST_GREETING = 200;

/** Whether somebody takes a connection there. */
function isListening(address: SocketAddress): Promise<SocketFacts['listening']> {
  const { promise, resolve: answer } = Promise.withResolvers<SocketFacts['listening']>();
  const socket = connect(address);
  socket.setTimeout(PATIENCE, () => answer('no'));
  socket.on('connect', () => answer('yes'));
  socket.on('error', (error) => answer(errorCode(error) === 'EACCES' ? 'denied' : 'no'));
  return promise.finally(() => socket.destroy());
}

/**
 * Whether somebody listens on the port, by Linux's /proc; undefined: that can't be told. To the port for other servers this
 * machine has no right, so that a connection would leave a line of trouble in the daemon's log.
 */
function isPortOpen(address: SocketAddress): SocketFacts['listening'] | undefined {
  if (address.kind === 'unix') return undefined;
  const port = address.port.toString(16).toUpperCase().padStart(4, '0');
  // Its local and remote address, and 0A: LISTEN (proc(5)).
  const listens = new RegExp(`^ *\\d+: [\\dA-F]+:${port} [\\dA-F]+:0000 0A `, 'm');
  try {
    return ['tcp', 'tcp6'].some((table) => listens.test(readFileSync(`/proc/net/${table}`, 'utf8'))) ? 'yes' : 'no';
  } catch {
    return undefined;
  }
}

/** The server of client mode, asked from here: the daemon finds out only when something is new to it. */
export async function centralServers(
  { GREY_MODE: mode, GREY_SOCKET: socket }: Config,
  { directory }: Location,
): Promise<readonly CentralFacts[]> {
  if (mode !== 'CLIENT') return [];
  const address = absoluteAddress(socket, directory);
  return [{ address: formatSocketAddress(address), greeting: await greetingAt(address) }];
}

/** What the server at the address says first to whoever connects. */
async function greetingAt(address: SocketAddress): Promise<CentralFacts['greeting']> {
  const socket = connect(address).setEncoding('utf8');
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error('no word')));
  let said = '';
  try {
    for await (const chunk of socket) {
      said += chunk;
      if (said.includes('\n') || said.length > LONGEST_GREETING) break;
    }
  } catch (error) {
    return { problem: causeOf(error) };
  } finally {
    socket.destroy();
  }
  return said === '' ? { problem: 'closed without a word' } : { line: said.replace(/\r?\n.*/s, '') };
}

function stepsIfThere(path: string): readonly PathStep[] {
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
    return [{ path, way: { problem: readProblem(error), denied: errorCode(error) === 'EACCES' }, daemon, groupName }];
  }
}

/** The configuration file, which can be read by us. */
export function configFacts({ configFile: path, directory }: Location): ConfigFile {
  return { path, steps: stepsIfThere(path), daemon: userOf(runningProcess(directory)) };
}

/** By Linux's /proc: the groups of a unit stand nowhere else. */
function userOf(pid: number | undefined): ProcessUser | undefined {
  if (pid === undefined) return undefined;
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    // Of the four ids the second is that in force.
    const ids = (name: string): number[] =>
      (new RegExp(`^${name}:(.*)$`, 'm').exec(status)?.[1] ?? '').trim().split(/\s+/).filter(Boolean).map(Number);
    const [uid, gid] = [ids('Uid')[1], ids('Gid')[1]];
    return uid === undefined || gid === undefined ? undefined : { uid, gids: [gid, ...ids('Groups')] };
  } catch {
    return undefined;
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

/** Whether the name or address is one of this machine. */
export async function isThisMachine(host: string): Promise<boolean> {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.some(({ address }) => isOwnAddress(address));
}

/** The process that runs on the directory, by its pid file; undefined: none does. */
export function runningProcess(directory: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(directory, 'ddgreyd.pid'), 'utf8'));
    return isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    // Somebody else's.
    return errorCode(error) === 'EPERM';
  }
}

/** The files besides the configuration that an administrator writes. */
export function namedFiles({ policy, traps }: Config, { directory }: Location): readonly NamedFile[] {
  const read = (option: NamedFile['option'], file: string): NamedFile => {
    const path = resolve(directory, file);
    try {
      return { option, path, content: { text: readText(path) } };
    } catch (error) {
      return { option, path, content: { problem: readProblem(error), denied: errorCode(error) === 'EACCES' } };
    }
  };
  return [...(policy === '' ? [] : [read('policy', policy)]), ...traps.map((file) => read('traps', file))];
}

/** Those that mail servers of this machine run as. */
export function mailUsers(): readonly MailUser[] {
  return [...MAIL_USERS].flatMap((name) => {
    try {
      return [{ name, uid: userId(name), gids: groupsOf(name) }];
    } catch {
      return [];
    }
  });
}

/** Where distributions keep them; the first that can be read of each counts. */
const MTA_FILES: readonly (readonly [mta: MtaFile['mta'], ...paths: string[]])[] = [
  ['Exim', '/var/lib/exim4/config.autogenerated', '/etc/exim4/exim4.conf', '/etc/exim/exim.conf'],
  ['Postfix', '/etc/postfix/main.cf'],
  ['Sendmail', '/etc/mail/sendmail.mc', '/etc/mail/sendmail.cf'],
];

/** The configurations of mail servers. */
export function mtaFiles(): readonly MtaFile[] {
  return MTA_FILES.flatMap(([mta, ...paths]) => {
    for (const path of paths) {
      try {
        return [{ mta, path, text: readFileSync(path, 'utf8') }];
      } catch {
        // Not this one: not installed, or not ours to read.
      }
    }
    return [];
  });
}
