// The table of every option. The parser, conf/ddgrey.conf, docs/options.md and `ddgrey config` come from it.
import type { Network } from '../policy/address.ts';
import { DEFAULT_REPLY, type ReplyTemplate } from '../policy/reply.ts';
import type { ClientPart, MailboxPart } from '../policy/tuple.ts';
import {
  choice,
  count,
  duration,
  type Listener,
  listeners,
  networks,
  type OptionType,
  reply,
  word,
  yesNo,
} from './option-types.ts';

/** What is in force: a value for every option. Durations are in seconds. */
export interface Config {
  readonly user: string;
  readonly group: string;
  readonly database: string;
  readonly answer_deadline: number;
  readonly on_failure: 'white' | 'grey';
  readonly log_level: '0' | '1' | '2' | '3';
  readonly log_format: 'text' | 'json';
  readonly listen: readonly Listener[];
  readonly GREY_CHECK: boolean;
  readonly trusted: readonly Network[];
  readonly grey_default: number;
  readonly retry: number;
  readonly GREY_MIN_DELAY_NULLSENDER: number;
  readonly GREY_MAX_DELAY_NULLSENDER: number;
  readonly GREY_VALIDLIST_LIFETIME: number;
  readonly GREY_PENDING_NORMAL: number;
  readonly GREY_PENDING_NULLSENDER: number;
  readonly GREY_IP_COMPONENT: ClientPart;
  readonly GREY_FROM_COMPONENT: MailboxPart;
  readonly GREY_TO_COMPONENT: MailboxPart;
  readonly GREY_CLEANUP_INTERVAL: number;
  readonly GREY_REPLY: ReplyTemplate;
}

export type OptionName = keyof Config;

export type Section = 'general' | 'listeners' | 'greylisting';

/** What each section is about, in the order in which files and pages have them. */
export const SECTIONS: { readonly [S in Section]: string } = {
  general: 'The daemon itself',
  listeners: 'Where it listens',
  greylisting: 'Greylisting',
};

export interface Option<T> {
  readonly section: Section;
  /** The same option under the name that another system gave it. */
  readonly aliases?: readonly string[];
  readonly type: OptionType<T>;
  readonly default: T;
  /** What conf/ddgrey.conf sets, where that is not the default, and why. */
  readonly recommended?: { readonly value: T; readonly why: string };
  /** The default in words, where the value alone says too little. */
  readonly defaultNote?: string;
  /** Further lines add to the value instead of replacing it. */
  readonly list?: true;
  /** What is in force when this was set. */
  readonly complete?: (set: T) => T;
  /** A new value takes effect only when the daemon is started anew, not on SIGHUP. */
  readonly restart?: true;
  /** What it does, in a sentence or two. */
  readonly about: string;
}

const DEFAULT_LISTENERS: readonly Listener[] = [
  { protocol: 'greylist', address: { kind: 'unix', path: 'greylist.socket' } },
  { protocol: 'sync', address: { kind: 'unix', path: 'ddgrey.socket' } },
];

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

