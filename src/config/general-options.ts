// Options: the daemon itself.
import { HOUR, type OptionTable } from './option.ts';
import { choice, durationFrom, serverName, word } from './option-types.ts';

export interface GeneralConfig {
  readonly user: string;
  readonly group: string;
  /** Empty: the host's own name. */
  readonly name: string;
  readonly database: string;
  readonly answer_deadline: number;
  readonly on_failure: 'white' | 'grey';
  readonly log_level: '0' | '1' | '2' | '3';
  readonly log_format: 'text' | 'json';
}

export const GENERAL_OPTIONS: OptionTable<GeneralConfig> = {
  user: {
    type: word,
    default: 'daemon',
    restart: true,
    about: 'The user that the daemon becomes when it was started as root, once its sockets are bound.',
  },
  group: {
    type: word,
    default: '',
    defaultNote: "the user's own group",
    restart: true,
    about: 'The group that the daemon becomes when it was started as root.',
  },
  name: {
    type: serverName,
    default: '',
    defaultNote: "the host's own name",
    restart: true,
    about:
      'The name of this server in reports and headers; no other server that it exchanges reports with may have it.',
  },
  database: {
    type: word,
    default: 'ddgrey.db',
    restart: true,
    about: 'The file in which everything is remembered; a relative path starts at the directory given with -D.',
  },
  answer_deadline: {
    // A timer of Node's that is to wait longer than 24 days does not wait at all.
    type: durationFrom(1, HOUR),
    default: 5,
    about:
      'Every check is answered within this time; when it passes, on_failure decides. With the pieces in conf/, mail servers wait for 7 seconds and then let mail pass: whoever raises this must raise that as well.',
  },
  on_failure: {
    type: choice('white', 'grey'),
    default: 'white',
    about:
      'The answer when the database or anything else fails: white lets mail flow, grey lets it wait. Clients of the greyd protocol are told of the failure instead, and decide by themselves.',
  },
  log_level: {
    type: choice('0', '1', '2', '3'),
    default: '0',
    about:
      '0: verdicts, starts, stops and problems; 1: also connections and maintenance; 2: also each report and DNS question; 3: also each protocol line received and sent.',
  },
  log_format: {
    type: choice('text', 'json'),
    default: 'text',
    about: 'The form of a log line: key=value pairs or JSON.',
  },
};
