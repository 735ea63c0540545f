import { expect, test } from 'vitest';
import { parseAddress, parseNetwork } from './address.ts';
import { type Check, parseMailbox } from './check.ts';
import { type Change, decide, decideByRule, type Recalled, type Rules } from './decide.ts';
import type { TupleEntry } from './greylist.ts';
import type { Verdict } from './verdict.ts';

const T = 1_700_000_000;
const HOUR = 3600;

const RULES: Rules = {
  greylisting: true,
  trusted: ['192.0.2.0/24', '2001:db8::/32'].flatMap((text) => parseNetwork(text) ?? []),
  parts: { client: 'NET', sender: 'HOST', recipient: 'FULL' },
  normal: { delay: 600, retry: 10 * HOUR },
  nullSender: { delay: 1500, retry: 5 * HOUR },
  validLifetime: 14 * 24 * HOUR,
  pendingLimit: { normal: 50, nullSender: 6 },
};

const first = { kind: 'grey', reason: 'first' } as const;
const limit = { kind: 'grey', reason: 'limit' } as const;
const early = { kind: 'grey', reason: 'early' } as const;
const known = { kind: 'white', reason: 'known' } as const;
const retried = { kind: 'white', reason: 'retried' } as const;

function check(sender: string): Check {
  const client = { family: 4, text: '203.0.113.7' } as const;
  return { id: '1', client, sender: parseMailbox(sender), recipient: parseMailbox('b@example.org'), via: 'test' };
}

function pending(ago: number): TupleEntry {
  return { state: 'pending', firstSeen: T - ago, lastSeen: T - ago };
}

function valid(ago: number): TupleEntry {
  return { state: 'valid', firstSeen: T - 30 * 24 * HOUR, lastSeen: T - ago };
}

function decided(sender: string, recalled: Partial<Recalled>, rules: Rules = RULES): readonly [Verdict, Change] {
  const { verdict, change } = decide(check(sender), { entry: undefined, pendingOfClient: 0, ...recalled }, rules, T);
  return [verdict, change];
}

test.for<[what: string, entry: TupleEntry | undefined, verdict: Verdict, change: Change]>([
  ['no entry', undefined, { ...first, wait: 600 }, 'record'],
  ['pending, too early', pending(599), { ...early, wait: 1 }, 'none'],
  ['pending, after the delay', pending(600), { ...retried, waited: 600 }, 'validate'],
  ['pending, at the end of the window', pending(10 * HOUR), { ...first, wait: 600 }, 'restart'],
  ['pending since the future', pending(-9999), { ...early, wait: 600 }, 'none'],
  ['valid, just used', valid(0), known, 'none'],
  ['valid, used 6 h ago', valid(21_600), known, 'none'],
  ['valid, used more than 6 h ago', valid(21_601), known, 'refresh'],
  ['valid, used in the future', valid(-9999), known, 'none'],
  ['valid, past its lifetime', valid(14 * 24 * HOUR + 1), { ...first, wait: 600 }, 'restart'],
])('%s', ([, entry, verdict, change]) => {
  expect(decided('a@example.com', { entry })).toEqual([verdict, change]);
});

test.for<[what: string, entry: TupleEntry | undefined, verdict: Verdict, change: Change]>([
  ['no entry', undefined, { ...first, wait: 1500 }, 'record'],
  ['too early', pending(1499), { ...early, wait: 1 }, 'none'],
  ['after the delay it passes once and leaves nothing', pending(1500), { ...retried, waited: 1500 }, 'forget'],
  ['at the end of its own window', pending(5 * HOUR), { ...first, wait: 1500 }, 'restart'],
])('a bounce: %s', ([, entry, verdict, change]) => {
  expect(decided('<>', { entry })).toEqual([verdict, change]);
});

test.for<[sender: string, pendingOfClient: number, verdict: Verdict, change: Change]>([
  ['a@example.com', 49, { ...first, wait: 600 }, 'record'],
  ['a@example.com', 50, { ...limit, wait: 600 }, 'none'],
  ['a@example.com', 51, { ...limit, wait: 600 }, 'none'],
  ['<>', 5, { ...first, wait: 1500 }, 'record'],
  ['<>', 6, { ...limit, wait: 1500 }, 'none'],
])('a first attempt of %j by a client with %i pending entries is %j', ([sender, pendingOfClient, verdict, change]) => {
  expect(decided(sender, { pendingOfClient })).toEqual([verdict, change]);
});

test('a limit of 0 is no limit', () => {
  const rules = { ...RULES, pendingLimit: { normal: 0, nullSender: 0 } };
  for (const sender of ['a@example.com', '<>'])
    expect(decided(sender, { pendingOfClient: 1_000_000 }, rules)).toMatchObject([first, 'record']);
});

test.for<[what: string, entry: TupleEntry, change: Change]>([
  ['a retry', pending(700), 'validate'],
  ['a new start', pending(10 * HOUR), 'restart'],
  ['a known sender', valid(0), 'none'],
])('the limit does not hinder %s', ([, entry, change]) => {
  expect(decided('a@example.com', { entry, pendingOfClient: 50 })[1]).toBe(change);
});

test.for<[client: string, greylisting: boolean, reason: string | undefined]>([
  ['203.0.113.7', true, undefined],
  ['203.0.113.7', false, 'off'],
  ['192.0.2.200', true, 'trusted'],
  ['::ffff:192.0.2.200', true, 'trusted'],
  ['2001:db8:1::1', true, 'trusted'],
  ['192.0.2.200', false, 'off'],
])('the rules say about %s, greylisting %j: %s', ([client, greylisting, reason]) => {
  const address = parseAddress(client);
  if (address === undefined) throw new Error(`not an address: ${client}`);
  const verdict = decideByRule(address, { ...RULES, greylisting });
  expect(verdict).toEqual(reason === undefined ? undefined : { kind: 'white', reason });
});
