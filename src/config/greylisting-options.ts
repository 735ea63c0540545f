// Options: who is greylisted, what makes a retry, and what removes an entry.
import type { DewhiteFlag } from '../policy/dewhite.ts';
import { DEFAULT_REPLY, type ReplyTemplate } from '../policy/reply.ts';
import type { ClientPart, MailboxPart } from '../policy/tuple.ts';
import { dewhiteFlags } from './dewhite-type.ts';
import { type TrustedHost, trustedHosts } from './host-types.ts';
import { DAY, MINUTE, type OptionTable } from './option.ts';
import { choice, count, decimal, durationFrom, fileOrNone, reply, yesNo } from './option-types.ts';

export interface GreylistingConfig {
  readonly GREY_CHECK: boolean;
  readonly trusted: readonly TrustedHost[];
  /** Empty: there is none. */
  readonly policy: string;
  readonly GREY_PENDING_NORMAL: number;
  readonly GREY_PENDING_NULLSENDER: number;
  readonly GREY_IP_COMPONENT: ClientPart;
  readonly GREY_FROM_COMPONENT: MailboxPart;
  readonly GREY_TO_COMPONENT: MailboxPart;
  readonly GREY_COMPAT_DOMAIN_CHECK: boolean;
  readonly GREY_DEWHITE_FLAGS: ReadonlySet<DewhiteFlag>;
  readonly GREY_DEWHITE_THRESHOLD: number;
  readonly GREY_CLEANUP_INTERVAL: number;
  readonly GREY_REPLY: ReplyTemplate;
}

export const GREYLISTING_OPTIONS: OptionTable<GreylistingConfig> = {
  GREY_CHECK: {
    type: yesNo,
    default: true,
    about: 'Whether mail is greylisted at all; with no every check is answered white.',
  },
  trusted: {
    type: trustedHosts,
    default: [],
    recommended: {
      value: trustedHosts.parse(['127.0.0.0/8', '::1']) ?? [],
      why: 'Sendmail takes the mail of its own machine by SMTP, and programs that watch a mail server connect from there.',
    },
    list: true,
    about:
      'Clients that are never delayed, and of which nothing is reported. Names stand for the addresses that they have in DNS and /etc/hosts: they are looked up at the start, which waits for that up to dns_timeout, and every hour; while no answer comes, the last addresses that were found count, also after a restart.',
  },
  policy: {
    type: fileOrNone,
    default: '',
    restart: true,
    about:
      'The policy file: which clients, senders and recipients are greylisted and which are not. It is read again when it changes. A file that cannot be read, or has a mistake, keeps the daemon from starting; later the rules before it stay. A relative path starts at the directory given with -D.',
  },
  GREY_PENDING_NORMAL: {
    aliases: ['GREY_MAX_PENDING_NORMAL'],
    type: count,
    default: 50,
    recommended: {
      value: 500,
      why: 'A mailing list may have some hundred members here. With 50 they get their mail in turns of 50, one turn for each attempt of its server: the last after many hours, or, if it soon gives up, never.',
    },
    about:
      'How many first attempts one client (address, or IPv6 /64) may have waiting; further ones are deferred without being remembered. 0: no limit.',
  },
  GREY_PENDING_NULLSENDER: {
    aliases: ['GREY_MAX_PENDING_NULLSENDER'],
    type: count,
    default: 6,
    recommended: {
      value: 50,
      why: 'Servers that ask back whether your users exist ask as bounces do. With 6, those of which some other mail waits would ask in vain, and never take the mail of your users.',
    },
    about: 'The same limit for bounces. It counts all that the client has waiting, as the other one does.',
  },
  GREY_IP_COMPONENT: {
    type: choice('DOMAIN', 'NET', 'FULL', 'NONE'),
    default: 'DOMAIN',
    about:
      'What of the client a retry must have in common with the first attempt: its domain, if its name in DNS is confirmed by its address, else its network; its network (/24, IPv6 /64); its address; or nothing. When this or one of the next two changes, what is remembered is no longer found: all senders but those with a pass or a good standing wait once more.',
  },
  GREY_FROM_COMPONENT: {
    type: choice('HOST', 'FULL', 'USER', 'NONE'),
    default: 'HOST',
    about: 'The same for the sender: its domain, the whole address, the part before the @, or nothing.',
  },
  GREY_TO_COMPONENT: {
    type: choice('FULL', 'HOST', 'USER', 'NONE'),
    default: 'FULL',
    about: 'The same for the recipient.',
  },
  GREY_COMPAT_DOMAIN_CHECK: {
    type: yesNo,
    default: false,
    about: "Whether a sender whose domain does not fit the client's name waits twice as long, and at least 15 minutes.",
  },
  GREY_DEWHITE_FLAGS: {
    type: dewhiteFlags,
    default: new Set<DewhiteFlag>(['DomainMatch']),
    recommended: {
      value: new Set<DewhiteFlag>(),
      why: 'The sender domain of much wanted mail fits no name, so what comes once a week would be delayed each time.',
    },
    about:
      'What shortens or ends the time for which a sender is remembered. BadResolve, the client has no confirmed name, and DomainMatch, the sender domain does not fit that name (as with most customers of a large provider), halve it: a first attempt is kept for at most a day, but no less than twice the longest delay, a sender that passed for at most 5 days. BadRCPT, SpamTrap, BadMX, BadClient, Spammer end it: unknown recipients, spam traps, relay attempts and spam add up to more than GREY_DEWHITE_THRESHOLD.',
  },
  GREY_DEWHITE_THRESHOLD: {
    aliases: ['GREY_DEWHITELIST_THRESHOLD'],
    type: decimal,
    default: 1,
    about:
      'The score above which a client is no longer remembered, and its domain is given no pass: a fifth for each spam trap hit, a third for each unknown recipient and each relay attempt, and the spam reports for each accepted mail, as far as GREY_DEWHITE_FLAGS names them. 0: none of them counts.',
  },
  GREY_CLEANUP_INTERVAL: {
    type: durationFrom(1, 7 * DAY),
    default: 10 * MINUTE,
    about: 'How often entries past their lifetime are removed.',
  },
  GREY_REPLY: {
    type: reply,
    default: DEFAULT_REPLY,
    about:
      'What a deferred sender is told, as CODE:STATUS:TEXT. {wait} is the time left, {why} the reason, {id} the id of the check in the log. Only the milter answers with CODE: as a policy server, Postfix takes the code from its access_map_defer_code, and Exim the whole answer from its ACL.',
  },
};
