// Reports as a listing, in the columns of the original: time, domain, address, origin, event; below it who wrote to whom.
import type { StoredReport } from '../policy/report.ts';
import { padded } from './columns.ts';
import { correspondents } from './correspondents.ts';
import { formatTime } from './render.ts';
import { fit, type Screen } from './screen.ts';

/** The original's widths; longer values push the rest of their line. */
const WIDTHS = [17, 15, 15, 9] as const;
const HEADINGS = ['time', 'domain', 'ip', 'origin', 'event'];
const RULE = '-'.repeat(79);

/** The rows of reports that come oldest first, under their headings, as they come; those of one second by their domain. */
export async function* reportRows(
  pieces: AsyncIterable<readonly StoredReport[]>,
  screen: Screen,
): AsyncGenerator<string> {
  const text = (lines: readonly string[]): string => lines.map((it) => `${fit(it, screen)}\n`).join('');
  let before = text([line(HEADINGS), RULE]);
  for await (const reports of bySecond(pieces)) {
    yield before + text(reports.flatMap((report) => [line(cellsOf(report)), ...correspondents(report)]));
    before = '';
  }
  if (before !== '') yield before;
}

async function* bySecond(pieces: AsyncIterable<readonly StoredReport[]>): AsyncGenerator<readonly StoredReport[]> {
  /** The reports of the last second: the next piece may have more of them. */
  let second: StoredReport[] = [];
  for await (const reports of pieces) {
    const whole: StoredReport[] = [];
    for (const report of reports) {
      if (second[0]?.time !== report.time) {
        for (const earlier of second.toSorted(byDomain)) whole.push(earlier);
        second = [];
      }
      second.push(report);
    }
    if (whole.length > 0) yield whole;
  }
  if (second.length > 0) yield second.toSorted(byDomain);
}

function byDomain({ domain: first = '' }: StoredReport, { domain: second = '' }: StoredReport): number {
  return first < second ? -1 : Number(first > second);
}

function cellsOf({ time, domain = '', ip, origin, event }: StoredReport): readonly string[] {
  // Without the century, as the original has it.
  return [formatTime(time).slice(2), domain, ip, origin, event];
}

function line(cells: readonly string[]): string {
  return cells.map((cell, column) => padded(cell, WIDTHS[column] ?? 0)).join(' ');
}
