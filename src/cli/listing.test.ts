// The listing against the real sync server. Figures and layout are those of the original (c01 to c13 of its record).
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../lib/usage-error.ts';
import { startFakeDaemon, type FakeDaemon } from '../peers/fake-daemon.ts';
import { NOW, REPORT, STANDING } from '../peers/fake-sync-parts.ts';
import type { StoredReport } from '../policy/report.ts';
import { kindOf, type Standing, type StandingKind } from '../policy/standing.ts';
import type { Flag } from './command.ts';
import { listCommand } from './listing.ts';
import { printed } from './printed.ts';
import { formatTime } from './render.ts';
import { NO_SCREEN } from './screen.ts';

let daemon: FakeDaemon;
let standings: Standing[];
let reports: StoredReport[];

/** The original's world: its delays, four clients, and what was seen of one. */
beforeEach(async () => {
  daemon = await startFakeDaemon('grey_default 4h', 'grey_short 10m', 'grey_long 12h');
  standings = [
    client('198.51.100.1', '198.51.100.1', -10, 'dynamic address'),
    { ...client('203.0.113.20', '203.0.113.20', -510, 'dynamic address', 'hard trap'), reveal: NOW + 1 },
    client('203.0.113.10', 'example.com', 0),
    client('203.0.113.12', 'example.net', 50, 'DNSWL medium or high'),
  ];
  const check = { ...REPORT, time: NOW, event: 'check', sender: 'a@example.com', recipient: 'b@example.org' };
  reports = [
    { ...check, ip: '203.0.113.12', domain: 'example.net' },
    { ...check, ip: '203.0.113.10', domain: 'example.com' },
    { ...check, ip: '203.0.113.20', domain: '203.0.113.20', time: NOW - 10, event: 'hard_trap' },
    { ...REPORT, ip: '203.0.113.10', time: NOW - 1000, event: 'ok' },
  ];
  const { overview } = daemon.parts;
  const matching = (text?: string) => (about: { ip: string; identity?: string; domain?: string }) =>
    text === undefined || about.ip === text || about.identity === text || about.domain === text;
  Object.assign(overview, {
    standings: async function* (text: string | undefined, kinds: readonly StandingKind[]) {
      yield standings.filter((it) => matching(text)(it) && kinds.includes(kindOf(it.class)));
    },
    reports: async function* (text?: string, order?: string) {
      const found = reports.filter(matching(text));
      yield order === 'oldest first' ? found.toReversed() : found;
    },
  });
});

afterEach(async () => {
  await daemon[Symbol.asyncDispose]();
});

function client(ip: string, identity: string, score: number, ...reasons: string[]): Standing {
  const kind = score < -100 ? 'black' : score < -5 ? 'grey_long' : score < 20 ? 'grey_default' : 'white';
  return {
    ...STANDING,
    ip,
    identity,
    score,
    class: kind,
    reasons: reasons.map((reason) => ({ points: score, reason })),
  };
}

async function list(flags: readonly Flag[] = [], subject?: string, json = false): Promise<string> {
  const words = subject === undefined ? [] : [subject];
  const { location } = daemon;
  const outcome = await listCommand.run({ location, words, json, flags: new Set(flags), screen: NO_SCREEN });
  return (await printed(outcome)).text;
}

const HEADINGS = `domain          ip              status   reason\n${'-'.repeat(74)}\n`;
const DYNAMIC = '198.51.100.1    198.51.100.1    grey 12h dynamic address\n';
const TRAPPED = '203.0.113.20    203.0.113.20    black    dynamic address, hard trap\n';
const BASIC = 'example.com     203.0.113.10    grey  4h basic\n';
const KNOWN = 'example.net     203.0.113.12    white    DNSWL medium or high\n';

test.for<[id: string, flags: readonly Flag[], subject: string | undefined, rows: readonly string[]]>([
  ['c01 all', [], undefined, [DYNAMIC, TRAPPED, BASIC, KNOWN]],
  ['c03 -w', ['white'], undefined, [KNOWN]],
  ['c03 -g', ['grey'], undefined, [DYNAMIC, BASIC]],
  ['c03 -b', ['black'], undefined, [TRAPPED]],
  ['c03 -wb', ['white', 'black'], undefined, [TRAPPED, KNOWN]],
  ['an address', [], '203.0.113.20', [TRAPPED]],
  ['a domain', [], 'Example.com.', [BASIC]],
  ['nothing known', [], '192.0.2.1', []],
])('%s', async ([, flags, subject, rows]) => {
  expect(await list(flags, subject)).toBe(HEADINGS + rows.join(''));
});

test('-s puts the score before the reasons', async () => {
  expect((await list(['scores'], 'example.net')).split('\n')).toEqual([
    'domain          ip              status   score reason',
    '-'.repeat(74),
    'example.net     203.0.113.12    white       50 DNSWL medium or high',
    '',
  ]);
});

/** c05 and c11, but for blanks at the ends of lines. */
test('-e lists the reports, oldest first, with who wrote to whom', async () => {
  const time = (at: number): string => formatTime(at).slice(2);
  const mail = 'a@example.com -> b@example.org';
  expect((await list(['events'])).split('\n')).toEqual([
    'time              domain          ip              origin    event',
    '-'.repeat(79),
    `${time(NOW - 1000)}                 203.0.113.10    mx1.example.org ok`,
    `${time(NOW - 10)} 203.0.113.20    203.0.113.20    mx1.example.org hard_trap`,
    mail,
    `${time(NOW)} example.com     203.0.113.10    mx1.example.org check`,
    mail,
    `${time(NOW)} example.net     203.0.113.12    mx1.example.org check`,
    mail,
    '',
  ]);
  expect(await list(['events'], '203.0.113.20')).toContain('hard_trap');
  expect(await list(['events'], '192.0.2.1')).toMatch(/^time.*\n-{79}\n$/);
});

