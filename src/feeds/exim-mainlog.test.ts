import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { bytesHeldBy, partOfLong } from '../../test/bytes-held.ts';
import { type Log, silentLog } from '../lib/log.ts';
import type { Report } from '../policy/report.ts';
import { createEximMainlog, eximLineReader, type EximMainlogSettings } from './exim-mainlog.ts';

const VERIFY: EximMainlogSettings = { unknown: 'verify', isTrusted: ({ text }) => text === '192.0.2.1' };
const ID = '1j5IhX-0006pK-Rt';
const START = 1_699_999_800;

function line(second: number, text: string): string {
  return `2023-11-14 22:10:${String(second).padStart(2, '0')} +0000 ${text}`;
}

function reportsOf(texts: readonly string[], settings = VERIFY): string[] {
  const mainlog = createEximMainlog(settings);
  return texts.flatMap((text, second) => mainlog.reports(line(second, text)).map(shown));
}

function shown({ reporter, time, ip, event, sender, recipient, mtaId }: Report): string {
  expect(reporter).toBe('exim4');
  return [time - START, ip, event, sender, recipient, mtaId].filter((field) => field !== undefined).join(' ');
}

const ARRIVED = `${ID} <= a@example.com H=mail.example.com [198.51.100.7] P=esmtp S=4502`;

// e13, e15, e17, e18, e36, e37
test.for([
  {
    name: 'a mail to several: each => counts, -> does not',
    log: [
      ARRIVED,
      `${ID} => bob <b@example.org> R=local_user T=maildir_home`,
      `${ID} => c@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9]`,
      `${ID} -> d@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9]`,
      `${ID} => e@example.net <f@example.org> R=dnslookup T=remote_smtp`,
      `${ID} => /dev/null <g@example.org> R=system_aliases T=**bypassed**`,
      `${ID} Completed`,
    ],
    expected: ['b@example.org', 'c@example.net', 'f@example.org', 'g@example.org'].map(
      (recipient) => `6 198.51.100.7 ok a@example.com ${recipient} ${ID}`,
    ),
  },
  {
    name: 'deferred and failed deliveries',
    log: [
      ARRIVED,
      `${ID} == c@example.net R=d T=r defer (111)`,
      `${ID} ** d@example.net R=d T=r: 550`,
      `${ID} Completed`,
    ],
    expected: [],
  },
  {
    name: 'a local mail',
    log: [`${ID} <= root@example.org U=root P=local S=1`, `${ID} => bob <b@example.org> R=l T=m`, `${ID} Completed`],
    expected: [],
  },
  {
    name: 'a mail of an authenticated user',
    log: [
      `${ID} <= u@example.org H=(laptop) [198.51.100.7] P=esmtpsa X=TLS1.3 A=plain:u S=1`,
      `${ID} => bob <b@example.org> R=l T=m`,
      `${ID} Completed`,
    ],
    expected: [],
  },
  {
    name: 'a trusted client',
    log: [
      `${ID} <= u@example.org H=[192.0.2.1] P=esmtp S=1`,
      `${ID} => bob <b@example.org> R=l T=m`,
      `${ID} Completed`,
      'no MAIL in SMTP connection from [192.0.2.1] D=0s',
      'H=[192.0.2.1] Warning: unknown recipient u@example.org from a@example.com',
    ],
    expected: [],
  },
  {
    name: 'a cutthrough delivery, logged before the arrival',
    log: [`${ID} >> c@example.net R=d T=r`, ARRIVED, `${ID} Completed`, `${ID} Completed`],
    expected: [`2 198.51.100.7 ok a@example.com c@example.net ${ID}`],
  },
  {
    name: 'two mails at once',
    log: [
      '1aaaaa-000001-00 <= a@example.com H=mail.example.com [198.51.100.7] P=esmtp S=1',
      '1aaaaa-000002-00 <= b@example.com H=mail.example.com [198.51.100.8] P=esmtp S=1',
      '1aaaaa-000002-00 => x <x@example.org> R=l T=m',
      '1aaaaa-000001-00 => y <y@example.org> R=l T=m',
      '1aaaaa-000001-00 Completed',
      '1aaaaa-000002-00 Completed',
    ],
    expected: [
      '4 198.51.100.7 ok a@example.com y@example.org 1aaaaa-000001-00',
      '5 198.51.100.8 ok b@example.com x@example.org 1aaaaa-000002-00',
    ],
  },
])('$name', ({ log, expected }) => {
  expect(reportsOf(log)).toEqual(expected);
});

