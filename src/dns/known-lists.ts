// The DNS lists that have a name in the configuration, and those that are gone. Codes and terms as the lists published them
// when this was written; their own pages have the last word.
import type { BlockList, WhiteList } from './lists.ts';

const LISTED = ['127.0.0.2'];

/** The lists that `rbls` can name. Lists of IPv4 only are not asked about IPv6 addresses. */
export const BLOCK_LISTS: readonly BlockList[] = [
  {
    kind: 'dnsbl',
    name: 'spamcop',
    title: 'Spamcop',
    zone: 'bl.spamcop.net',
    score: -80,
    codes: LISTED,
    ipv6: false,
    mayBeWrong: true,
    terms: 'free',
  },
  {
    kind: 'dnsbl',
    name: 'uce-2',
    title: 'Uceprotect level 2',
    zone: 'dnsbl-2.uceprotect.net',
    score: -50,
    codes: LISTED,
    ipv6: false,
    mayBeWrong: false,
    terms: 'free; lists whole networks',
  },
  {
    kind: 'dnsbl',
    name: 'uce-3',
    title: 'Uceprotect level 3',
    zone: 'dnsbl-3.uceprotect.net',
    score: -50,
    codes: LISTED,
    ipv6: false,
    mayBeWrong: false,
    terms: 'free; lists whole providers',
  },
  {
    kind: 'dnsbl',
    name: 'backscatter',
    title: 'Backscatter',
    zone: 'ips.backscatterer.org',
    score: -50,
    codes: LISTED,
    ipv6: false,
    mayBeWrong: true,
    terms: 'free; its makers advise it for bounces only',
  },
  {
    kind: 'dnsbl',
    name: 'barracuda',
    title: 'Barracuda',
    zone: 'b.barracudacentral.org',
    score: -80,
    codes: LISTED,
    ipv6: false,
    mayBeWrong: true,
    terms: 'free once the DNS server is registered there',
  },
  {
    kind: 'dnsbl',
    name: 'spamhaus',
    title: 'Spamhaus ZEN',
    zone: 'zen.spamhaus.org',
    score: -100,
    // SBL, CSS, XBL, DROP, PBL (by the provider, by Spamhaus), BCL
    codes: ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.9', '127.0.0.10', '127.0.0.11', '127.0.0.30'],
    dynamicCodes: ['127.0.0.10', '127.0.0.11'],
    ipv6: true,
    mayBeWrong: false,
    terms: 'free for small, non-commercial use; does not answer public DNS servers',
  },
];

/** The list of good senders. */
export const DNSWL: WhiteList = {
  kind: 'dnswl',
  name: 'dnswl',
  title: 'DNSWL',
  zone: 'list.dnswl.org',
  ipv6: true,
  terms: 'free for up to 100,000 questions a day; does not answer public DNS servers',
};

/** A list that no longer exists. Such zones tend to end by listing everything. */
export interface RetiredList {
  readonly name: string;
  readonly zone: string;
  readonly closed: string;
}

const RETIRED_LISTS: readonly RetiredList[] = [
  { name: 'nixspam', zone: 'ix.dnsbl.manitu.net', closed: 'January 2025' },
  { name: 'sorbs', zone: 'sorbs.net', closed: 'June 2024' },
  { name: 'inps', zone: 'dnsbl.inps.de', closed: '2020' },
  { name: 'spamcannibal', zone: 'spamcannibal.org', closed: '2018' },
  { name: 'ahbl', zone: 'ahbl.org', closed: 'January 2015' },
  { name: 'njabl', zone: 'njabl.org', closed: '2013' },
  { name: 'dsbl', zone: 'dsbl.org', closed: '2008' },
  { name: 'ordb', zone: 'ordb.org', closed: '2006' },
];

/** The retired list that goes by this name, or that the zone belonged to. */
export function retiredList(nameOrZone: string): RetiredList | undefined {
  const wanted = nameOrZone.toLowerCase();
  return RETIRED_LISTS.find(({ name, zone }) => wanted === name || wanted === zone || wanted.endsWith(`.${zone}`));
}

/** What an administrator says about a list of their own. */
export interface OwnList {
  readonly name: string;
  readonly zone: string;
  readonly score: number;
  readonly title?: string;
  readonly codes?: readonly string[];
  readonly ipv6?: boolean;
}

/**
 * A list of the administrator's own: the title is its name, every answer that is no error a listing, IPv4 only, unless
 * it says otherwise.
 */
export function ownList(own: OwnList): BlockList {
  return { kind: 'dnsbl', title: own.name, ipv6: false, mayBeWrong: false, terms: 'as agreed', ...own };
}
