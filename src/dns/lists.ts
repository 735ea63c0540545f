// DNS lists of addresses (RFC 5782): which name is asked, and what the answers mean. An answer that no list may give is an
// error and never a listing: that is how lists say "you may not ask" and how dead lists answer.
import type { Address } from '../policy/address.ts';
import { addressesQuestion, type Question, type Records } from './resolver.ts';
import { reversedLabels } from './reverse-name.ts';
import { isLocal } from '../policy/local-networks.ts';

interface ListBasics {
  /** As options name it. */
  readonly name: string;
  /** As reasons name it. */
  readonly title: string;
  readonly zone: string;
  /** Whether it can be asked about IPv6 addresses. */
  readonly ipv6: boolean;
  /** On what terms it may be used. */
  readonly terms: string;
}

/** A list of senders that someone complains about. */
export interface BlockList extends ListBasics {
  readonly kind: 'dnsbl';
  /** What a listing adds to the score. */
  readonly score: number;
  /** The answers that mean "listed"; without them every answer in 127.0.0.0/8 means it that is no error. */
  readonly codes?: readonly string[];
  /** The codes among these that say: this address is an end user's. */
  readonly dynamicCodes?: readonly string[];
  /** Known to list senders of good mail as well, so that a good reputation outweighs it. */
  readonly mayBeWrong: boolean;
}

/** A list of senders that someone vouches for, as DNSWL.org does: 127.0.CATEGORY.TRUST. */
export interface WhiteList extends ListBasics {
  readonly kind: 'dnswl';
}

export type DnsList = BlockList | WhiteList;

export type Meaning = 'listed' | 'not listed' | 'error';

/**
 * Whether a list is asked now. `silent`: not, since it gives no answers for a while; what it said before stands in.
 * `ignored`: not, and nothing stands in.
 */
export type ListUse = 'asked' | 'silent' | 'ignored';

/** How far DNSWL.org trusts a sender: 0 none, 1 low, 2 medium, 3 high. */
export type Trust = 0 | 1 | 2 | 3;

/** The name under which the list has the address, also one that is not to be asked about. */
export function listedName(list: DnsList, address: Address): string {
  return `${reversedLabels(address)}.${list.zone}`;
}

/** What to ask the list about the address; undefined if it can't know it (private, or IPv6 at a list of IPv4). */
export function listQuestion(list: DnsList, address: Address): Question | undefined {
  if ((address.family === 6 && !list.ipv6) || isLocal(address)) return undefined;
  return addressesQuestion(listedName(list, address), 4);
}

/** What a list's answer means; no addresses: there was no such name. One answer that is an error spoils the others. */
export function meaningOf(list: DnsList, answers: Records): Meaning {
  if (answers.length === 0) return 'not listed';
  if (list.kind === 'dnswl') return typeof trustOf(answers) === 'number' ? 'listed' : 'error';
  if (answers.some((answer) => isError(list, answer))) return 'error';
  const { codes } = list;
  return codes === undefined || answers.some((answer) => codes.includes(answer)) ? 'listed' : 'not listed';
}

/** Whether the list can say that an address is an end user's. */
export function canSayDynamic(list: DnsList): list is BlockList {
  return list.kind === 'dnsbl' && list.dynamicCodes !== undefined;
}

/** Whether the answer says that the address is an end user's, from which no mail server should send. */
export function saysDynamic(list: BlockList, answers: Records): boolean {
  return meaningOf(list, answers) === 'listed' && answers.some((answer) => list.dynamicCodes?.includes(answer));
}

/** What a white list's answer says; the least of several. 127.0.0.255 means that we may not ask. */
export function trustOf(answers: Records): Trust | 'not listed' | 'error' {
  if (answers.length === 0) return 'not listed';
  const levels = answers.map((answer) => Number(/^127\.0\.[1-9]\d*\.([0-3])$/.exec(answer)?.[1]));
  const least = Math.min(...levels);
  return Number.isNaN(least) ? 'error' : (least as Trust);
}

function isError({ codes }: BlockList, answer: string): boolean {
  if (codes?.includes(answer) === true) return false;
  // RFC 5782 section 2.1 keeps 127.0.0.1 out of the answers; 127.255.255.0/24 is where lists put their errors. Of the others
  // each list has its own, as for how good a sender is.
  return answer === '127.0.0.1' || answer.startsWith('127.255.255.') || !answer.startsWith('127.');
}
