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

/** The least width of each column, as in the original. */
const WIDTHS = { domain: 15, ip: 15, status: 8 } as const;
const RULE_BEHIND = 34;

/** Rows a piece: all of them may be more than one text can hold. */
const PIECE = 1000;

/** The rows under their headings, in pieces. */
export function* standingRows(standings: readonly Standing[], listing: StandingListing): Generator<string> {
  const { delays, scores, screen } = listing;
  const widths: Widths = {
    domain: widest(standings, WIDTHS.domain, ({ identity }) => identity),
    ip: widest(standings, WIDTHS.ip, ({ ip }) => ip),
    status: widest(standings, WIDTHS.status, (standing) => statusOf(standing, delays)),
  };
  const start = widths.domain + widths.ip + 2;
  const headings = { domain: 'domain', ip: 'ip', status: 'status', score: scores ? 'score ' : '', reason: 'reason' };
  const rule = '-'.repeat(start + widths.status + RULE_BEHIND);
  yield `${fit(line(headings, widths), screen)}\n${fit(rule, screen)}\n`;
  const row = (standing: Standing): string => {
    const text = fit(line(cellsOf(standing, listing), widths), screen);
    const status = text.slice(start, start + widths.status);
    const kind = kindOf(standing.class);
    return `${text.slice(0, start)}${coloured(status, kind, screen)}${text.slice(start + widths.status)}\n`;
  };
  for (let at = 0; at < standings.length; at += PIECE)
    yield standings
      .slice(at, at + PIECE)
      .map(row)
      .join('');
}

type Widths = { readonly [K in keyof typeof WIDTHS]: number };
type Cells = { readonly [K in keyof Widths | 'score' | 'reason']: string };

function widest(standings: readonly Standing[], least: number, cell: (standing: Standing) => string): number {
  return standings.reduce<number>((width, standing) => Math.max(width, cell(standing).length), least);
}

function cellsOf(standing: Standing, { delays, scores }: StandingListing): Cells {
  return {
    domain: standing.identity,
    ip: standing.ip,
    status: statusOf(standing, delays),
    score: scores ? `${String(standing.score).padStart(5)} ` : '',
    reason: describeReasons(standing),
  };
}

function line({ domain, ip, status, score, reason }: Cells, widths: Widths): string {
  return `${domain.padEnd(widths.domain)} ${ip.padEnd(widths.ip)} ${status.padEnd(widths.status)} ${score}${reason}`;
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