test.for<[id: string, flags: readonly Flag[], subject: string | undefined, asked: unknown[]]>([
  ['c07 -c ADDRESS', ['calc'], '203.0.113.77', [['of', '203.0.113.77']]],
  [
    'c07 -rc ADDRESS',
    ['remove', 'calc'],
    '203.0.113.10',
    [
      ['remove', '203.0.113.10'],
      ['of', '203.0.113.10'],
    ],
  ],
  ['-c DOMAIN: who is known by reports', ['calc'], 'example.com', [['of', '203.0.113.10']]],
  [
    '-c: likewise, all of them once',
    ['calc'],
    undefined,
    [
      ['of', '203.0.113.12'],
      ['of', '203.0.113.10'],
      ['of', '203.0.113.20'],
    ],
  ],
])('%s', async ([, flags, subject, asked]) => {
  expect((await list(flags, subject)).startsWith(HEADINGS)).toBe(true);
  expect(daemon.parts.asked).toEqual(asked);
});

test('-rc DOMAIN: also who is known only by the standing that is removed', async () => {
  standings.push(client('203.0.113.11', 'example.com', 0));
  await list(['remove', 'calc'], 'example.com');
  expect(daemon.parts.asked).toEqual([
    ['remove', 'example.com'],
    ['of', '203.0.113.10'],
    ['of', '203.0.113.11'],
  ]);
});

test('-c: what was entered by hand is of no client', async () => {
  reports = [
    { ...REPORT, ip: '192.0.2.0', event: 'entry_black', mtaId: '192.0.2.0/24' },
    { ...REPORT, ip: '0.0.0.0', event: 'entry_removed', mtaId: 'example.net' },
  ];
  await list(['calc']);
  expect(daemon.parts.asked).toEqual([]);
});

test('c13: -c where nothing is known', async () => {
  [standings, reports] = [[], []];
  expect(await list(['calc'])).toBe(HEADINGS);
});

test('-r tells how many standings are gone', async () => {
  expect(await list(['remove'], '203.0.113.7/24')).toBe('2 removed\n');
  expect(daemon.parts.asked).toEqual([['remove', '203.0.113.0/24']]);
  expect(await list(['remove'], '203.0.113.7/24', true)).toBe('{"standings":2}\n');
});

test.for<[flags: readonly Flag[], subject: string | undefined, message: string]>([
  [['calc', 'white'], undefined, '-c can not be combined with filter arguments'],
  [['events', 'black'], undefined, '-e can not be combined with filter arguments'],
  [['events', 'calc'], undefined, '-e only lists'],
  [['remove', 'grey'], '192.0.2.1', '-r can not be combined with filter arguments'],
  [['remove'], undefined, '-r needs an address, network or domain'],
  [[], 'x', 'x is not an address, network or domain'],
])('%j %s is a usage error', async ([flags, subject, message]) => {
  const listing = list(flags, subject);
  await expect(listing).rejects.toThrow(message);
  await expect(listing).rejects.toThrow(UsageError);
});

test('JSON has everything', async () => {
  expect(JSON.parse(await list(['white'], undefined, true))).toEqual(JSON.parse(JSON.stringify(standings.slice(3))));
  expect(JSON.parse(await list(['events'], undefined, true))).toHaveLength(4);
});

const ENTRIES = [
  ['white', '203.0.113.20'],
  ['black', '203.0.113.0/24'],
  ['black', 'mail.example.net'],
] as const;

test.for<[flags: readonly Flag[], subject: string | undefined, count: number]>([
  [[], undefined, 3],
  [['black'], undefined, 2],
  [['white'], undefined, 1],
  [['grey'], undefined, 0],
  [[], '203.0.113.20', 2],
  [[], '203.0.113.9', 1],
  [[], '192.0.2.1', 0],
  [[], 'example.net', 1],
  // This address belongs to example.net.
  [[], '203.0.113.12', 2],
  [['events'], undefined, 0],
])('%j %s: entries by hand are mentioned apart from the text, %s of them', async ([flags, subject, count]) => {
  for (const [kind, text] of ENTRIES)
    await daemon.parts.manual.put({ subject: text, kind, author: 'a', reason: 'r', made: 1, expires: NOW });
  const words = subject === undefined ? [] : [subject];
  const asked = { location: daemon.location, words, json: false, flags: new Set(flags), screen: NO_SCREEN };
  const { note } = await listCommand.run(asked);
  expect(note ?? '0').toMatch(/^(?:0|1 entry by hand matches, .*|\d entries by hand match, too: see ddgrey entries)$/);
  expect(Number.parseInt(note ?? '0', 10)).toBe(count);
});

test('a listing is whole, however long it is', async () => {
  standings = Array.from({ length: 25_000 }, () => client('203.0.113.10', 'example.com', 0));
  standings.push(client('203.0.113.20', 'example.org', -510));
  expect((await list(['grey'])).split('\n')).toHaveLength(25_003);
  expect(JSON.parse(await list([], undefined, true))).toHaveLength(25_001);
  expect(JSON.parse(await list(['white'], undefined, true))).toEqual([]);
});
