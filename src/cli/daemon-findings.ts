// What the running daemon says about itself, the DNS and a first attempt.
import type { Seconds } from '../policy/check.ts';
import type { Explanation } from '../policy/explanation.ts';
import { inWords } from '../policy/reply.ts';
import { REASONS, type Verdict } from '../policy/verdict.ts';
import type { Finding } from './doctor-finding.ts';
import type { HowToRun } from './how-to-run.ts';
import { installed } from './installed.ts';

/** Seconds between the daemon's clock and ours that are no accident. */
const CLOCK_SLACK = 5;
/** When this was written; a clock before that is wrong. */
const LEAST_TIME = Date.UTC(2026, 0) / 1000;

/** Why nothing can be learnt of the daemon. */
export interface Silence {
  /** The process that runs on the directory, if any does. */
  readonly process: number | undefined;
  /** The daemon's socket is there, but not for this user. */
  readonly denied: boolean;
}

/** What is to be said about a daemon that did not answer; `cause` says how. */
export function silentDaemonFinding(cause: string, { process, denied }: Silence, how: HowToRun): Finding {
  const finding = { state: 'bad', about: 'daemon', text: cause } as const;
  if (denied) return { ...finding, mend: "run ddgrey doctor as root or as the daemon's user" };
  if (process === undefined) return { ...finding, mend: `start it: ${how.start}` };
  const text = `${cause} (process ${process} is, on this directory)`;
  const mend = `wait if its log says that the database is brought up to date; else restart it: ${how.restart}`;
  return { ...finding, text, mend };
}

/** A version of ddgrey. */
export interface Programs {
  readonly version: string;
  /** When the daemon was started with them, or when they were last changed on the disk. */
  readonly since: Seconds;
}

/** What is to be said about a daemon that answers. */
export function versionFinding(running: Programs, own: Programs, { restart }: HowToRun): Finding {
  const finding = { state: 'good', about: 'daemon', text: `ddgreyd ${running.version} answers` } as const;
  const mend = `restart it: ${restart}`;
  if (running.version !== own.version)
    return { ...finding, state: 'bad', text: `${finding.text}, but this is ${own.version}`, mend };
  if (own.since > running.since + CLOCK_SLACK)
    return { ...finding, state: 'note', text: `${finding.text}, but was started before the last upgrade`, mend };
  return finding;
}

/** What is to be said about the daemon's clock and ours. */
export function clockFindings(daemon: Seconds, ours: Seconds, { restart }: HowToRun): readonly Finding[] {
  const about = 'clock';
  const mend = 'set the clock, and let chrony or systemd-timesyncd keep it';
  if (ours < LEAST_TIME) return [{ state: 'bad', about, text: 'this machine lives in the past', mend }];
  const off = Math.abs(daemon - ours);
  if (off > CLOCK_SLACK) {
    const text = `the daemon's is ${off} seconds off`;
    return [{ state: 'bad', about, text, mend: `restart it: ${restart}` }];
  }
  return [{ state: 'good', about, text: 'the daemon and this program agree' }];
}

/** One question that the DNS was asked about an address. */
export type LookupFacts = Pick<Explanation['lookups'][number], 'about' | 'answer' | 'note'>;

/** What the questions about a reserved address say about the resolver and the lists. */
export function lookupFindings(lookups: readonly LookupFacts[]): readonly Finding[] {
  const [names, ...lists] = lookups.filter(({ about }) => !about.startsWith('addresses of'));
  if (names === undefined) return [];
  const dead = (lookup: LookupFacts): boolean => lookup.answer === 'failed' || lookup.answer === 'under way';
  const mend = 'name servers that answer: option resolver, else /etc/resolv.conf';
  const why = names.note === undefined ? '' : ` (${names.note})`;
  if (dead(names) && lists.every(dead))
    return [{ state: 'bad', about: 'DNS', text: `does not answer${why}; nothing can be learnt of clients`, mend }];
  const resolver: Finding = { state: 'good', about: 'DNS', text: 'answers' };
  const silent = lists.filter(dead).map(({ about, note }): Finding => {
    const text = note === undefined ? 'does not answer' : `does not answer: ${note}`;
    const remedy = 'a resolver of your own: most lists refuse public ones. Or take it out of rbls';
    return { state: 'note', about: `list ${about}`, text, mend: remedy };
  });
  return [resolver, ...silent];
}

