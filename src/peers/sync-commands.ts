// The verbs that the original daemon has, as far as it is asked by tools of its own host:
//   helo NAME   200 welcome. I am ...
//   report      301 go ahead; then the report (report-text.ts) up to a single dot: 200 accepted
import type { AcceptReport } from '../engine/accept-report.ts';
import { parseReport } from './report-text.ts';
import { refusal, type Verb, type Verbs } from './sync-verb.ts';

export interface SyncCommandParts {
  /** This server's name. */
  readonly name: () => string;
  readonly acceptReport: AcceptReport;
}

/** Lines of a report that are kept; one has a dozen. */
const MOST_LINES = 100;

const helo: Verb<SyncCommandParts> = ({ name }, [caller]) => {
  if (caller === undefined) throw new Error('argument missing');
  if (!/^[\w.-]+$/.test(caller)) throw new Error('bad argument');
  return `200 welcome. I am ${name()}\r\n`;
};

const report: Verb<SyncCommandParts> = ({ acceptReport }) => {
  const lines: string[] = [];
  return {
    take: (line) => {
      if (lines.length <= MOST_LINES) lines.push(line);
      return undefined;
    },
    end: async () => {
      if (lines.length > MOST_LINES) return refusal('bad report (too many lines)');
      const parsed = parseReport(lines);
      if (parsed.kind === 'bad') return refusal(`bad report (${parsed.reason})`);
      await acceptReport(parsed.report);
      return '200 accepted\r\n';
    },
  };
};

export const SYNC_COMMANDS: Verbs<SyncCommandParts> = new Map([
  ['helo', helo],
  ['report', report],
]);
