// What the running daemon says about itself, the DNS and a first attempt.
import { inWords } from '../policy/reply.ts';
import { REASONS, type Verdict } from '../policy/verdict.ts';
import type { Finding } from './doctor-finding.ts';
import type { HowToRun } from './how-to-run.ts';

/** Seconds between the daemon's clock and ours that are no accident. */
const CLOCK_SLACK = 5;
/** When this was written; a clock before that is wrong. */
const LEAST_TIME = Date.UTC(2026, 0) / 1000;

/** Why nothing can be learnt of the daemon. */
export interface Silence {
  /** The process that runs on the directory, if any does. */
  readonly process: number | undefined;
  /** Its socket is there, but not for us. */
  readonly denied: boolean;
}

/** What is to be said about a daemon that did not answer; `cause` says how. */
export function silentDaemonFinding(cause: string, { process, denied }: Silence, how: HowToRun): Finding {
  const finding = { state: 'bad', about: 'daemon', text: cause } as const;
  if (denied) return { ...finding, mend: "run ddgrey doctor as root or as the daemon's user" };
  if (process === undefined) return { ...finding, mend: `start it: ${how.start}` };
  const text = `${cause} (process ${process} is, on this directory)`;
  return { ...finding, text, mend: `restart it: ${how.restart}` };
}

/** Both in seconds since 1970. */
export function clockFindings(daemon: number, ours: number): readonly Finding[] {
  const about = 'clock';
  const mend = 'set the clock, and let chrony or systemd-timesyncd keep it';
  if (ours < LEAST_TIME) return [{ state: 'bad', about, text: 'this machine lives in the past', mend }];
  if (Math.abs(daemon - ours) > CLOCK_SLACK)
    return [
      { state: 'bad', about, text: `the daemon's is ${Math.abs(daemon - ours)} seconds off`, mend: 'restart ddgreyd' },
    ];
  return [{ state: 'good', about, text: 'the daemon and this program agree' }];
}

/** One question that the DNS was asked about an address. */
export interface LookupFacts {
  readonly about: string;
  readonly answer: 'found' | 'absent' | 'failed' | 'under way';
  readonly note?: string | undefined;
}

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

/** DNS lists of which the daemon asks nothing, since they failed its tests, by its counters. */
export function listFindings(counters: { readonly [name: string]: number }): readonly Finding[] {
  const off = (counters['lists switched off'] ?? 0) - (counters['lists switched on again'] ?? 0);
  if (off <= 0) return [];
  const text = `${off} switched off, since what they answered to their test entries was wrong`;
  return [
    {
      state: 'note',
      about: 'DNS lists',
      text,
      mend: 'the log names them ("list switched off"); a resolver of your own',
    },
  ];
}

/** What a first attempt and its repetition were answered. */
export function attemptFindings(first: Verdict, second: Verdict): readonly Finding[] {
  const about = 'a first attempt, and a retry at once';
  if (first.kind === 'grey' && second.kind === 'grey') {
    const wait = inWords(first.wait);
    return [{ state: 'good', about, text: `deferred, as they should be; a retry would pass after ${wait}` }];
  }
  if (first.reason === 'failed') {
    const text = `answered ${first.kind}, since something failed: ${first.because ?? 'the log says what'}`;
    return [{ state: 'bad', about, text, mend: 'mend that; no mail is greylisted meanwhile' }];
  }
  const text = `answered ${first.kind} (${REASONS[first.reason]}), then ${second.kind} (${REASONS[second.reason]})`;
  const mend = 'ddgrey explain 192.0.2.1 a@example.com b@example.org tells which rule says so';
  return [{ state: 'note', about, text, mend }];
}
