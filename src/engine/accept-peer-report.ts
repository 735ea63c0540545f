// Takes in a report that another server has made or passed on: is it possible, is it new, and what follows from it here?
import { seconds } from '../lib/clock.ts';
import { parseAddress } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { blamesBounce, LONGEST_FIELD, MOST_AHEAD } from '../policy/report.ts';
import { ENTRY_EVENTS, entryEnd, sharedEntry } from '../policy/shared-entry.ts';
import {
  countReport,
  type KeptReport,
  keepReport,
  type NamedReport,
  type ReportParts,
  type ReportSettings,
} from './keep-report.ts';
import type { ManualList } from './manual-list.ts';
import { type AttemptParts, recordPeerAttempt, recordPeerDelivery } from './peer-attempt.ts';

export interface PeerReportSettings extends ReportSettings {
  /** How long reports of first attempts are kept. */
  readonly keepChecks: Seconds;
}

export interface PeerReportParts extends ReportParts {
  readonly manual: Pick<ManualList, 'takeOver' | 'hasRoomFor'>;
  readonly attempts: AttemptParts;
  readonly settings: () => PeerReportSettings;
}

/** What the server that sends may do. */
export interface Sender {
  /** Undefined: every event. */
  readonly events: ReadonlySet<string> | undefined;
  /** Whether it may give us back what we made ourselves and have lost. */
  readonly restores: boolean;
}

/** Resolves, when the report is kept or was not worth keeping, to undefined; else to the reason why it was refused. */
export type AcceptPeerReport = (report: NamedReport, sender: Sender) => Promise<string | undefined>;

/** The only reason that may not hold later: once our clock is right, the same report is taken in. */
export const FROM_THE_FUTURE = 'time in the future';

/** The function that takes in reports of other servers. */
export function createAcceptPeerReport(parts: PeerReportParts): AcceptPeerReport {
  let attempted: Promise<void> = Promise.resolve();
  return (report, sender) => {
    // Reports are taken in side by side. But one of accepted mail must find the first attempt of that mail, so it waits for the
    // first attempts that came before it.
    const before = attempted;
    const taken = takeIn(parts, report, { sender, before });
    // Resolves to nothing: with its results, each promise would hold those of all before it, for ever.
    if (report.event === 'check') attempted = Promise.allSettled([before, taken]).then(() => {});
    return taken;
  };
}

interface Coming {
  readonly sender: Sender;
  /** Settles when the first attempts that came before are taken in. */
  readonly before: Promise<void>;
}

async function takeIn(
  parts: PeerReportParts,
  report: NamedReport,
  { sender, before }: Coming,
): Promise<string | undefined> {
  const { settings, clock, counters, log, manual } = parts;
  const now = seconds(clock);
  const reason = problemOf(report, sender, now) ?? lackOfRoom(report, manual);
  if (reason !== undefined) {
    counters.add('peer report refused');
    log.event(1, 'peer report refused', { origin: report.origin, id: report.originId, ip: report.ip, cause: reason });
    return reason;
  }
  if (!isWanted(report, sender, settings(), now)) return undefined;
  const { stored, owner } = await keepReport(parts, report);
  if (stored === 'stored' || (stored === 'duplicate' && isRepeatable(report)))
    await follow(parts, report, { owner, before });
  return undefined;
}

function problemOf(report: NamedReport, { events }: Sender, now: Seconds): string | undefined {
  const { ip, time, event, sender = '', recipient = '', mtaId = '', reporter, origin } = report;
  if (parseAddress(ip)?.text !== ip) return 'format error in field ip';
  if (time > now + MOST_AHEAD) return FROM_THE_FUTURE;
  const long = Object.entries({ origin, reporter, event, e_from: sender, e_to: recipient, mta_id: mtaId }).find(
    ([, value]) => value.length > LONGEST_FIELD,
  );
  if (long !== undefined) return `field ${long[0]} too long`;
  if (isEntry(report) && sharedEntry(report) === undefined) return 'no entry that makes sense';
  return events === undefined || events.has(event) ? undefined : `event ${event} not allowed`;
}

function lackOfRoom(report: NamedReport, manual: PeerReportParts['manual']): string | undefined {
  const shared = isEntry(report) ? sharedEntry(report) : undefined;
  return shared?.kind === 'put' && !manual.hasRoomFor(shared.entry.subject) ? 'too many entries' : undefined;
}

/**
 * Whether the report is worth keeping. Not if it is past its time and would be removed at once; nor if it is of our own
 * or of a trusted client, of which we know more ourselves; nor if it holds a bounce against the client. An entry made
 * by hand counts until the end that it names; as its address it may have the first one of a network, which may be a
 * trusted client's.
 */
function isWanted(report: NamedReport, { restores }: Sender, settings: PeerReportSettings, now: Seconds): boolean {
  const { origin, keep, keepChecks, isTrusted } = settings;
  if ((report.origin === origin && !restores) || blamesBounce(report)) return false;
  if (isEntry(report)) return Math.max(report.time + keep, entryEnd(report)) >= now;
  const client = parseAddress(report.ip);
  if (client !== undefined && isTrusted(client)) return false;
  return report.time + (report.event === 'check' ? keepChecks : keep) >= now;
}

/**
 * Whether what follows from the report may be done again when the report comes again: after it was stored the first
 * time, that may have failed. To count a report twice would be wrong.
 */
function isRepeatable(report: NamedReport): boolean {
  return report.event === 'check' || isEntry(report);
}

function isEntry({ event }: NamedReport): boolean {
  return ENTRY_EVENTS.includes(event);
}

async function follow(
  parts: PeerReportParts,
  report: NamedReport,
  { owner, before }: Pick<KeptReport, 'owner'> & Pick<Coming, 'before'>,
): Promise<void> {
  const { manual } = parts;
  if (report.event === 'check') return recordPeerAttempt(attemptParts(parts), report);
  const shared = sharedEntry(report);
  if (shared !== undefined) {
    await manual.takeOver(shared);
    return;
  }
  // Not waited for: it may have to look the client up in the DNS.
  void countReport(parts, { ...report, ...owner });
  if (report.event !== 'ok') return;
  await before;
  await recordPeerDelivery(attemptParts(parts), { ...report, ...owner });
}

/** With reputation switched off nobody has a standing, whatever was saved before; checks do not ask for it either. */
function attemptParts({ attempts, settings }: PeerReportParts): AttemptParts {
  return settings().reputation ? attempts : { ...attempts, standings: { known: async () => undefined } };
}