export const OPTIONS: { readonly [N in OptionName]: Option<Config[N]> } = {
  user: {
    section: 'general',
    type: word,
    default: 'daemon',
    restart: true,
    about: 'The user that the daemon becomes when it was started as root, once its sockets are bound.',
  },
  group: {
    section: 'general',
    type: word,
    default: '',
    defaultNote: "the user's own group",
    restart: true,
    about: 'The group that the daemon becomes when it was started as root.',
  },
  database: {
    section: 'general',
    type: word,
    default: 'ddgrey.db',
    restart: true,
    about: 'The file in which everything is remembered; a relative path starts at the directory given with -D.',
  },
  answer_deadline: {
    section: 'general',
    type: duration,
    default: 5,
    about: 'Every check is answered within this time; when it passes, on_failure decides.',
  },
  on_failure: {
    section: 'general',
    type: choice('white', 'grey'),
    default: 'white',
    about: 'The answer when the database or anything else fails: white lets mail flow, grey lets it wait.',
  },
  log_level: {
    section: 'general',
    type: choice('0', '1', '2', '3'),
    default: '0',
    about:
      '0: verdicts, starts, stops and problems; 1: also connections and maintenance; 2: also each report and DNS question; 3: also each protocol line.',
  },
  log_format: {
    section: 'general',
    type: choice('text', 'json'),
    default: 'text',
    about: 'The form of a log line: key=value pairs or JSON.',
  },
  listen: {
    section: 'listeners',
    type: listeners,
    default: DEFAULT_LISTENERS,
    list: true,
    complete: (set) => [
      ...set,
      ...DEFAULT_LISTENERS.filter(({ protocol }) => !set.some((listener) => listener.protocol === protocol)),
    ],
    restart: true,
    about:
      'A socket to serve, one a line. greylist: Exim and anything that can open a socket; policy: Postfix; sync: the command line. Relative paths start at the directory given with -D. The defaults stay unless a line names their protocol. Without mode= any local user may ask (0666), and only root and the daemon itself may use sync (0600).',
  },
  GREY_CHECK: {
    section: 'greylisting',
    type: yesNo,
    default: true,
    about: 'Whether mail is greylisted at all; with no every check is answered white.',
  },
  trusted: {
    section: 'greylisting',
    type: networks,
    default: [],
    list: true,
    about: 'Clients that are never delayed.',
  },
  grey_default: {
    section: 'greylisting',
    aliases: ['GREY_MIN_DELAY_NORMAL'],
    type: duration,
    default: 4 * HOUR,
    recommended: {
      value: 290,
      why: 'Many mail servers come back after 300 seconds; published schedules show that more than that doubles the time mail takes, and that after hours some senders have given up.',
    },
    about: 'How long after its first attempt a retry is accepted.',
  },
  retry: {
    section: 'greylisting',
    aliases: ['GREY_MAX_DELAY_NORMAL'],
    type: duration,
    default: 60 * DAY,
    recommended: {
      value: 3 * DAY,
      why: 'No mail server keeps trying longer; what has not come back by then is forgotten.',
    },
    about: 'How long after its first attempt a retry still counts; later it is a first attempt again.',
  },
  GREY_MIN_DELAY_NULLSENDER: {
    section: 'greylisting',
    type: duration,
    default: 25 * MINUTE,
    about: 'The same as grey_default for bounces (empty sender), if longer than that.',
  },
  GREY_MAX_DELAY_NULLSENDER: {
    section: 'greylisting',
    type: duration,
    default: DAY,
    about: 'The same as retry for bounces.',
  },
  GREY_VALIDLIST_LIFETIME: {
    section: 'greylisting',
    type: duration,
    default: 14 * DAY,
    about: 'How long a sender that passed is remembered after its last mail.',
  },
  GREY_PENDING_NORMAL: {
    section: 'greylisting',
    aliases: ['GREY_MAX_PENDING_NORMAL'],
    type: count,
    default: 50,
    about:
      'How many first attempts one client (address, or IPv6 /64) may have waiting; further ones are deferred without being remembered. 0: no limit.',
  },
  GREY_PENDING_NULLSENDER: {
    section: 'greylisting',
    aliases: ['GREY_MAX_PENDING_NULLSENDER'],
    type: count,
    default: 6,
    about: 'The same limit for bounces.',
  },
  GREY_IP_COMPONENT: {
    section: 'greylisting',
    type: choice('NET', 'FULL', 'NONE'),
    default: 'NET',
    about:
      'What of the client a retry must have in common with the first attempt: its network (/24, IPv6 /64), its address, or nothing.',
  },
  GREY_FROM_COMPONENT: {
    section: 'greylisting',
    type: choice('HOST', 'FULL', 'USER', 'NONE'),
    default: 'HOST',
    about: 'The same for the sender: its domain, the whole address, the part before the @, or nothing.',
  },
  GREY_TO_COMPONENT: {
    section: 'greylisting',
    type: choice('FULL', 'HOST', 'USER', 'NONE'),
    default: 'FULL',
    about: 'The same for the recipient.',
  },
  GREY_CLEANUP_INTERVAL: {
    section: 'greylisting',
    type: duration,
    default: 10 * MINUTE,
    about: 'How often entries past their lifetime are removed.',
  },
  GREY_REPLY: {
    section: 'greylisting',
    type: reply,
    default: DEFAULT_REPLY,
    about:
      'What a deferred sender is told, as CODE:STATUS:TEXT. {wait} is the time left, {why} the reason, {id} the id of the check in the log.',
  },
};

/** The table ties each name to the type of its value; for code to which all names are alike, without that tie. */
export function anyOption(name: OptionName): Option<unknown> {
  return OPTIONS[name] as unknown as Option<unknown>;
}
