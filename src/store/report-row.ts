// One row of the table `report` and what it stands for. The columns are described in schema.ts.
import type { SQLOutputValue } from 'node:sqlite';
import { knownFields } from '../lib/known-fields.ts';
import type { StoredReport } from '../policy/report.ts';
import { packAddress, packIdentity, unpackAddress } from './packed-address.ts';

/** A report with what it is stored under. */
export interface ReportRow {
  readonly report: StoredReport;
  readonly ip: Uint8Array;
  readonly domain: string | null;
  /** Whom good reports count for. */
  readonly owner: string | Uint8Array;
}

/** Throws if the address is none. */
export function reportRow(report: StoredReport): ReportRow {
  const ip = packAddress(report.ip);
  const domain = report.domain === report.ip ? '' : (report.domain ?? null);
  return { report, ip, domain, owner: domain ? packIdentity(domain) : ip };
}

/** The report that a row stands for. */
export function storedReport(row: Record<string, SQLOutputValue>): StoredReport {
  const ip = unpackAddress(row['ip']);
  const text = (column: string): string | undefined => (row[column] === null ? undefined : String(row[column]));
  const domain = text('domain');
  const optional = {
    domain: domain === '' ? ip : domain,
    sender: text('sender'),
    recipient: text('recipient'),
    mtaId: text('mta_id'),
  };
  return {
    origin: String(row['origin']),
    originId: Number(row['origin_id']),
    stored: Number(row['stored']),
    time: Number(row['time']),
    ip,
    event: String(row['event']),
    reporter: String(row['reporter']),
    ...knownFields(optional),
  };
}