const UNKNOWN = [
  'H=x.example [198.51.100.7] Warning: unknown recipient u1@example.org from a@example.com',
  'H=x.example [198.51.100.7] F=<a@example.com> rejected RCPT <u4@example.org>: Unrouteable address',
];

test('exim4_unknown says which line tells of an unknown recipient', () => {
  expect(reportsOf(UNKNOWN)).toEqual(['0 198.51.100.7 unknown a@example.com u1@example.org']);
  const delivery = { ...VERIFY, unknown: 'delivery' } as const;
  expect(reportsOf(UNKNOWN, delivery)).toEqual(['1 198.51.100.7 unknown a@example.com u4@example.org']);
  // e08: any other word did that.
  expect(reportsOf(UNKNOWN, { ...VERIFY, unknown: 'none' })).toEqual([]);
});

const callout = (answer: string): string =>
  `H=[198.51.100.7] F=<a@example.com> rejected RCPT <U@example.org>: response to "RCPT TO:<U@example.org>" from mx.example.org [192.0.2.9] was: ${answer}`;
const CACHED =
  'H=[198.51.100.8] F=<b@example.com> rejected RCPT <u@example.org>: Previous (cached) callout verification failure';
const BLAMED = '198.51.100.8 unknown b@example.com u@example.org';

// Exim gives each the first one's answer for two hours.
test.for([
  ['nothing known of the one before', [CACHED], [`0 ${BLAMED}`]],
  ['refused for want of such a user', [callout('550 5.1.1 no'), CACHED], [`1 ${BLAMED}`]],
  ['refused for a full mailbox', [callout('552 5.2.2 mailbox full'), CACHED, CACHED], []],
  ['refused for a relay', [callout('550 relay not permitted'), CACHED], []],
  ['first full, then gone', [callout('552 5.2.2 full'), callout('550 5.1.1 no'), CACHED], [`2 ${BLAMED}`]],
  ['of another recipient', [callout('552 5.2.2 full').replaceAll('U@', 'v@'), CACHED], [`1 ${BLAMED}`]],
] as const)('what a callout before said decides whether a client is blamed: %s', ([, log, expected]) => {
  const delivery = { ...VERIFY, unknown: 'delivery' } as const;
  expect(reportsOf(log, delivery).filter((one) => one.includes('198.51.100.8'))).toEqual(expected);
});

test('as a reader of lines it is done when all reports are accepted', async () => {
  const accepted: string[] = [];
  const accept = async (report: Report): Promise<void> => {
    await turn();
    accepted.push(shown(report));
  };
  const reader = eximLineReader({ mainlog: createEximMainlog(VERIFY), accept, log: silentLog });
  await reader.take([line(0, UNKNOWN[0] ?? ''), line(1, ARRIVED), line(2, `${ID} => b@c.example R=x`)]);
  expect(accepted).toEqual(['0 198.51.100.7 unknown a@example.com u1@example.org']);
  reader.restore(reader.context());
  await reader.take([line(3, `${ID} Completed`)]);
  expect(accepted).toHaveLength(2);
});

test('lines without a date are counted', () => {
  const mainlog = createEximMainlog(VERIFY);
  expect(mainlog.reports(' Suggested action: install a certificate')).toEqual([]);
  expect(mainlog.undated()).toBe(1);
});

test('lines without a date are told of at the first, and each time they have become ten times as many', async () => {
  const told: unknown[] = [];
  const log: Log = { ...silentLog, event: (_level, _what, details) => told.push(details) };
  const reader = eximLineReader({ mainlog: createEximMainlog(VERIFY), accept: () => Promise.resolve(), log });
  for (let count = 0; count < 150; count += 1) await reader.take(['no date', line(0, ARRIVED)]);
  expect(told).toEqual([{ lines: 1 }, { lines: 10 }, { lines: 100 }]);
});

test('a mail under way outlives a restart', () => {
  const before = createEximMainlog(VERIFY);
  before.reports(line(0, ARRIVED));
  before.reports(line(1, `${ID} => c@example.net R=d T=r`));
  const afterwards = createEximMainlog(VERIFY);
  afterwards.restore(before.context());
  expect(afterwards.reports(line(2, `${ID} Completed`)).map(shown)).toEqual([
    `2 198.51.100.7 ok a@example.com c@example.net ${ID}`,
  ]);
});

const NO_RECIPIENT = '[["x",{"since":1,"sender":"a","recipients":[1]}]]';
const NO_ADDRESS = '[["x",{"since":1,"ip":"mx","sender":"a","recipients":[]}]]';

test.for(['', '{', '{}', '[1]', '[["x"]]', NO_RECIPIENT, NO_ADDRESS, 'null'])(
  'the context %s is an empty one',
  (context) => {
    const mainlog = createEximMainlog(VERIFY);
    mainlog.restore(context);
    expect(mainlog.context()).toBe('[]');
  },
);

