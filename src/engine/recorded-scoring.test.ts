// The original daemon's recorded scoring, run through our lookups, facts and standing. The notation of the tables is
// explained beside them.
import { expect, test } from 'vitest';
import { addressOf } from '../../test/engine-bench.ts';
import { chooseLists } from '../dns/choose-lists.ts';
import { type FakeDns, fakeResolver } from '../dns/fake-resolver.ts';
import { BLOCK_LISTS, DNSWL, ownList } from '../dns/known-lists.ts';
import { type DnsList, listedName } from '../dns/lists.ts';
import type { Address } from '../policy/address.ts';
import { parseMailbox, type Seconds } from '../policy/check.ts';
import { countedTimes, type StoredReport } from '../policy/report.ts';
import { describeReasons, type Standing, standingFrom } from '../policy/standing.ts';
import { windowOf } from '../policy/window.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { factsFrom, nameFacts } from './gather-facts.ts';
import { lookUpClient } from './look-up-client.ts';
import { DIFFERENCES, ELSEWHERE, IDS, SAME } from './recorded-scoring.cases.ts';

const NOW = 1_700_000_000;
const DAY = 86_400;
const UNITS: { readonly [unit: string]: Seconds } = { s: 1, h: 3600, d: DAY };

const REPORT = { origin: 'mx1.example.org', originId: 0, reporter: 'exim4', stored: NOW };

/** Every list that the tables name, also those that nobody asks any more. */
const LISTS: readonly DnsList[] = [
  ...BLOCK_LISTS,
  DNSWL,
  ownList({ name: 'sorbs', zone: 'dnsbl.sorbs.net', score: -10 }),
  ownList({ name: 'sorbs-dul', zone: 'dul.dnsbl.sorbs.net', score: 0 }),
];

test('every recorded case is in exactly one table', () => {
  const ids = [SAME, ...Object.values(DIFFERENCES)].flatMap(linesOf).map(([id]) => id ?? '');
  expect([...ids, ...Object.keys(ELSEWHERE)].toSorted()).toEqual(IDS.trim().split(/\s+/).toSorted());
});

test.for(linesOf(SAME))('%s: %s | %s → %s', async ([, dns = '', events = '', outcome, config]) => {
  expect(await outcomeOf(dns, events, optionsOf(config))).toBe(outcome);
});

for (const [why, rows] of Object.entries(DIFFERENCES)) {
  test.for(linesOf(rows))(
    `${why}: %s: %s | %s → %s, not %s`,
    async ([, dns = '', events = '', ours, theirs, config]) => {
      expect(await outcomeOf(dns, events, optionsOf(config))).toBe(ours);
      expect(ours).not.toBe(theirs);
    },
  );
}

function linesOf(table: string): readonly (readonly string[])[] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

/** The options of one line, each `NAME WORD...`. */
function optionsOf(config: string | undefined): Options {
  const [name = '', ...words] = config?.split(' ') ?? [];
  return { [name]: words };
}

interface Options {
  readonly [name: string]: readonly string[];
}

async function outcomeOf(dns: string, events: string, options: Options): Promise<string> {
  const client = addressOf(options['client']?.[0] ?? '203.0.113.10');
  const resolver = fakeResolver(worldOf(dns, client));
  const lists = listsOf(options);
  const { findings, done } = lookUpClient({ resolver, lists: () => lists, useOf: () => 'asked' }, client);
  await done;
  const identity = nameFacts(findings, client, undefined).domain ?? client.text;
  const search = Number(options['search_duration'] ?? 60 * DAY);
  await using store = new MemoryStore();
  for (const report of reportsOf(events, client, identity)) await store.addReport(report);
  const counts = await store.countReports({ ip: client.text, identity, ...countedTimes(search, NOW) });
  const standing = standingFrom({
    ip: client.text,
    facts: factsFrom(findings, client, counts, undefined),
    times: { duration: 7 * DAY, blacklist: Number(options['blacklist'] ?? 60 * DAY) },
    previous: undefined,
    random: 0.5,
    now: NOW,
  });
  return summary(standing, options);
}

