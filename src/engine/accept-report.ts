// Takes in a report from one of this server's own feeds: whose client is it, keep it, and let it count.
import { type Clock, seconds } from '../lib/clock.ts';
import type { Counters } from '../lib/counters.ts';
import type { Log } from '../lib/log.ts';
import type { News } from '../lib/news.ts';
import { type Address, parseAddress } from '../policy/address.ts';
import { EVENTS, LONGEST_FIELD, type Report, type StoredReport } from '../policy/report.ts';
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
}

/** A report of any event, also of one that does not count. */
export type IncomingReport = Omit<Report, 'event'> & { readonly event: string };

/** Resolves when the report is kept, or was not worth keeping. */
export type AcceptReport = (report: IncomingReport) => Promise<void>;

/** The function that takes in reports. */
export function createAcceptReport(parts: ReportParts): AcceptReport {
  return async (report) => {
    const client = parseAddress(report.ip);
    const { origin, isTrusted } = parts.settings();
    if (client === undefined || isTrusted(client)) return;
    const told = shortened(report);
    // Under a part of its sender or recipient a first attempt would be another one.
    if (report.event === 'check' && told !== report) return;
    const { stored, owner } = await keepReport(parts, { ...told, origin, originId: 0 });
    if (stored === 'stored') await countReport(parts, { ...report, ...owner });
  };
}

/** Takes reports in for whoever does not wait for that: one that can't be kept is lost, and the log says so. */
export function acceptInBackground(accept: AcceptReport, log: Log): (report: IncomingReport) => void {
  return (report) => {
    accept(report).catch((error: unknown) => {
      log.event(0, 'report lost', { observed: report.event, cause: String(error) });
    });
  };
}

/** Every other server refuses a report with a longer field. */
function shortened(report: IncomingReport): IncomingReport {
  const { sender = '', recipient = '', mtaId = '' } = report;
  const long = Object.entries({ sender, recipient, mtaId }).filter(([, text]) => text.length > LONGEST_FIELD);
  if (long.length === 0) return report;
  return { ...report, ...Object.fromEntries(long.map(([field, text]) => [field, text.slice(0, LONGEST_FIELD)])) };
}

/** Lets a report that was stored count for its client's standing, if there are standings. */
export async function countReport(
  { standings, settings }: ReportParts,
  report: IncomingReport & Kept['owner'],
): Promise<void> {
  if (settings().reputation) await standings.reported(report);
}

/** Peers may make up events; they must not make up counters. */
function isKnown(event: string): boolean {
  return (EVENTS as readonly string[]).includes(event);
}

/** What became of a report, and whom its client belongs to. */
export interface Kept {
  readonly stored: Stored;
  readonly owner: Pick<StoredReport, 'domain'>;
}

/** Keeps a report and tells of it. Whom the client belongs to is always found out here. */
export async function keepReport(
  { store, standings, clock, log, counters, news, settings }: ReportParts,
  report: Omit<StoredReport, 'stored' | 'domain'>,
): Promise<Kept> {
  const { ip, event, sender: from, recipient: to, mtaId: queue, reporter, time, origin } = report;
  const client = parseAddress(ip);
  const known = client !== undefined && settings().reputation;
  const owner = known ? await ownerOf(standings, client, event) : {};
  const stored = await store.addReport({ ...report, ...owner, stored: seconds(clock) });
  counters.add(`report ${isKnown(event) ? event : 'other'} ${stored}`);
  const told = { observed: event, ip, from, to, queue, reporter, observed_at: time, origin, stored };
  if (log.on(2)) log.event(2, 'report', told);
  if (stored === 'stored') news.tell();
  return { stored, owner };
}

/**
 * Good mail counts for whom the client belongs to, so that must be known; the rest counts for the address, and tells
 * listings whose it is if that is known already.
 */
async function ownerOf(standings: Standings, client: Address, event: string): Promise<Kept['owner']> {
  const domain = event === 'ok' ? await standings.identityOf(client) : (await standings.known(client))?.identity;
  return domain === undefined ? {} : { domain };
}
