// The part of the house that knows clients: DNS, lists, standings, and what reports do to them.
import { listsOf } from './config/lists-of.ts';
import type { Config } from './config/options.ts';
import { type CachingResolver, cachingResolver } from './dns/caching-resolver.ts';
import { hostsFile } from './dns/hosts-file.ts';
import { createListHealth, type ListHealth, startListHealth } from './dns/list-health.ts';
import type { DnsList } from './dns/lists.ts';
import type { Resolver } from './dns/resolver.ts';
import { systemNameServers } from './dns/system-name-servers.ts';
import { systemResolver } from './dns/system-resolver.ts';
import { type AcceptReport, createAcceptReport } from './engine/accept-report.ts';
import { HostSet, startHostLookups } from './engine/host-set.ts';
import type { ReportParts, ReportSettings } from './engine/keep-report.ts';
import { Standings } from './engine/standings.ts';
import { atMost } from './lib/at-most.ts';
import type { Clock } from './lib/clock.ts';
import type { Counters } from './lib/counters.ts';
import { keptText } from './lib/kept.ts';
import type { Log } from './lib/log.ts';
import { madeFrom } from './lib/made-from.ts';
import { formatNameServer } from './lib/name-server.ts';
import { createNews } from './lib/news.ts';
import { UnderWay } from './lib/under-way.ts';
import { lifetimesOf, resolverSettings, serverName, standingSettings, trustedSettings } from './settings.ts';
import type { Store } from './store/store.ts';

export interface ReputationStart {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  /** The configuration in force now. */
  readonly config: () => Config;
}

export interface Reputation extends AsyncDisposable {
  readonly resolver: Resolver;
  readonly standings: Standings;
  readonly trusted: HostSet;
  /** What reports are taken in with. */
  readonly reports: ReportParts;
  readonly acceptReport: AcceptReport;
  /** Closed before the rest, it ends all lookups, so that nothing that is closed waits for an answer from DNS. */
  readonly lookups: AsyncDisposable;
  /** Takes over a changed configuration. */
  refresh(): void;
}

/** Answers of the DNS that are remembered, of the usual size; about 300 bytes each. */
const MOST_ANSWERS = 50_000;
/** The names under which the store keeps the addresses of the names in `trusted`, and false listings. */
const TRUSTED_PLACE = 'trusted names';
const FALSE_LISTINGS_PLACE = 'false listings';

/** Starts all that. Resolves when the names in `trusted` have been looked up, as far as the DNS answers within dns_timeout. */
export async function startReputation(start: ReputationStart): Promise<Reputation> {
  const { store, clock, log, counters, config } = start;
  await using parts = new AsyncDisposableStack();
  const lookups = new AsyncDisposableStack();
  const lists = chosenLists(config(), log);
  const asking = lookups.use(resolverOf(start));
  const resolver = cachingResolver({ resolver: asking, clock, maxEntries: MOST_ANSWERS });
  const asked = (): readonly DnsList[] => (config().reputation ? lists : []);
  const onRecovery = (): void => resolver.forget();
  const listings = keptText(store, FALSE_LISTINGS_PLACE);
  const health = createListHealth({ lists: asked, resolver: asking, onRecovery, kept: listings, clock, log, counters });
  await health.restore();
  const kept = keptText(store, TRUSTED_PLACE);
  const known = hostsFile(clock);
  const trusted = new HostSet({ resolver, log, settings: () => trustedSettings(config()), known, kept });
  await trusted.restore();
  const standings = lookups.use(
    new Standings({
      store,
      clock,
      log,
      resolver,
      random: Math.random,
      lists: () => lists,
      useOf: (list, family) => health.useOf(list, family),
      isMisled: (standing) => health.isMisled(standing),
      settings: () => standingSettings(config()),
    }),
  );
  const reports: ReportParts = {
    store,
    standings,
    clock,
    log,
    counters,
    news: createNews(),
    settings: madeFrom(config, (now) => reportSettings(now, trusted)),
  };
  const tests = parts.use(startTests(health, resolver, start));
  parts.use(startHostLookups(trusted, log));
  const { acceptReport } = parts.use(startIntake(reports));
  parts.use(lookups);
  await trusted.triedWithin(config().dns_timeout);
  const running = parts.move();
  return {
    resolver,
    standings,
    trusted,
    reports,
    acceptReport,
    lookups,
    refresh: () => {
      trusted.refresh();
      tests.refresh();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** What goes for reports of this server's own feeds. */
function reportSettings(config: Config, trusted: HostSet): ReportSettings {
  return {
    origin: serverName(config),
    isTrusted: (client) => trusted.has(client),
    reputation: config.reputation,
    keep: lifetimesOf(config).report,
  };
}

/** Takes in reports. Closed once no lookup is waited for any more, it waits for those that it has in hand: nobody else does. */
function startIntake(reports: ReportParts): AsyncDisposable & Pick<Reputation, 'acceptReport'> {
  const accept = createAcceptReport(reports);
  const taking = new UnderWay();
  return {
    acceptReport: (report) => taking.add(accept(report)),
    [Symbol.asyncDispose]: async () => {
      await taking.ended();
      await reports.standings.counted();
    },
  };
}

/**
 * Tests the lists now and then, and at a refresh by which they begin to be asked, or are asked through other name
 * servers. The next test may be an hour away; and a list that refused one name server may answer another.
 */
function startTests(
  health: ListHealth,
  resolver: CachingResolver,
  { config, log }: ReputationStart,
): AsyncDisposable & Pick<Reputation, 'refresh'> {
  // One at a time: late answers to an earlier test would else count after those to a later one.
  const test = atMost<void, void>(1, () => health.test());
  const running = startListHealth({ ...health, test }, log);
  const askedThrough = (): string | undefined =>
    config().reputation ? config().resolver.map(formatNameServer).join(' ') : undefined;
  let before = askedThrough();
  return {
    refresh: () => {
      const now = askedThrough();
      const isOther = now !== undefined && now !== before;
      before = now;
      if (!isOther) return;
      resolver.forget();
      test().catch((error: unknown) => log.event(0, 'list test failed', { cause: String(error) }));
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

/** Asks the name servers of the configuration, else this machine's. */
function resolverOf({ config, ...parts }: ReputationStart): ReturnType<typeof systemResolver> {
  const ofSystem = systemNameServers(parts.clock);
  return systemResolver({ ...parts, settings: () => resolverSettings(config(), ofSystem) });
}

function chosenLists(config: Config, log: Log): readonly DnsList[] {
  const { lists, warnings } = listsOf(config);
  for (const warning of warnings) log.event(0, 'list left out', { warning });
  return lists;
}
