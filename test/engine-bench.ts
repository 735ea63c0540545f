// The engine as the daemon builds it, on a memory store, a clock that is moved by hand and a DNS that is a table.
import { expect } from 'vitest';
import type { Config } from '../src/config/options.ts';
import { readConfig } from '../src/config/read-config.ts';
import { chooseLists } from '../src/dns/choose-lists.ts';
import { type FakeDns, type FakeResolver, fakeResolver } from '../src/dns/fake-resolver.ts';
import type { DnsList, ListUse } from '../src/dns/lists.ts';
import type { Resolver } from '../src/dns/resolver.ts';
import { type AcceptPeerReport, createAcceptPeerReport } from '../src/engine/accept-peer-report.ts';
import { type AcceptReport, acceptInBackground, createAcceptReport } from '../src/engine/accept-report.ts';
import { type AnswerCheck, type CheckParts, createAnswerCheck } from '../src/engine/answer-check.ts';
import type { CentralServer } from '../src/engine/central-server.ts';
import { explain, type ExplainParts } from '../src/engine/explain.ts';
import type { Explanation } from '../src/policy/explanation.ts';
import type { ReportParts } from '../src/engine/keep-report.ts';
import { type MaintenanceParts, runMaintenance } from '../src/engine/maintain.ts';
import { type ManualList, openManualList } from '../src/engine/manual-list.ts';
import { Standings } from '../src/engine/standings.ts';
import { ToldNames } from '../src/engine/told-names.ts';
import { HostSet } from '../src/engine/host-set.ts';
import { reportTraps } from '../src/feeds/report-traps.ts';
import { indexTraps } from '../src/feeds/spamtraps.ts';
import { type Clock, type ManualClock, manualClock } from '../src/lib/clock.ts';
import { type Counters, createCounters } from '../src/lib/counters.ts';
import { createNews } from '../src/lib/news.ts';
import { type Address, parseAddress } from '../src/policy/address.ts';
import { type Check, parseMailbox } from '../src/policy/check.ts';
import { type Policy, readPolicy } from '../src/policy/rules.ts';
import type { Standing } from '../src/policy/standing.ts';
import {
  checkSettings,
  lifetimesOf,
  maintenanceSettings,
  standingSettings,
  trapsOf,
  trustedSettings,
} from '../src/settings.ts';
import { MemoryStore } from '../src/store/memory-store.ts';
import type { Store } from '../src/store/store.ts';
import { keptLog } from './kept-log.ts';

/** When a bench starts, in seconds since 1970. */
export const T0 = 1_700_000_000;

export interface BenchOptions {
  /** Lines of the configuration. */
  readonly config?: string;
  /** The server's name; mx1.example.org. */
  readonly name?: string;
  /** Lines of the policy file. */
  readonly policy?: string;
  readonly dns?: FakeDns;
  /** What stands between the table and who asks it. */
  readonly resolver?: (table: Resolver, clock: Clock) => Resolver;
  /** As of ListHealth; all lists are in order if not given. */
  readonly useOf?: (list: DnsList) => ListUse;
  readonly isMisled?: (standing: Standing) => boolean;
  readonly store?: Store;
  readonly server?: CentralServer;
}

export interface Bench {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly counters: Counters;
  readonly dns: FakeResolver;
  readonly manual: ManualList;
  readonly standings: Standings;
  readonly trusted: HostSet;
  readonly checks: CheckParts & Pick<ExplainParts, 'preview'>;
  readonly upkeep: MaintenanceParts;
  readonly answerCheck: AnswerCheck;
  readonly reportParts: ReportParts;
  readonly acceptReport: AcceptReport;
  readonly acceptPeerReport: AcceptPeerReport;
  readonly explain: (check: Check) => Promise<Explanation>;
  /** One round of maintenance. */
  readonly maintain: () => Promise<void>;
  /** Resolves when the reports that answers led to are kept. */
  readonly reported: () => Promise<void>;
  /** Puts other lines of the configuration in force. */
  readonly configure: (lines: string) => void;
  /** The lines of the log so far, without the time. */
  readonly logged: () => readonly string[];
}

