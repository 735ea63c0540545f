import { expect, test } from 'vitest';
import type { Explanation } from '../policy/explanation.ts';
import type { StoredReport } from '../policy/report.ts';
import type { Standing } from '../policy/standing.ts';
import type { Verdict } from '../policy/verdict.ts';
import { formatExplanation } from './explanation-text.ts';
import { formatTime } from './render.ts';
import { NO_SCREEN } from './screen.ts';
import { whatWouldChange } from './what-would-change.ts';

const NOW = 1_700_000_000;
const STANDING: Standing = {
  ip: '203.0.113.7',
  identity: 'example.com',
  names: ['mail.example.com'],
  score: 5,
  class: 'grey_short',
  reasons: [
    { points: 10, reason: 'DNSWL low' },
    { points: -5, reason: 'novelty TLD' },
  ],
  computed: NOW - 180,
  answered: NOW - 180,
  expires: NOW + 3600,
  reveal: undefined,
};
const TUPLE = { client: 'example.com', sender: '<>', recipient: '' };
const REPORT: StoredReport = {
  reporter: 'exim4',
  time: NOW - 10,
  ip: '203.0.113.7',
  event: 'spam',
  sender: 'a@b',
  recipient: 'c@d',
  origin: 'mx1',
  originId: 1,
  stored: NOW,
};
const FIRST: Explanation = {
  verdict: { kind: 'grey', reason: 'first', wait: 290 },
  policy: [{ stage: 'connect', line: 12, key: '203.0.113', value: 'YES' }],
  lookups: [
    { about: 'names', answer: 'found', records: ['mail.example.com'], age: 61 },
    { about: 'Spamcop', answer: 'failed', records: [], note: 'SERVFAIL' },
  ],
  client: { standing: STANDING, domain: 'example.com', misfit: true, shortLived: false },
  reports: [],
  recalled: { tuple: TUPLE, pendingOfClient: 3 },
  window: { delay: 290, retry: 259_200 },
  now: NOW,
};

function text(explained: Explanation, reports: readonly StoredReport[] = [], sender = ''): string {
  const asked = { ip: '203.0.113.7', sender, recipient: 'c@d' };
  return formatExplanation({ asked, explained: { ...explained, reports } }, NO_SCREEN);
}

test('everything that is known has its paragraph', () => {
  const entry = { state: 'pending', firstSeen: NOW - 100, lastSeen: NOW - 100 } as const;
  const pass = { client: 'example.com', domain: 'b', firstSeen: NOW - 9, lastSeen: NOW - 8, uses: 5 };
  const manual = { subject: 'b', kind: 'white', author: 'root', reason: 'r', made: 1, expires: NOW + 5 } as const;
  const explained: Explanation = {
    ...FIRST,
    verdict: { kind: 'grey', reason: 'early', wait: 190 },
    client: { ...FIRST.client, manual },
    recalled: { ...FIRST.recalled, entry, pass },
  };
  const { sender: _, recipient: __, ...bare } = REPORT;
  const reports = [REPORT, { ...REPORT, event: 'ok', ip: '203.0.113.8' }, { ...bare, event: 'ok' }];
  expect(text(explained, reports)).toBe(`203.0.113.7, <> to <c@d>
grey: tried again before the delay was over; 4 minutes to wait

policy    line 12, connect: 203.0.113 YES

client    belongs to example.com
          verified name: mail.example.com
          no name of it fits the sender's domain

by hand   b is white until ${formatTime(NOW + 5)}: r (root)

dns       names: mail.example.com (asked 61 seconds ago)
          Spamcop: failed, SERVFAIL

standing  grey_short, score 5, from what DNS and the reports said 3 minutes ago; kept until ${formatTime(NOW + 3600)}
            +10  DNSWL low
             -5  novelty TLD

reports   1 spam, 2 ok
            ${formatTime(NOW - 10)} spam (exim4) a@b -> c@d
            ${formatTime(NOW - 10)} ok (exim4, of 203.0.113.8) a@b -> c@d
            ${formatTime(NOW - 10)} ok (exim4)

pass      example.com, b: since ${formatTime(NOW - 9)}, last used ${formatTime(NOW - 8)}

tuple     example.com, <>, *: pending since ${formatTime(NOW - 100)}, last used ${formatTime(NOW - 100)}
          pending of this client: 3

delay     a retry counts after 5 minutes, for 72 hours from the first attempt
          here from ${formatTime(NOW + 190)} to ${formatTime(NOW - 100 + 259_200)}

change    the same attempt from ${formatTime(NOW + 190)} on
          5 points more: grey_min
          1 point less: grey_default
          ddgrey white 203.0.113.7, ddgrey black 203.0.113.7
`);
});

test('the sender is named', () => {
  expect(text(FIRST, [], 'a@b')).toMatch(/^203\.0\.113\.7, <a@b> to <c@d>\n/);
});

