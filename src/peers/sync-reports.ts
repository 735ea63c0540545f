// The verbs that hand out reports:
//   list [T]            300; a line `id TAB origin TAB origin_id TAB stored` for each report stored at T or later; a dot
//   get N               300; the report with the local id N as text, an empty line (and, as ever, no dot); 500 if none
//   subscribe [T [all]] 302; the reports stored at T or later, then each new one, until the client sends a single dot
//                       (or nothing more); what is stored by then is still sent;
//                       without T only the new ones; reports that the client has made itself only with `all`, and only
//                       those that are there already: it may have lost them, but never lacks what it makes from now on
import { pagesAfter, type ReportSource } from './report-source.ts';
import { formatStored } from './report-text.ts';
import { END, FOLLOWING } from './sync-protocol.ts';
import { type ReportReading, Subscription } from './subscription.ts';
import type { Verb, Verbs } from './sync-verb.ts';

const list: Verb<ReportReading> = (parts, [since]) => {
  needReader(parts);
  return listed(parts.reports, numberOf(since ?? '0'));
};

async function* listed(reports: ReportSource, since: number): AsyncGenerator<string> {
  yield FOLLOWING;
  for await (const page of pagesAfter(reports, await reports.reportIdBefore(since))) {
    const lines = page.filter(({ stored }) => stored >= since);
    yield lines.map((it) => `${it.id}\t${it.origin}\t${it.originId}\t${it.stored}\r\n`).join('');
  }
  yield END;
}

const get: Verb<ReportReading> = async (parts, [number]) => {
  needReader(parts);
  if (number === undefined) throw new Error('argument missing');
  const id = numberOf(number);
  const [report] = await parts.reports.reportsAfter(id - 1, 1);
  if (report?.id !== id) throw new Error('report not found');
  return `${FOLLOWING}${formatStored(report)}`;
};

const subscribe: Verb<ReportReading> = (parts, [since, all]) => {
  needReader(parts);
  const from = since === undefined ? Number.POSITIVE_INFINITY : numberOf(since);
  return new Subscription(parts, from, all === 'all');
};

export const REPORT_COMMANDS: Verbs<ReportReading> = new Map<string, Verb<ReportReading>>([
  ['list', list],
  ['get', get],
  ['subscribe', subscribe],
]);

function needReader({ caller }: ReportReading): void {
  if (!caller.mayRead) throw new Error('permission denied');
}

function numberOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error('bad argument');
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}
