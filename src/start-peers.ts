// The other servers that reports are exchanged with: who may connect, what is done about reports that come from them, and what
// they are told. Whom we read from: start-sources.ts.
import { resolve } from 'node:path';
import { isPeering } from './config/listeners.ts';
import type { Config } from './config/options.ts';
import { hostsFile } from './dns/hosts-file.ts';
import type { Resolver } from './dns/resolver.ts';
import { type AcceptPeerReport, createAcceptPeerReport } from './engine/accept-peer-report.ts';
import { type AcceptReport, acceptInBackground } from './engine/accept-report.ts';
import type { CheckParts } from './engine/answer-check.ts';
import { HostSet, type HostSettings, startHostLookups } from './engine/host-set.ts';
import { keepReport, type ReportParts } from './engine/keep-report.ts';
import type { InForce } from './in-force.ts';
import { seconds } from './lib/clock.ts';
import { causeOf } from './lib/error-cause.ts';
import { isFingerprint } from './lib/fingerprint.ts';
import { knownFields } from './lib/known-fields.ts';
import type { Log } from './lib/log.ts';
import { madeFrom } from './lib/made-from.ts';
import { createPeerAccess, type PeerAccess } from './peers/peer-access.ts';
import { PeerEvents } from './peers/peer-events.ts';
import { PeerList } from './peers/peer-list.ts';
import { type PeerTls, readPeerTls } from './peers/peer-tls.ts';
import { type Check, reportedSender } from './policy/check.ts';
import { identityDomain } from './policy/identity.ts';
import { entryReport, type SharedEntry } from './policy/shared-entry.ts';
import type { Verdict } from './policy/verdict.ts';
import { hostSettings, readerSettings, serverName, writerSettings } from './settings.ts';
import { startSources } from './start-sources.ts';

export interface PeersStart {
  readonly reports: ReportParts;
  readonly acceptReport: AcceptReport;
  readonly attempts: Pick<CheckParts, 'store' | 'clock' | 'manual' | 'settings'>;
  readonly resolver: Resolver;
  readonly inForce: InForce;
  /** Relative paths start here. */
  readonly directory: string;
}

export interface Peers extends AsyncDisposable {
  readonly tls: PeerTls | undefined;
  readonly access: PeerAccess;
  readonly peers: PeerList;
  readonly acceptPeerReport: AcceptPeerReport;
  /** Tells peers of a first attempt, so that the retry may come to them. */
  readonly onAnswer: (check: Check, verdict: Verdict) => void;
  readonly share: (shared: SharedEntry) => Promise<void>;
  /** Takes over a changed configuration, and certificates that were renewed. */
  refresh(): void;
}

/** Starts the exchange with other servers. Throws, in words for an administrator, if the certificates can't be used. */
export function startPeers(start: PeersStart): Peers {
  const { inForce, reports } = start;
  const { store, clock, log, counters } = reports;
  const tls = tlsOf(inForce.config, start.directory);
  const running = new AsyncDisposableStack();
  const sets: HostSet[] = [];
  const known = hostsFile(clock);
  const hosts = (settings: () => HostSettings): HostSet => {
    const set = new HostSet({ resolver: start.resolver, log, known, settings });
    sets.push(set);
    running.use(startHostLookups(set, log));
    return set;
  };
  const events = new PeerEvents(
    inForce.config.peer_events.map(({ host, events: names }) => ({
      hosts: hosts(() => hostSettings([host])),
      name: host.kind === 'name' ? host.name : undefined,
      events: new Set(names),
    })),
  );
  const access = createPeerAccess({
    readers: hosts(() => readerSettings(inForce.config)),
    writers: hosts(() => writerSettings(inForce.config)),
    events,
    rate: () => inForce.config.peer_rate,
  });
  const peers = new PeerList({ clock, log, counters, newest: () => store.reportIdBefore(Number.POSITIVE_INFINITY) });
  const acceptPeerReport = acceptFor(start);
  running.use(startSources({ inForce, store, counters, peers, events, accept: acceptPeerReport, tls, log }));
  return {
    tls,
    access,
    peers,
    acceptPeerReport,
    onAnswer: attemptTeller(start),
    share: async (shared) => {
      if (!isPeering(inForce.config)) return;
      await keepReport(reports, { ...entryReport(shared), origin: serverName(inForce.config), originId: 0 });
    },
    refresh: () => {
      for (const set of sets) set.refresh();
      renew(tls, log);
      // Wakes readers that wait for reports: those that may not read any more are to go now.
      reports.news.tell();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** TLS as the configuration has it; undefined: none. Throws, in words for an administrator, if the files can't be used. */
export function tlsOf(config: Config, directory: string): PeerTls | undefined {
  const absolute = (path: string): string => (path === '' || isFingerprint(path) ? path : resolve(directory, path));
  return readPeerTls({
    mode: config.peer_tls,
    certificate: absolute(config.peer_certificate),
    key: absolute(config.peer_key),
    trusted: config.peer_ca.map(absolute),
  });
}

function renew(tls: PeerTls | undefined, log: Log): void {
  try {
    tls?.renew();
  } catch (error) {
    log.event(0, 'certificates not read; those before stay', { cause: causeOf(error) });
  }
}

function acceptFor({ reports, attempts, inForce }: PeersStart): AcceptPeerReport {
  return createAcceptPeerReport({
    ...reports,
    manual: attempts.manual,
    attempts: { ...attempts, standings: reports.standings },
    settings: madeFrom(reports.settings, (settings) => ({
      ...settings,
      keepChecks: inForce.maintenance.lifetimes.checkReport,
    })),
  });
}

function attemptTeller({ reports, acceptReport, inForce }: PeersStart): Peers['onAnswer'] {
  const report = acceptInBackground(acceptReport, reports.log);
  return ({ client, clientName, sender, recipient }, verdict) => {
    if (verdict.kind !== 'grey' || verdict.reason !== 'first' || !isPeering(inForce.config)) return;
    const told = { ip: client.text, sender: reportedSender(sender), recipient: recipient.text };
    const known = knownFields({ domain: identityDomain(clientName) });
    report({ reporter: 'check', event: 'check', time: seconds(reports.clock), ...told, ...known });
  };
}
