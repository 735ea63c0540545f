// Options: what the mail server's log, spam traps and people report.
import { parseTrapTarget, TRAP_TARGETS } from '../policy/trap-target.ts';
import { choices, orNone, words, wordsOf } from './list-type.ts';
import type { OptionTable } from './option.ts';
import { choice, word, yesNo } from './option-types.ts';

export interface MtaConfig {
  readonly service: readonly 'exim4'[];
  readonly exim4_mainlog: string;
  readonly exim4_unknown: 'verify' | 'delivery' | 'none';
  readonly traps: readonly string[];
  readonly hard_trap: readonly string[];
  readonly soft_trap: readonly string[];
  readonly report_verify: boolean;
}

const trapTargets = orNone(wordsOf({ allowed: TRAP_TARGETS, parse: parseTrapTarget, write: (target) => target }));

export const MTA_OPTIONS: OptionTable<MtaConfig> = {
  service: {
    type: choices('exim4'),
    default: [],
    list: true,
    restart: true,
    about: 'The mail server whose log is followed for reports. exim4: the file that exim4_mainlog names.',
  },
  exim4_mainlog: {
    type: word,
    default: '/var/log/exim4/mainlog',
    restart: true,
    about: "Exim's main log; a relative path starts at the directory given with -D.",
  },
  exim4_unknown: {
    type: choice('verify', 'delivery', 'none'),
    default: 'verify',
    restart: true,
    about:
      'Which lines of the log tell of unknown recipients: verify: those that the supplied ACL writes before greylisting, so that every attempt counts; delivery: those of refused deliveries; none: such lines are no reports.',
  },
  traps: {
    type: words,
    default: [],
    list: true,
    restart: true,
    about:
      'Files of spam traps, with lines like `user@example.org: hard`; they are read again when they change. A file that cannot be read keeps the daemon from starting; one that goes away later keeps the traps it had. Relative paths start at the directory given with -D.',
  },
  hard_trap: {
    type: trapTargets,
    default: [],
    list: true,
    restart: true,
    about:
      'Spam traps: addresses (user@example.org), users in every domain (user@) or domains that never had an honest correspondent. A mail to one blacklists, whatever speaks for the client. A bounce does not: it comes from who was sent mail in the name of the trap.',
  },
  soft_trap: {
    type: trapTargets,
    default: [],
    list: true,
    restart: true,
    about: 'Spam traps that count less, such as addresses that were in use long ago.',
  },
  report_verify: {
    type: yesNo,
    default: false,
    recommended: {
      value: true,
      why: 'Without it, anybody who can write to the reporting address blacklists any server with one mail whose Received line is made up.',
    },
    about:
      'Whether mail reported as spam counts only if it was seen to be accepted here. Accepted mails are remembered up to 1000 a day for each domain, or for an address that has none.',
  },
};