test('mails under way are bounded, and so is their context', () => {
  const mainlog = createEximMainlog(VERIFY);
  for (let i = 0; i < 25_000; i += 1) {
    mainlog.reports(line(0, `1aaaaa-${String(i).padStart(6, '0')}-00 <= a@example.com H=[198.51.100.7] P=smtp S=1`));
  }
  const complete = (i: number): number => {
    const id = `1aaaaa-${String(i).padStart(6, '0')}-00`;
    mainlog.reports(line(1, `${id} => c@example.net R=d T=r`));
    return mainlog.reports(line(2, `${id} Completed`)).length;
  };
  expect(JSON.parse(mainlog.context())).toHaveLength(1000);
  expect([complete(24_999), complete(5000), complete(4998)]).toEqual([1, 1, 0]);
});

test('mails of this machine and its users, however many, leave the context to others', () => {
  const mainlog = createEximMainlog(VERIFY);
  mainlog.reports(line(0, ARRIVED));
  for (let i = 0; i < 2000; i += 1) {
    const id = `1aaaaa-${String(i).padStart(6, '0')}-00`;
    mainlog.reports(line(0, `${id} <= ${i % 2 ? '<>' : 'a@example.org'} U=list P=local S=1`));
    mainlog.reports(line(0, `${id} => c@example.net R=d T=r`));
  }
  const early = '1zzzzz-000001-00';
  mainlog.reports(line(0, `${early} >> c@example.net R=d T=r`));
  const afterwards = createEximMainlog(VERIFY);
  afterwards.restore(mainlog.context());
  expect(JSON.parse(afterwards.context())).toHaveLength(2);
  afterwards.reports(line(1, `${early} <= b@example.com H=[198.51.100.8] P=smtp S=1`));
  for (const id of [ID, early]) afterwards.reports(line(2, `${id} => d@example.net R=d T=r`));
  const completed = [ID, early].flatMap((id) => afterwards.reports(line(3, `${id} Completed`)));
  expect(completed.map(({ ip, recipient }) => `${ip} ${recipient}`)).toEqual([
    '198.51.100.7 d@example.net',
    '198.51.100.8 c@example.net',
    '198.51.100.8 d@example.net',
  ]);
});

test('a mail that never completes is dropped', () => {
  const mainlog = createEximMainlog(VERIFY);
  mainlog.reports(line(0, ARRIVED));
  const later = '1zzzzz-000001-00 <= b@example.com H=[198.51.100.8] P=smtp S=1';
  mainlog.reports(`2023-11-22 22:10:00 +0000 ${later}`);
  expect(JSON.parse(mainlog.context())).toHaveLength(1);
});

test('a mail under way does not keep the part of the log that it stood in', async () => {
  const mainlog = createEximMainlog(VERIFY);
  const texts = (n: number): readonly string[] => [
    `1j5IhX-000${n}-Rt <= sender-number-${n}@example.com H=mail.example.com [198.51.100.${n}] P=esmtp S=4502`,
    `1j5IhX-000${n}-Rt => recipient-number-${n}@example.net R=dnslookup T=remote_smtp`,
  ];
  const read = (): void => {
    for (let n = 100; n < 200; n += 1) for (const text of texts(n)) mainlog.reports(partOfLong(line(0, text)));
  };
  expect(await bytesHeldBy(read)).toBeLessThan(1_000_000);
  expect(JSON.parse(mainlog.context())).toHaveLength(100);
});

// What the original made of the same lines: rows that it missed and that count here, or the reverse.
test.for([
  ['e01 defect 34: no host name', 'unexpected disconnection while reading SMTP command from [198.51.100.7] D=5s', 1],
  ['e03 defect 34: X= behind the host', 'no MAIL in SMTP connection from x [198.51.100.7] X=TLS1.3 D=1s', 1],
  ['e09 defect 34: P=smtp', `${ID} F=a@b.example H=[198.51.100.7] P=smtp rejected by local_scan(): Rejected`, 1],
  ['e11 defect 34: F=<>', 'H=x [198.51.100.7] F=<> rejected RCPT <r@o.example>: relay not permitted', 1],
  ['e20 defect 22: IPv6', 'no MAIL in SMTP connection from [2001:db8::1] D=1s', 1],
  ['e36 defect 36: a trusted host', 'no MAIL in SMTP connection from [192.0.2.1] D=1s', 0],
] as const)('%s', ([, text, count]) => {
  expect(reportsOf([text])).toHaveLength(count);
});
