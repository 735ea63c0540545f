// Options: how long senders wait, and how long what was learnt lasts.
import { LONGEST_ENTRY } from '../policy/manual-entry.ts';
import { DAY, HOUR, MINUTE, type OptionTable } from './option.ts';
import { duration, durationFrom } from './option-types.ts';

/** All in seconds. */
export interface DelayConfig {
  readonly grey_min: number;
  readonly grey_short: number;
  readonly grey_default: number;
  readonly grey_long: number;
  readonly grey_max: number;
  readonly retry: number;
  readonly GREY_MIN_DELAY_NULLSENDER: number;
  readonly GREY_MAX_DELAY_NULLSENDER: number;
  readonly GREY_VALIDLIST_LIFETIME: number;
  readonly GREY_WHITELIST_LIFETIME: number;
}

export const DELAY_OPTIONS: OptionTable<DelayConfig> = {
  grey_min: {
    type: duration,
    default: 10,
    about:
      'The delay of a client whose standing is good, but not so good that it need not wait. What matters is that it comes back at all, so the shortest retry will do.',
  },
  grey_short: {
    type: duration,
    default: 10 * MINUTE,
    recommended: {
      value: MINUTE,
      why: 'A minute is enough to stop what never comes back; many mail servers make their second attempt after a few minutes and the next much later.',
    },
    about: 'The delay of a client with a fairly good standing.',
  },
  grey_default: {
    aliases: ['GREY_MIN_DELAY_NORMAL'],
    type: duration,
    default: 4 * HOUR,
    recommended: {
      value: 290,
      why: 'Many mail servers come back after 300 seconds; published schedules show that more than that doubles the time mail takes, and that after hours some senders have given up.',
    },
    about: 'The delay of a client that nothing is known about: how long after its first attempt a retry is accepted.',
  },
  grey_long: {
    type: duration,
    default: 12 * HOUR,
    recommended: {
      value: 30 * MINUTE,
      why: 'Twice the usual interval of a mail queue, and well before published schedules show the first sender giving up: an honest server loses an hour at most, and no mail.',
    },
    about: 'The delay of a client with a doubtful standing.',
  },
  grey_max: {
    type: duration,
    default: DAY,
    recommended: {
      value: 6 * HOUR,
      why: 'Long enough for the lists to notice a new source of spam; a server that keeps trying for the usual days still gets through.',
    },
    about: 'The delay of a client with a bad standing, just short of being blacklisted.',
  },
  retry: {
    aliases: ['GREY_MAX_DELAY_NORMAL'],
    type: duration,
    default: 60 * DAY,
    follows: 'search_duration',
    defaultNote: 'the same as search_duration',
    recommended: {
      value: 3 * DAY,
      why: 'A mail server that comes back at all does so within hours; three days leave room for its outages.',
    },
    about:
      'How long after its first attempt a retry still counts; later it is a first attempt again. GREY_DEWHITE_FLAGS can shorten it.',
  },
  GREY_MIN_DELAY_NULLSENDER: {
    type: duration,
    default: 25 * MINUTE,
    about: 'The least delay of bounces (empty sender).',
  },
  GREY_MAX_DELAY_NULLSENDER: {
    type: duration,
    default: DAY,
    about: 'The same as retry for bounces. The standing of a client makes a bounce wait for no more than half of it.',
  },
  GREY_VALIDLIST_LIFETIME: {
    // With 0, nothing that passed would be known when its next mail comes.
    type: durationFrom(1, LONGEST_ENTRY),
    default: 14 * DAY,
    recommended: { value: 35 * DAY, why: 'With 35 days, what comes once a month is delayed once and not each time.' },
    about:
      'How long a sender that passed is remembered after its last mail. GREY_DEWHITE_FLAGS shortens it for many, so for a longer one set that too.',
  },
  GREY_WHITELIST_LIFETIME: {
    type: duration,
    default: 21 * DAY,
    about:
      'How long a pass is kept after its last mail. A client has one when it often passed for a sender domain that fits its name, and is then no longer delayed for that domain. 0: all mail goes by GREY_VALIDLIST_LIFETIME.',
  },
};

const DELAYS = ['grey_min', 'grey_short', 'grey_default', 'grey_long', 'grey_max'] as const;

/** The delays that clients get, from the shortest to the longest; without standings all get the same one. */
export function delaysInUse({ reputation }: { readonly reputation: boolean }): readonly (typeof DELAYS)[number][] {
  return reputation ? DELAYS : ['grey_default'];
}
