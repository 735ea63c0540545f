// Standings as a listing, in the columns of the original: domain, address, status, reason; with -s the score.
import type { Seconds } from '../policy/check.ts';
import { describeReasons, kindOf, type Standing } from '../policy/standing.ts';
import type { Delays } from '../policy/window.ts';
import { coloured, fit, type Screen } from './screen.ts';

export interface StandingListing {
  readonly delays: Delays;
  readonly scores: boolean;
  readonly screen: Screen;
}

/** Least widths, those of the original. */
const WIDTHS = { domain: 15, ip: 15, status: 8 } as const;
const RULE_BEHIND = 34;

/** The rows under their headings. */
export function formatStandings(standings: readonly Standing[], { delays, scores, screen }: StandingListing): string {
  const rows = standings.map((standing) => ({
    kind: kindOf(standing.class),
    domain: standing.identity,
    ip: standing.ip,
    status: statusOf(standing, delays),
    score: scores ? `${String(standing.score).padStart(5)} ` : '',
    reason: describeReasons(standing),
  }));
  const width = (key: keyof typeof WIDTHS): number =>
    rows.reduce<number>((widest, row) => Math.max(widest, row[key].length), WIDTHS[key]);
  const [domain, ip, status] = [width('domain'), width('ip'), width('status')];
  const start = domain + ip + 2;
  const line = (cells: Omit<(typeof rows)[number], 'kind'>): string =>
    `${cells.domain.padEnd(domain)} ${cells.ip.padEnd(ip)} ${cells.status.padEnd(status)} ${cells.score}${cells.reason}`;
  const headings = { domain: 'domain', ip: 'ip', status: 'status', score: scores ? 'score ' : '', reason: 'reason' };
  const lines = rows.map((row) => {
    const text = fit(line(row), screen);
    return (
      text.slice(0, start) + coloured(text.slice(start, start + status), row.kind, screen) + text.slice(start + status)
    );
  });
  const rule = '-'.repeat(start + status + RULE_BEHIND);
  return [line(headings), rule]
    .map((text) => fit(text, screen))
    .concat(lines, '')
    .join('\n');
}

function statusOf(standing: Standing, delays: Delays): string {
  if (standing.class === 'white' || standing.class === 'black') return standing.class;
  return `grey ${span(delays[standing.class]).padStart(3)}`;
}

/** In the largest unit up to hours that gives a whole number: `12h`, `10m`, `290s`. */
function span(seconds: Seconds): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
