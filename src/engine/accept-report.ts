// Takes in a report from one of this server's own feeds: may it be made of this client, does it still count, and does it fit?
import { seconds } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { parseAddress } from '../policy/address.ts';
import { blamesBounce, type IncomingReport, LONGEST_FIELD } from '../policy/report.ts';
import { countReport, keepReport, type ReportParts } from './keep-report.ts';

/** Resolves when the report is kept, or was not worth keeping. */
export type AcceptReport = (report: IncomingReport) => Promise<void>;

/** The function that takes in reports. */
export function createAcceptReport(parts: ReportParts): AcceptReport {
  return async (report) => {
    const client = parseAddress(report.ip);
    const { origin, isTrusted, keep } = parts.settings();
    if (client === undefined || isTrusted(client) || blamesBounce(report)) return;
    // Too old to count. The log that is read at the first start may go back for years, and each client would be looked
    // up in the DNS for a report that is removed at once.
    if (report.time + keep < seconds(parts.clock)) return;
    const told = shortened(report);
    // With a part of its sender or recipient it would be another first attempt.
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

/** The report with no field longer than other servers accept; the report itself if there is none. */
function shortened(report: IncomingReport): IncomingReport {
  const { sender = '', recipient = '', mtaId = '' } = report;
  const long = Object.entries({ sender, recipient, mtaId }).filter(([, text]) => text.length > LONGEST_FIELD);
  if (long.length === 0) return report;
  return { ...report, ...Object.fromEntries(long.map(([field, text]) => [field, text.slice(0, LONGEST_FIELD)])) };
}
