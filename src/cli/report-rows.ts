// Reports as a listing, in the columns of the original: time, domain, address, origin, event; below it who wrote to whom.
import type { StoredReport } from '../policy/report.ts';
import { formatTime } from './render.ts';
import { fit, type Screen } from './screen.ts';

/** The original's widths; longer values push the rest of their line. */
const WIDTHS = [17, 15, 15, 9] as const;
const HEADINGS = ['time', 'domain', 'ip', 'origin', 'event'];
const RULE = '-'.repeat(79);

/** The rows under their headings, the oldest first. */
export function formatReports(reports: readonly StoredReport[], screen: Screen): string {
  const lines = reports.toSorted(byTime).flatMap((report) => [line(cellsOf(report)), ...correspondents(report)]);
  return [line(HEADINGS), RULE, ...lines].map((text) => `${fit(text, screen)}\n`).join('');
}

function byTime(a: StoredReport, b: StoredReport): number {
  if (a.time !== b.time) return a.time - b.time;
  const [first = '', second = ''] = [a.domain, b.domain];
  return first < second ? -1 : Number(first > second);
}

function cellsOf({ time, domain = '', ip, origin, event }: StoredReport): readonly string[] {
  // Without the century, as the original has it.
  return [formatTime(time).slice(2), domain, ip, origin, event];
}

function correspondents({ sender, recipient }: StoredReport): readonly string[] {
  return sender === undefined && recipient === undefined ? [] : [`${sender ?? ''} -> ${recipient ?? ''}`];
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0))
    .join(' ')
    .trimEnd();
}
