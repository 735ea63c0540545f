// The verbs by which a client says who it is and hands in a report:
//   helo NAME   200 welcome. I am ...
//   report      301 go ahead; then the report (report-text.ts) up to a single dot: 200 accepted. One that has neither
//               origin nor origin_id is a report of this server.
import type { AcceptPeerReport } from '../engine/accept-peer-report.ts';
import type { AcceptReport } from '../engine/accept-report.ts';
import type { Caller } from './caller.ts';
import { type ParsedReport, parseReport } from './report-text.ts';
import { refusal, type Verb, type Verbs } from './sync-verb.ts';

export interface SyncCommandParts {
  /** This server's name. */
  readonly name: () => string;
  readonly acceptReport: AcceptReport;
  readonly acceptPeerReport: AcceptPeerReport;
  readonly caller: Caller;
}

/** Lines of a report that are kept; one has a dozen. */
const MOST_LINES = 100;
/** Characters of a report that are kept: a thousand connections may each be in the middle of one. */
const MOST_CHARACTERS = 32_768;

const helo: Verb<SyncCommandParts> = ({ name, caller }, [text]) => {
  if (text === undefined) throw new Error('argument missing');
  if (!/^[\w.-]+$/.test(text)) throw new Error('bad argument');
  caller.name = text;
  return `200 welcome. I am ${name()}\r\n`;
};

const report: Verb<SyncCommandParts> = (parts) => {
  if (!parts.caller.mayWrite) throw new Error('permission denied');
  const lines: string[] = [];
  let characters = 0;
  return {
    take: (line) => {
      characters += line.length;
      if (characters <= MOST_CHARACTERS && lines.length <= MOST_LINES) lines.push(line);
      return undefined;
    },
    end: async () => {
      if (characters > MOST_CHARACTERS) return refusal('bad report (too long)');
      if (lines.length > MOST_LINES) return refusal('bad report (too many lines)');
      const parsed = parseReport(lines);
      if (parsed.kind === 'bad') return refusal(`bad report (${parsed.reason})`);
      // The report may wait long for its turn: the text is not kept meanwhile.
      lines.length = 0;
      await parts.caller.turn();
      if (parts.caller.denied() !== undefined) return refusal('permission denied');
      const reason = await take(parts, parsed);
      return reason === undefined ? '200 accepted\r\n' : refusal(`bad report (${reason})`);
    },
  };
};

type GoodReport = Extract<ParsedReport, { readonly kind: 'report' }>;

/** Takes a report in; the reason if it can't be. */
async function take(parts: SyncCommandParts, parsed: GoodReport): Promise<string | undefined> {
  const { name, acceptReport, acceptPeerReport, caller } = parts;
  const { report: told, named } = parsed;
  if (named !== undefined) return acceptPeerReport({ ...told, ...named }, caller.sender);
  if (caller.address !== 'local')
    return acceptPeerReport({ ...told, origin: name(), originId: 0 }, { ...caller.sender, restores: true });
  await acceptReport(told);
  return undefined;
}

export const SYNC_COMMANDS: Verbs<SyncCommandParts> = new Map<string, Verb<SyncCommandParts>>([
  ['helo', helo],
  ['report', report],
]);