/** DNS lists that failed the daemon's tests, by its counters. */
export function listFindings(counters: { readonly [name: string]: number }): readonly Finding[] {
  const count = (name: string): number => counters[`lists ${name}`] ?? 0;
  const off = count('switched off') - count('switched on again');
  const untested = count('without a test entry') - count('with a test entry again');
  return [
    ...noteIf(off > 0, {
      text: `${off} switched off, since what they answered to their test entries was wrong`,
      mend: 'the log names them ("list switched off"); mostly a resolver of your own helps',
    }),
    ...noteIf(untested > 0, {
      text: `${untested} without a test entry, so they may tell your resolver nothing`,
      mend: 'the log names them ("list without a test entry"); for public ones use a resolver of your own',
    }),
  ];
}

/** Checks that on_failure decided since the start, by the daemon's counters: what the doctor plays tells only of now. */
export function failedFindings(counters: { readonly [name: string]: number }): readonly Finding[] {
  const failed = counters['reason failed'] ?? 0;
  if (failed === 0) return [];
  const text = `on_failure decided ${failed} since the start`;
  return [{ state: 'note', about: 'checks', text, mend: 'the lines with reason=failed in the log have the cause' }];
}

/** What the doctor asks about, reserved (RFC 5737, RFC 2606): nobody's mail comes from there, or goes there. */
export const PLAYED = { client: '192.0.2.213', mailboxes: 'doctor@sender.invalid doctor@recipient.invalid' } as const;

/** What to do about a failure, by what the error says; the first that fits counts. */
const CURES: readonly (readonly [error: RegExp, mend: string])[] = [
  [/locked/, 'end what else holds the database: fuser -v with the file of the option database names it'],
  [/ENOSPC|is full/, 'make room where the database is'],
  [/read-?only|I\/O/i, 'look at the disk (dmesg); then restart ddgreyd'],
  [/deadline/, 'find what is too slow for answer_deadline: the disk, or the DNS (dns_timeout)'],
  [
    /malformed/,
    `stop ddgreyd, and put the last backup in the place of the database: ${installed('docs/administration.md')}`,
  ],
];

function cureOf(cause: string): string {
  const [, mend = 'look at what the log of ddgreyd says about it'] = CURES.find(([error]) => error.test(cause)) ?? [];
  return mend;
}

function noteIf(applies: boolean, said: Pick<Finding, 'text' | 'mend'>): readonly Finding[] {
  return applies ? [{ state: 'note', about: 'DNS lists', ...said }] : [];
}

/** What a first attempt and its repetition were answered. */
export function attemptFindings(first: Verdict, second: Verdict, { ask }: HowToRun): readonly Finding[] {
  const about = 'a first attempt, and a retry at once';
  // Before grey is taken for good: with on_failure grey, checks that fail are deferred as well.
  const failed = [first, second].find(({ reason }) => reason === 'failed');
  if (failed !== undefined) {
    const because = failed.because ?? 'the log says what';
    const outcome = failed.kind === 'grey' ? 'mail waits meanwhile (on_failure)' : 'no mail is greylisted meanwhile';
    const text = `answered ${failed.kind}, since something failed: ${because}; ${outcome}`;
    return [{ state: 'bad', about, text, mend: cureOf(because) }];
  }
  if (first.kind === 'grey' && second.kind === 'grey') {
    const wait = inWords(first.wait);
    return [{ state: 'good', about, text: `deferred, as they should be; a retry would pass after ${wait}` }];
  }
  const text = `answered ${first.kind} (${REASONS[first.reason]}), then ${second.kind} (${REASONS[second.reason]})`;
  const mend = `${ask} explain ${PLAYED.client} ${PLAYED.mailboxes} tells which rule says so`;
  return [{ state: 'note', about, text, mend }];
}

/** The daemon answered what it was asked with an error. */
export function failingDaemonFinding(cause: string): Finding {
  return { state: 'bad', about: 'daemon', text: `answers, but not what it was asked: ${cause}`, mend: cureOf(cause) };
}

/** What the attempt left could not be removed. */
export function unchangedFinding(cause: string): Finding {
  const text = `takes no changes: ${cause}; on_failure decides about who waited`;
  return { state: 'bad', about: 'database', text, mend: cureOf(cause) };
}