test('of an attempt past its window the next one counts', () => {
  const then = NOW - 400_000;
  const entry = { state: 'pending', firstSeen: then, lastSeen: then } as const;
  const said = text({ ...FIRST, recalled: { ...FIRST.recalled, entry } });
  expect(said).toContain(`here from ${formatTime(NOW + 290)} to ${formatTime(NOW + 259_200)}\n`);
});

test('an attempt of which two servers told counts from the earlier to the later one', () => {
  const entry = { state: 'pending', firstSeen: NOW - 100, lastSeen: NOW - 50 } as const;
  const verdict = { kind: 'grey', reason: 'early', wait: 190 } as const;
  const said = text({ ...FIRST, verdict, recalled: { ...FIRST.recalled, entry } });
  expect(said).toContain(`here from ${formatTime(NOW + 190)} to ${formatTime(NOW - 50 + 259_200)}\n`);
});

test('what is not known is said, or left out', () => {
  const said = text({ ...FIRST, policy: [], client: { misfit: false, shortLived: false } });
  expect(said).not.toMatch(/^(?:policy|by hand|pass) /m);
  expect(said).toMatch(/^client +no verified domain\n\ndns /m);
  expect(said).toMatch(/^standing +none: reputation is switched off$/m);
  expect(said).toMatch(/^reports +none that counts$/m);
  expect(said).toMatch(/^tuple +example.com, <>, \*: not seen yet$/m);
});

test('of many reports the newest are shown, however many good ones there are', () => {
  const said = text(FIRST, [...Array(1000).fill({ ...REPORT, event: 'ok' }), ...Array(30).fill(REPORT)]);
  expect(said).toContain('reports   1000 or more ok, 30 spam\n');
  expect(said.match(/spam \(exim4\)/g)).toHaveLength(20);
  expect(said.match(/ok \(exim4\)/g)).toHaveLength(20);
  expect(said.match(/\n {12}\.\.\.\n/g)).toHaveLength(2);
  expect(text(FIRST, Array(20).fill(REPORT))).not.toContain('...');
});

test('a report that tells neither sender nor recipient has no arrow', () => {
  const { sender: _, recipient: __, ...report } = { ...REPORT, event: 'manual', reporter: 'ddgrey-report' };
  expect(text(FIRST, [report])).toContain(`${formatTime(NOW - 10)} manual (ddgrey-report)\n`);
});

test.for<[kind: Standing['class'], reveal: number | undefined, told: string | undefined]>([
  ['black', NOW + 60, formatTime(NOW + 60)],
  ['black', NOW, undefined],
  ['black', undefined, undefined],
  // A blacklisting that is over.
  ['grey_max', NOW + 60, undefined],
])('of a client that is %s and shows it from %s on that time is told: %s', ([kind, reveal, told]) => {
  const standing: Standing = { ...STANDING, class: kind, score: -510, reveal };
  const client = { standing, misfit: false, shortLived: false };
  expect(/answered as grey until (.*)/.exec(text({ ...FIRST, client }))?.[1]).toBe(told);
  const [change = ''] = whatWouldChange({ ...FIRST, verdict: { kind: 'black', reason: 'blacklisted' }, client });
  expect(/^black shows from (.*) on$/.exec(change)?.[1]).toBe(told);
});

test.for<[verdict: Verdict, shown: boolean]>([
  [{ kind: 'grey', reason: 'first', wait: 60 }, true],
  [{ kind: 'grey', reason: 'early', wait: 60 }, true],
  [{ kind: 'white', reason: 'retried' }, true],
  [{ kind: 'grey', reason: 'blacklisted', wait: 60 }, false],
  [{ kind: 'grey', reason: 'limit', wait: 60 }, false],
  [{ kind: 'black', reason: 'blacklisted' }, false],
  [{ kind: 'white', reason: 'known' }, false],
  [{ kind: 'white', reason: 'whitelisted' }, false],
  [{ kind: 'white', reason: 'policy' }, false],
])('where a retry can pass, and only there, its time is told: %j', ([verdict, shown]) => {
  expect(/^delay +a retry counts after/m.test(text({ ...FIRST, verdict }))).toBe(shown);
});

test('what the reason rests on stands before the wait', () => {
  expect(text({ ...FIRST, verdict: { kind: 'grey', reason: 'blacklisted', wait: 60, because: 'spam' } })).toMatch(
    /\ngrey: the client is blacklisted \(spam\); it is told to wait 60 seconds, but no retry passes\n/,
  );
});

