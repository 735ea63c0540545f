// The composition root: builds every part of the daemon in start order and says who knows whom. Parts are closed in
// reverse. Read this first; the files start-*.ts are its wings.
import { resolve } from 'node:path';
import type { Config } from './config/options.ts';
import { admit } from './engine/admit.ts';
import { type CheckParts, type CheckSettings, createAnswerCheck } from './engine/answer-check.ts';
import { explain, type ExplainParts } from './engine/explain.ts';
import { startMaintenance } from './engine/maintain.ts';
import { openManualList } from './engine/manual-list.ts';
import { createOverview } from './engine/overview.ts';
import type { Standings } from './engine/standings.ts';
import { ToldNames } from './engine/told-names.ts';
import { followPolicyFile, type PolicyFile, type PolicyFileParts } from './feeds/policy-file.ts';
import { InForce } from './in-force.ts';
import type { Clock } from './lib/clock.ts';
import { createCounters } from './lib/counters.ts';
import { lockFor } from './lib/directory-lock.ts';
import type { Log } from './lib/log.ts';
import { actAs, asRoot, becomeUser, identityFor } from './lib/privileges.ts';
import { VERSION } from './lib/version.ts';
import { shareReads } from './peers/shared-reads.ts';
import { MOST_LISTED } from './peers/sync-protocol.ts';
import type { Policy } from './policy/rules.ts';
import { startCentralServer } from './start-central-server.ts';
import { openFeeds } from './start-feeds.ts';
import { startListeners } from './start-listeners.ts';
import { startPeers } from './start-peers.ts';
import { startReputation } from './start-reputation.ts';
import { openStore } from './store/open-store.ts';

export interface DaemonStart {
  readonly config: Config;
  /** Relative paths of the configuration start here. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** What may be asked for over a socket, by who has the right to. */
  readonly commands: DaemonCommands;
}

export interface DaemonCommands {
  /** Reads configuration and policy again; rejects if one of them is broken. */
  readonly reload: () => Promise<void>;
  /** Ends the daemon, soon. */
  readonly stop: () => void;
}

export interface Daemon extends AsyncDisposable {
  /** Puts another configuration in force, as far as that goes without a restart. */
  configure(config: Config): void;
  /** Reads the policy file now, if it has changed; rejects while it is broken. */
  readPolicy(): Promise<void>;
}

/** What checks are answered with, and explained. */
type AnswerParts = CheckParts & Pick<ExplainParts, 'preview' | 'names'>;

/** Starts the daemon. Throws, with everything closed again, if a part can't start: the message is for an administrator. */
export async function startDaemon({ config, directory, clock, log, commands }: DaemonStart): Promise<Daemon> {
  await using parts = new AsyncDisposableStack();
  const identity = identityFor(config.user, config.group);
  const counters = createCounters();
  // Nobody asks who is trusted before that is known, below.
  const inForce = new InForce(config, (client) => trusted.has(client));

  actAs(identity);
  parts.use(lockFor(directory, config.database));
  const store = parts.use(await openStore({ path: resolve(directory, config.database), log, clock }));
  const manual = await openManualList(store, clock);

  const reputation = parts.use(await startReputation({ store, clock, log, counters, config: () => inForce.config }));
  const { standings, trusted, reports, resolver } = reputation;
  const feeds = await openFeeds({ ...reputation, config, directory, store, clock, log });

  const policyFile = parts.use(await policyFileOf(inForce, directory, { clock, log }));

  const settings = (): CheckSettings => inForce.check;
  const shared = { store, manual, resolver, clock, log, counters, settings };
  const peers = parts.use(startPeers({ ...reputation, attempts: shared, inForce, directory }));
  const checks: AnswerParts = {
    ...shared,
    ...clientsOf(standings, inForce, clock),
    server: parts.use(startCentralServer({ config, directory, clock, log, counters })).server,
    onAnswer: (check, verdict) => {
      feeds.onAnswer(check);
      peers.onAnswer(check, verdict);
    },
  };
  const answerCheck = createAnswerCheck(checks);
  const overview = createOverview({ ...shared, uptime: () => process.uptime(), version: VERSION, most: MOST_LISTED });
  parts.use(startMaintenance({ ...shared, settings: () => inForce.maintenance }));
  // Closed when the checks in hand have their answers, and before all that would wait for the DNS.
  parts.use(reputation.lookups);

  const listeners = (): Promise<AsyncDisposable> =>
    startListeners({
      answerCheck,
      explain: (check) => explain({ ...checks, lifetimes: () => inForce.maintenance.lifetimes }, check),
      admit: (check) => admit(checks, check),
      overview,
      ...shared,
      standings,
      acceptReport: feeds.acceptReport,
      onRefused: feeds.onAnswer,
      exchange: { ...peers, reports: shareReads(store, reports.news), news: reports.news },
      inForce,
      policyProblem: async () => policyFile?.problem(),
      commands,
      directory,
      identity,
    });
  parts.use(await asRoot(identity, listeners));
  becomeUser(identity);
  parts.use(feeds.follow());
  const running = parts.move();
  return {
    configure: (changed) => {
      inForce.configure(changed);
      reputation.refresh();
      peers.refresh();
    },
    readPolicy: async () => policyFile?.read(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** What is known of clients: their standings, none while `reputation` is switched off, and their names. */
function clientsOf(
  standings: Standings,
  inForce: InForce,
  clock: Clock,
): Pick<AnswerParts, 'standingOf' | 'preview' | 'names'> {
  return {
    names: new ToldNames(clock),
    standingOf: (client) => (inForce.config.reputation ? standings.of(client) : undefined),
    preview: async (client) => (inForce.config.reputation ? standings.preview(client) : undefined),
  };
}

/** The policy file, followed; undefined if the configuration names none. */
async function policyFileOf(
  inForce: InForce,
  directory: string,
  parts: Pick<PolicyFileParts, 'clock' | 'log'>,
): Promise<PolicyFile | undefined> {
  const file = inForce.config.policy;
  if (file === '') return undefined;
  const onPolicy = (policy: Policy): void => inForce.takePolicy(policy);
  return followPolicyFile({ path: resolve(directory, file), onPolicy, ...parts });
}
