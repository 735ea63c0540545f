// Options: what a client's past, DNS and the lists say about it.
import { type ListScore, OWN_SCORE, type OwnListZone } from '../dns/choose-lists.ts';
import { BLOCK_LISTS, DNSWL } from '../dns/known-lists.ts';
import type { NameServer } from '../lib/name-server.ts';
import { listNames, listScores, nameServers, ownListZones } from './dns-types.ts';
import { DAY, MINUTE, type OptionTable } from './option.ts';
import { duration, durationFrom, yesNo } from './option-types.ts';
import { CLASS_TABLE, POINTS_TABLE } from './points-tables.ts';

export interface ReputationConfig {
  readonly reputation: boolean;
  readonly search_duration: number;
  readonly policy_duration: number;
  readonly blacklist: number;
  readonly rbls: readonly string[];
  readonly rbl_score: readonly ListScore[];
  readonly rbl_zone: readonly OwnListZone[];
  readonly dnswl: boolean;
  /** Empty: the system's. */
  readonly resolver: readonly NameServer[];
  readonly dns_timeout: number;
}

export const REPUTATION_OPTIONS: OptionTable<ReputationConfig> = {
  reputation: {
    type: yesNo,
    default: true,
    about:
      'Whether the delay follows from the standing of the client; with no every client waits grey_default, nobody is blacklisted for what was reported, and no list is asked. The standing follows from the sum of the points that `ddgrey explain` lists.',
    tables: [POINTS_TABLE, CLASS_TABLE],
  },
  search_duration: {
    type: duration,
    default: 60 * DAY,
    about: 'How far back what a client did counts.',
  },
  policy_duration: {
    type: duration,
    default: 7 * DAY,
    about: 'How long a standing is good before it is worked out anew; a report that could change it does so earlier.',
  },
  blacklist: {
    aliases: ['GREY_BLACKLIST_LIFETIME'],
    type: duration,
    default: 60 * DAY,
    about: 'How long a client stays blacklisted after the newest bad report, at most search_duration.',
  },
  rbls: {
    type: listNames,
    default: ['spamcop', 'uce-2'],
    list: true,
    restart: true,
    about: `The DNS block lists to ask, by name: ${BLOCK_LISTS.map(({ name }) => name).join(', ')}, or one that rbl_zone defines (those are asked anyway). Mind their terms of use.`,
    tables: [
      {
        headings: ['list', 'zone', 'IPv6', 'points', 'terms of use'],
        rows: [
          ...BLOCK_LISTS.map(({ name, score, ...list }) => [
            name,
            list.zone,
            yesNo.write(list.ipv6),
            String(score),
            list.terms,
          ]),
          ['(option dnswl)', DNSWL.zone, yesNo.write(DNSWL.ipv6), 'by trust', DNSWL.terms],
        ],
      },
    ],
  },
  rbl_score: {
    type: listScores,
    default: [],
    list: true,
    restart: true,
    about: 'The points that being listed brings, where they are not to be those of the list, one list a line.',
  },
  rbl_zone: {
    type: ownListZones,
    default: [],
    list: true,
    restart: true,
    about: `A block list of your own, one a line: its name, the zone to ask, ipv6 if it lists such addresses too, and the answers that mean "listed" (without any, all but errors). It need not be named in rbls to be asked. Being listed brings ${OWN_SCORE} points, unless rbl_score says otherwise.`,
  },
  dnswl: {
    type: yesNo,
    default: true,
    restart: true,
    about: 'Whether the list of good senders, dnswl.org, is asked.',
  },
  resolver: {
    type: nameServers,
    default: [],
    defaultNote: "the system's, from /etc/resolv.conf",
    list: true,
    about:
      'The name servers to ask; the others are asked while the first does not answer. Most block lists refuse to answer public ones. A change of /etc/resolv.conf is noticed.',
  },
  dns_timeout: {
    type: durationFrom(1, MINUTE),
    default: 3,
    about:
      'How long a check waits for answers from DNS. Those that are not there by then are not held against anybody; what comes within twice the time still counts for the next check.',
  },
};
