// ddgrey doctor: looks at everything that mail depends on, and says in plain words what is wrong and how to mend it.
import { checkMachine } from '../config/check-machine.ts';
import type { Listener } from '../config/listener-type.ts';
import { isPeering, socketsOf } from '../config/listeners.ts';
import { type ReadableConfig, readableConfig } from '../config/load-config.ts';
import type { Location } from '../config/locate-config.ts';
import type { Config } from '../config/options.ts';
import { seconds, systemClock } from '../lib/clock.ts';
import { causeOf } from '../lib/error-cause.ts';
import { parseSocketAddress } from '../lib/socket-address.ts';
import { VERSION } from '../lib/version.ts';
import type { GoesBy, PeerState } from '../peers/sync-protocol.ts';
import type { Explanation } from '../policy/explanation.ts';
import type { Statistics } from '../policy/statistics.ts';
import type { Verdict } from '../policy/verdict.ts';
import { askDaemon, itemOf, itemsOf, Refusal, Unreachable } from './ask-daemon.ts';
import { certificateFindings } from './certificate-findings.ts';
import { centralFindings } from './central-findings.ts';
import type { Command } from './command.ts';
import { configFindings, unreadableConfig } from './config-findings.ts';
import {
  attemptFindings,
  clockFindings,
  failedFindings,
  failingDaemonFinding,
  listFindings,
  lookupFindings,
  PLAYED,
  silentDaemonFinding,
  unchangedFinding,
  versionFinding,
} from './daemon-findings.ts';
import { directoryFinding } from './directory-findings.ts';
import { type Finding, formatFindings } from './doctor-finding.ts';
import { fileFindings } from './file-findings.ts';
import { howToRun } from './how-to-run.ts';
import { inForceFindings } from './in-force-findings.ts';
import { installed } from './installed.ts';
import { logFindings } from './log-findings.ts';
import {
  closedDirectories,
  configFacts,
  databaseSpace,
  followedLogs,
  mailUsers,
  mtaFiles,
  namedFiles,
  ownCertificates,
  programsChanged,
  runningProcess,
  standsForDaemon,
} from './look-at-machine.ts';
import { centralServers, isThisMachine, lookAtSockets } from './look-at-sockets.ts';
import { mtaFindings } from './mta-findings.ts';
import { nameFindings, peerFindings } from './peer-findings.ts';
import { reloadFindings } from './reload-findings.ts';
import { socketFindings } from './socket-findings.ts';
import { spaceFindings } from './space-findings.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  arguments: '',
  about: 'look at everything that mail depends on, and say what is wrong and how to mend it',
  least: 0,
  most: 0,
  tellsMistakes: true,
  run: async ({ location, json }) => {
    const findings = await examine(location);
    const text = json ? `${JSON.stringify(findings, undefined, 2)}\n` : formatFindings(findings);
    return { text, exitCode: findings.some(({ state }) => state === 'bad') ? 1 : 0 };
  },
};

async function examine(location: Location): Promise<readonly Finding[]> {
  const { configFile } = location;
  let read: ReadableConfig;
  try {
    read = readableConfig(configFile);
  } catch (error) {
    return [unreadableConfig(causeOf(error), configFile, installed('conf/ddgrey.conf'))];
  }
  const how = howToRun(location);
  const servers = { users: mailUsers(), files: mtaFiles() };
  const { findings, running, policyProblem, port } = await lookAtDaemon(location, read);
  const own = socketsOn(port, read.config, location);
  const toListen = running ? `restart it: ${how.restart}` : `start it: ${how.start}`;
  const sockets = await lookAtSockets(own, location);
  const start = running ? undefined : readForStart(location);
  return [
    ...configFindings(start ?? read, configFile, how.check),
    ...reloadFindings(configFacts(location)),
    ...findings,
    ...(await centralServers(read.config, location)).flatMap(centralFindings),
    ...ownCertificates(read.config, location).flatMap((own) =>
      certificateFindings(own, seconds(systemClock), how.reload),
    ),
    ...(start === undefined ? [] : closedDirectories(start.config, location).map(directoryFinding)),
    ...databaseSpace(read.config, location).flatMap(spaceFindings),
    ...namedFiles(read.config, location)
      // What a start cannot read is a mistake of the configuration already.
      .filter(({ content }) => start === undefined || 'text' in content)
      .flatMap((file) => fileFindings(file, policyProblem)),
    ...followedLogs(read.config, location.directory).flatMap((log) => logFindings(log, how.restart)),
    ...sockets.flatMap((socket) => socketFindings(socket, servers, toListen)),
    ...servers.files.flatMap((file) => mtaFindings(file, own)),
  ];
}