function listsOf({
  rbls = ['spamcop', 'uce-2'],
  rbl_score: [name = 'spamcop', score = '-80'] = [],
}: Options): readonly DnsList[] {
  return chooseLists({ names: rbls, scores: [{ name, score: Number(score) }], own: [], dnswl: true }).lists;
}

/** As the tables have it. */
function summary(standing: Standing, options: Options): string {
  const { ip, score, class: kind, identity, expires, reasons } = standing;
  const set = options[kind] === undefined ? '' : `=${delayOf(standing, Number(options[kind]))}`;
  const words = [score, `${kind}${set}`];
  if (identity !== 'example.com') words.push(identity === ip ? 'itself' : identity);
  const left = expires - NOW;
  if (left !== 7 * DAY) words.push(left % 3600 === 0 ? `${left / 3600}h` : `${left}s`);
  return words.join(' ') + (reasons.length === 0 ? '' : `: ${describeReasons(standing)}`);
}

/** What the check of a client with this standing waits, when the delay of its class is set to that. */
function delayOf(standing: Standing, set: Seconds): Seconds {
  const mailbox = parseMailbox('a@example.org');
  const check = { id: '1', client: addressOf(standing.ip), sender: mailbox, recipient: mailbox, via: 'test' };
  const delays = { grey_min: 1, grey_short: 1, grey_default: 1, grey_long: 1, grey_max: 1, [standing.class]: set };
  const window = { delay: 1, retry: 60 * DAY };
  return windowOf(
    check,
    { standing, misfit: false },
    { delays, retry: 60 * DAY, nullSender: window, misfitsWait: false },
  ).delay;
}

function reportsOf(text: string, client: Address, identity: string): readonly StoredReport[] {
  if (text === '') return [];
  return text.split(', ').flatMap((group) => {
    const [parsed, count, event = '', age = '', more = ''] = /^(\d+) (\w+) (\w+)(.*)$/.exec(group) ?? [];
    if (parsed === undefined) throw new Error(`not reports: ${group}`);
    const [, ip = client.text, domain = identity] = / by ([\d.]+) of (\S+)/.exec(more) ?? [];
    return Array.from({ length: Number(count) }, (_, index) => ({
      ...REPORT,
      ip,
      domain,
      event,
      time: NOW - secondsOf(age) - index,
      ...addressesOf(more, index),
    }));
  });
}

function addressesOf(words: string, index: number): { readonly sender?: string; readonly recipient?: string } {
  if (words.includes('no-addresses')) return {};
  const sender = words.includes('one-sender') ? 's@example.net' : `s${index}@example.net`;
  if (words.includes('no-recipient')) return { sender };
  return { sender, recipient: words.includes('one-recipient') ? 'r@example.org' : `r${index}@example.org` };
}

function secondsOf(text: string): Seconds {
  return Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? Number.NaN);
}

function worldOf(text: string, client: Address): FakeDns {
  const ptr: string[] = [];
  const a: { [name: string]: readonly string[] } = {};
  const failing: string[] = [];
  for (const word of text.split(' ').filter((each) => each !== '')) {
    const [subject = '', said] = word.split('=');
    const list = LISTS.find((each) => each.name === subject);
    const name = list === undefined ? subject.replace(/^mx$/, 'mail.example.com') : listedName(list, client);
    if (subject === 'ptr') failing.push(`PTR ${client.text}`);
    else if (list === undefined) ptr.push(name);
    if (said === 'failed') failing.push(`A ${name}`);
    else if (said !== 'none') a[name] = said?.split(',') ?? [list === undefined ? client.text : '127.0.0.2'];
  }
  return { ptr: ptr.length === 0 ? {} : { [client.text]: ptr }, a, failing };
}
