// Keeps a report, whoever made it, and lets it count. Whom its client belongs to is always found out here.
import { type Clock, seconds } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import type { Log } from '../lib/log.ts';
import type { News } from '../lib/news.ts';
import { type Address, parseAddress } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { EVENTS, type IncomingReport, type StoredReport } from '../policy/report.ts';
import { ENTRY_EVENTS } from '../policy/shared-entry.ts';
import type { Store, Stored } from '../store/store.ts';
import type { Standings } from './standings.ts';

export interface ReportParts {
  readonly store: Store;
  readonly standings: Standings;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  /** Told of each report that is new. */
  readonly news: News;
  readonly settings: () => ReportSettings;
}

export interface ReportSettings {
  /** This server's name in the reports that it makes. */
  readonly origin: string;
  readonly isTrusted: (client: Address) => boolean;
  /** Whether standings are made at all; if not, nobody needs to know whose a client is. */
  readonly reputation: boolean;
  /** How long reports are kept. */
  readonly keep: Seconds;
}

/** A report with the name that it has for ever; originId 0: this server is the first that has it, and names it. */
export type NamedReport = Omit<StoredReport, 'stored'>;

/** What became of a report, and whom its client belongs to. */
export interface KeptReport {
  readonly stored: Stored;
  readonly owner: Pick<StoredReport, 'domain'>;
}

/** Keeps a report and tells of it. */
export async function keepReport(
  { store, standings, clock, log, counters, news, settings }: ReportParts,
  report: NamedReport,
): Promise<KeptReport> {
  const { ip, event, domain, sender: from, recipient: to, mtaId: queue, reporter, time, origin } = report;
  const client = parseAddress(ip);
  const known = client !== undefined && settings().reputation;
  const owner = known ? await ownerOf(standings, client, { event, domain }) : {};
  const stored = await store.addReport({ ...report, ...owner, stored: seconds(clock) });
  counters.add(`report ${isKnownEvent(event) ? event : 'other'} ${stored}`);
  const told = { observed: event, ip, from, to, queue, reporter, observed_at: time, origin, stored };
  if (log.on(2)) log.event(2, 'report', told);
  if (stored === 'stored') news.tell();
  return { stored, owner };
}

/**
 * Lets a report that was stored count for its client's standing, if there are standings. The report is kept if that
 * fails, too.
 */
export async function countReport(
  { standings, log, settings }: ReportParts,
  report: IncomingReport & KeptReport['owner'],
): Promise<void> {
  if (!settings().reputation) return;
  try {
    await standings.reported(report);
  } catch (error) {
    log.event(0, 'standing not computed', { ip: report.ip, cause: String(error) });
  }
}

/**
 * Whom the client of a report belongs to. Good mail counts for that, so it is looked up. Other reports count for the
 * address, and have it for listings: if it is known already, or was told.
 */
async function ownerOf(
  standings: Standings,
  client: Address,
  { event, domain }: { readonly event: string; readonly domain: string | undefined },
): Promise<KeptReport['owner']> {
  const known = event === 'ok' ? await standings.identityOf(client) : (await standings.known(client))?.identity;
  const owner = known === client.text ? (domain ?? known) : (known ?? domain);
  return owner === undefined ? {} : { domain: owner };
}

const KNOWN_EVENTS: ReadonlySet<string> = new Set([...EVENTS, ...ENTRY_EVENTS]);

/** Peers may make up events; they must not make up counters. */
function isKnownEvent(event: string): boolean {
  return KNOWN_EVENTS.has(event);
}