/** With what would keep a daemon from starting. Undefined for somebody else than root and its user, who cannot tell. */
function readForStart({ configFile, directory }: Location): ReadableConfig | undefined {
  if (!standsForDaemon(directory)) return undefined;
  return readableConfig(configFile, (config, set) => checkMachine(config, set, directory));
}

/** The sockets of the configuration. Where no line names the port of other servers, only the daemon knows it: `port`. */
function socketsOn(port: number | undefined, config: Config, { directory }: Location): readonly Listener[] {
  const known = config.port === 0 ? port : config.port;
  if (known !== undefined) return socketsOf({ ...config, port: known }, directory);
  return socketsOf(config, directory).filter(({ address }) => address.kind === 'unix' || address.host !== '');
}

const ATTEMPT = `${PLAYED.client} ${PLAYED.mailboxes}`;

interface DaemonLook {
  readonly findings: readonly Finding[];
  /** Whether there is a daemon, even if it does not answer us. */
  readonly running: boolean;
  /** As GoesBy has them. */
  readonly policyProblem?: string | undefined;
  readonly port?: number;
}

async function lookAtDaemon(location: Location, read: ReadableConfig): Promise<DaemonLook> {
  try {
    return await askTheDaemon(location, read);
  } catch (error) {
    if (error instanceof Refusal) return { findings: [failingDaemonFinding(error.message)], running: true };
    const process = runningProcess(location.directory);
    const denied = error instanceof Unreachable && error.denied;
    return {
      findings: [silentDaemonFinding(causeOf(error), { process, denied }, howToRun(location))],
      running: denied || process !== undefined,
    };
  }
}

async function askTheDaemon(location: Location, { config, errors }: ReadableConfig): Promise<DaemonLook> {
  const { version, uptime, counters } = itemOf<Statistics>(await askDaemon(location, 'stats'));
  const goesBy = itemOf<GoesBy>(await askDaemon(location, 'config'));
  const { now, lookups } = itemOf<Explanation>(await askDaemon(location, `explain ${ATTEMPT}`));
  const ours = seconds(systemClock);
  const running = { version, since: ours - uptime };
  const how = howToRun(location);
  const findings: readonly Finding[] = [
    versionFinding(running, { version: VERSION, since: programsChanged(ours) }, how),
    // Not if there are mistakes: which values those lines were to set is not known.
    ...(errors.length === 0 ? inForceFindings(config, goesBy, how) : []),
    ...clockFindings(now, ours, how),
    ...lookupFindings(lookups),
    ...listFindings(counters),
    ...failedFindings(counters),
    ...(isShared(config) ? [NOT_PLAYED] : await playAttempt(location)),
    ...(isPeering(config) ? await lookAtPeers(location) : []),
  ];
  return { findings, running: true, policyProblem: goesBy.policyProblem, port: goesBy.port };
}

/** Whether another server would remember what is played. */
function isShared(config: Config): boolean {
  return isPeering(config) || config.GREY_MODE === 'CLIENT';
}

const NOT_PLAYED: Finding = {
  state: 'good',
  about: 'a first attempt, and a retry at once',
  text: 'not played, since other servers would hear of it',
};

async function lookAtPeers(location: Location): Promise<readonly Finding[]> {
  const peers = itemsOf<PeerState>(await askDaemon(location, 'peers'));
  const findings = peers.map(async (peer) => {
    const address = parseSocketAddress(peer.peer);
    const isHere = peer.state === 'ourselves' && address?.kind === 'tcp' && (await isThisMachine(address.host));
    return peerFindings(peer, isHere);
  });
  return [...(await Promise.all(findings)).flat(), ...nameFindings(peers)];
}

/** Plays a first attempt. What that leaves is forgotten again, which also tells whether the database takes changes. */
async function playAttempt(location: Location): Promise<readonly Finding[]> {
  let findings: readonly Finding[];
  let problem: string | undefined;
  try {
    findings = await askTwice(location);
  } finally {
    problem = await askDaemon(location, `forget ${PLAYED.client}`).then(() => undefined, causeOf);
  }
  // If something is bad already, it has the same cause.
  if (problem === undefined || findings.some(({ state }) => state === 'bad')) return findings;
  return [...findings, unchangedFinding(problem)];
}

async function askTwice(location: Location): Promise<readonly Finding[]> {
  const first = itemOf<Verdict>(await askDaemon(location, `verdict ${ATTEMPT}`));
  const second = itemOf<Verdict>(await askDaemon(location, `verdict ${ATTEMPT}`));
  return attemptFindings(first, second, howToRun(location));
}