test.for<[names: 'absent' | 'found', list: 'absent' | 'found', reason: string]>([
  ['absent', 'absent', 'no name in DNS'],
  ['absent', 'found', 'no name in DNS'],
  ['found', 'absent', 'dynamic address'],
])('the name of a dynamic address is %s, on a list it is %s: %s', ([names, list, reason]) => {
  const dynamic = { points: -10, reason: 'dynamic address' };
  const standing = { ...STANDING, reasons: [dynamic, { points: -5, reason: 'novelty TLD' }] };
  const lookups = [
    { about: 'names', answer: names, records: [] },
    { about: 'Spamcop', answer: list, records: [] },
  ];
  const explained = { ...FIRST, lookups, client: { standing, misfit: false, shortLived: false } };
  const refused = (because: string): Partial<Explanation> => ({
    verdict: { kind: 'black', reason: 'blacklisted', because },
  });
  const said = text({ ...explained, ...refused('dynamic address, novelty TLD') });
  expect(said).toContain(`-10  ${reason}\n             -5  novelty TLD\n`);
  expect(said).toContain(`the client is blacklisted (${reason}, novelty TLD)\n`);
  expect(text({ ...explained, ...refused('by hand: dynamic address (root)') })).toContain(
    '(by hand: dynamic address (',
  );
});

const MANUAL = {
  manual: { subject: 'b', kind: 'black', author: 'root', reason: 'r', made: 1, expires: NOW },
} as const;
const BLACK: Standing = { ...STANDING, class: 'black', score: -510, reveal: NOW + 60 };
const WHITE: Standing = { ...STANDING, class: 'white', score: 20 };

test.for<[reason: 'known' | 'pass', client: string, change: RegExp]>([
  ['known', '203.0.113.0/24', /lifetime, or with ddgrey forget 203.0.113.0\/24$/],
  ['known', '', /lifetime$/],
  ['pass', '2001:db8::/64', /lifetime, or with ddgrey forget 2001:db8::\/64$/],
])('%s of %s', ([reason, client, change]) => {
  const pass = { client, domain: 'b', firstSeen: 1, lastSeen: 1, uses: 5 };
  const recalled = { ...FIRST.recalled, tuple: { ...TUPLE, client }, pass };
  expect(whatWouldChange({ ...FIRST, verdict: { kind: 'white', reason }, recalled })).toEqual([
    expect.stringMatching(change),
  ]);
});

test.for<[verdict: Verdict, known: Partial<Explanation['client']>, change: readonly RegExp[]]>([
  [{ kind: 'white', reason: 'off' }, {}, [/^GREY_CHECK yes in the configuration$/]],
  [{ kind: 'white', reason: 'trusted' }, {}, [/trusted/]],
  [{ kind: 'white', reason: 'policy' }, {}, [/^line 12 of the policy file$/]],
  [
    { kind: 'white', reason: 'whitelisted' },
    MANUAL,
    [new RegExp(`^ddgrey forget b, or its end at ${formatTime(NOW)}$`)],
  ],
  [{ kind: 'black', reason: 'blacklisted' }, MANUAL, [/^ddgrey forget b/]],
  [
    { kind: 'black', reason: 'blacklisted' },
    { standing: BLACK },
    [/^black shows from /, /^410 points more: grey_max$/, /^ddgrey white 203.0.113.7/],
  ],
  [
    { kind: 'white', reason: 'standing' },
    { standing: WHITE },
    [/^1 point less: grey_min$/, /^ddgrey/, /YES line of the policy file/],
  ],
  [{ kind: 'white', reason: 'known' }, {}, [/^it is forgotten .*, or with ddgrey forget example.com$/]],
  [{ kind: 'white', reason: 'retried' }, {}, [/^nothing.* it is known$/]],
  [{ kind: 'grey', reason: 'limit', wait: 1 }, {}, [/now 3/, /^a higher GREY_PENDING_NORMAL /]],
  [{ kind: 'grey', reason: 'first', wait: 1 }, {}, [new RegExp(`^the same attempt from ${formatTime(NOW + 290)} on$`)]],
  [
    { kind: 'grey', reason: 'first', wait: 1 },
    { standing: WHITE },
    [/^the same attempt from /, /^1 point less: grey_min$/, /^ddgrey white /],
  ],
  [{ kind: 'grey', reason: 'failed', wait: 1 }, {}, [/log/]],
  [{ kind: 'white', reason: 'server' }, {}, [/log/]],
])('%j, %j: %j', ([verdict, known, change]) => {
  const recalled = { ...FIRST.recalled, tuple: { ...TUPLE, sender: 'example.net' } };
  const said = whatWouldChange({ ...FIRST, recalled, verdict, client: { misfit: false, shortLived: false, ...known } });
  expect(said).toEqual(change.map((line) => expect.stringMatching(line)));
});

test.for<[verdict: Verdict, change: RegExp]>([
  [{ kind: 'white', reason: 'retried' }, /^nothing.* the next one waits anew$/],
  [{ kind: 'grey', reason: 'limit', wait: 1 }, /^a higher GREY_PENDING_NULLSENDER /],
])('of a bounce, %j: %s', ([verdict, change]) => {
  expect(whatWouldChange({ ...FIRST, verdict }).at(-1)).toMatch(change);
});
