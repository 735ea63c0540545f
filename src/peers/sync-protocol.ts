// The sync protocol on the wire, for both ends: commands are lines; a long answer is a document, `300 ...`, its lines,
// and a single dot; a command may be followed by such lines too, once it was answered by `301`. A line that begins with
// a dot is sent with one more (as in RFC 5321 section 4.5.2).
import type { ManualEntry } from '../policy/manual-entry.ts';

/** The first line of a document. */
export const FOLLOWING = '300 document following\r\n';
/** The last line of what is sent line by line. */
export const END = '.\r\n';
/** Items that a listing has at most, so that no answer grows without a bound. */
export const MOST_LISTED = 20_000;
/** The answer to a command that is followed by lines. */
export const GO_AHEAD = '301 go ahead\r\n';

/** Lines of a document or of what follows a command, without the end. */
export function formatLines(lines: readonly string[]): string {
  return lines.map((line) => `${line.startsWith('.') ? '.' : ''}${line}\r\n`).join('');
}

/** The lines as a document. */
export function formatDocument(lines: readonly string[]): string {
  return `${FOLLOWING}${formatLines(lines)}${END}`;
}

/** One answer: its code, the text behind it, and the document's lines if one follows. */
export interface Answer {
  readonly code: number;
  readonly text: string;
  readonly document: readonly string[];
}

/** The answer in what was received so far; undefined while its end is still missing. A line without a code is a refusal. */
export function parseAnswer(received: string): Answer | undefined {
  const lines = received.split(/\r?\n/);
  // Without an end of line the last element is a line that is not complete yet.
  lines.pop();
  const [first, ...rest] = lines;
  if (first === undefined) return undefined;
  const [, code = '500', text = ''] = /^(\d{3}) ?(.*)$/s.exec(first) ?? [first, '500', first];
  if (code !== '300') return { code: Number(code), text, document: [] };
  const end = rest.indexOf('.');
  if (end < 0) return undefined;
  return { code: 300, text, document: rest.slice(0, end).map(withoutDot) };
}

/** A line without the dot that it was sent with. */
export function withoutDot(line: string): string {
  return line.startsWith('.') ? line.slice(1) : line;
}

/** What the verb `config` tells: by which values and which policy file the daemon goes. */
export interface GoesBy {
  /** The value in force of every option, as a configuration file would have it. */
  readonly options: { readonly [name: string]: string };
  /** The names of the options of which a new value takes a restart. */
  readonly fixed: readonly string[];
  /** The port of other servers. Where the configuration names none, it depends on who started the daemon. */
  readonly port: number;
  /** Why the policy file is not in force as it is now; undefined: it is, or there is none. */
  readonly policyProblem?: string | undefined;
}

/** What the verb `peers` tells of one of them. */
export interface PeerState {
  /** HOST:PORT that we read from, or the address that reads from us. */
  readonly peer: string;
  /** What it calls itself; empty while that is not known. */
  readonly name: string;
  readonly direction: 'from' | 'to';
  /** `waiting`: we try again; `away`: it has read from us, and may come back. */
  readonly state: 'connected' | 'waiting' | 'ourselves' | 'away';
  /** Since when. */
  readonly since: number;
  /** Reports in this direction since the start of the daemon. */
  readonly reports: number;
  /** Reports that it has still to be sent; undefined where only the other side knows. */
  readonly behind: number | undefined;
  /** Of a peer that we read from: what went wrong since it was connected last. */
  readonly lastError: string | undefined;
}

/** What the verbs `white` and `black` tell: the entry that was made. */
export interface Entered extends ManualEntry {
  /** The entry that it replaced. */
  readonly was?: ManualEntry | undefined;
  /** It has no effect: the client is in `trusted`. */
  readonly trusted?: true;
}

/** What the verb `forget` tells: how many of each were forgotten. */
export interface Forgotten {
  readonly entries: number;
  readonly standings: number;
  readonly tuples: number;
  readonly passes: number;
  /** The network of which attempts of other clients are among them: to greylisting it is one client. */
  readonly shared?: string;
}