/** The configuration that the lines say, which must be in order. */
export function configOf(lines: string): Config {
  const { config, errors } = readConfig('ddgrey.conf', () => lines);
  expect(errors).toEqual([]);
  return config;
}

/** The engine. Everything random is drawn as 0. */
export async function engineBench(options: BenchOptions = {}): Promise<Bench> {
  const { store = new MemoryStore(), server } = options;
  const [clock, counters, dns] = [manualClock(T0), createCounters(), fakeResolver(options.dns)];
  const resolver = options.resolver?.(dns, clock) ?? dns;
  const { log, logged } = keptLog(1);
  let config = configOf(options.config ?? '');
  const policy = policyOf(options.policy ?? '');
  const manual = await openManualList(store, clock);
  const trusted = new HostSet({ resolver, log, known: async () => [], settings: () => trustedSettings(config) });
  const { lists } = chooseLists({ names: config.rbls, scores: config.rbl_score, own: [], dnswl: config.dnswl });
  const shared = { store, clock, log, counters };
  const standings = new Standings({
    ...shared,
    resolver,
    random: () => 0,
    lists: () => lists,
    useOf: (list) => options.useOf?.(list) ?? 'asked',
    isMisled: (standing) => options.isMisled?.(standing) === true,
    settings: () => standingSettings(config),
  });
  const reportParts: ReportParts = {
    ...shared,
    standings,
    news: createNews(),
    settings: () => ({
      origin: options.name ?? 'mx1.example.org',
      isTrusted: (client: Address) => trusted.has(client),
      reputation: config.reputation,
      keep: lifetimesOf(config).report,
    }),
  };
  const acceptReport = createAcceptReport(reportParts);
  let reports: Promise<void> = Promise.resolve();
  const accept: AcceptReport = (report) => {
    reports = Promise.all([reports, acceptReport(report)]).then(() => {});
    return reports;
  };
  const checks = {
    ...shared,
    manual,
    settings: () => checkSettings(config, policy, (client: Address) => trusted.has(client)),
    names: new ToldNames(clock),
    standingOf: (client: Address) => (config.reputation ? standings.of(client) : undefined),
    preview: async (client: Address) => (config.reputation ? standings.preview(client) : undefined),
    server,
    onAnswer: reportTraps({
      traps: () => indexTraps(trapsOf(config)),
      report: acceptInBackground(accept, log),
      clock,
    }),
  };
  const upkeep = { ...shared, manual, settings: () => maintenanceSettings(config, policy) };
  return {
    ...shared,
    dns,
    manual,
    standings,
    trusted,
    checks,
    upkeep,
    reportParts,
    acceptReport,
    acceptPeerReport: createAcceptPeerReport({
      ...reportParts,
      manual,
      attempts: { ...checks, standings },
      settings: () => ({ ...reportParts.settings(), keepChecks: lifetimesOf(config).checkReport }),
    }),
    answerCheck: createAnswerCheck(checks),
    explain: (check) => explain({ ...checks, lifetimes: () => upkeep.settings().lifetimes }, check),
    maintain: () => runMaintenance(upkeep, () => Promise.resolve()),
    reported: async () => {
      await new Promise(setImmediate);
      await reports;
    },
    configure: (lines) => {
      config = configOf(lines);
      trusted.refresh();
    },
    logged,
  };
}

/** A check, as a mail server would ask it. */
export function checkOf(client: string, sender: string, recipient: string, clientName?: string): Check {
  const mailboxes = { sender: parseMailbox(sender), recipient: parseMailbox(recipient) };
  const check = { id: 'x1', client: addressOf(client), ...mailboxes, via: 'test' };
  return clientName === undefined ? check : { ...check, clientName };
}

/** The policy that the text says; it must be without mistakes. */
export function policyOf(text: string): Policy {
  const reading = readPolicy(text);
  if (reading.kind === 'broken') throw new Error(reading.errors.map(({ message }) => message).join('\n'));
  return reading.policy;
}

/** The address that the text spells; it must be one. */
export function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`no address: ${text}`);
  return address;
}
