import { expect, test } from 'vitest';
import { checkOf, policyOf } from '../../test/engine-bench.ts';
import type { Check } from './check.ts';
import {
  type Change,
  type ClientView,
  type Decision,
  decide,
  decideByRule,
  type Recalled,
  type Rules,
} from './decide.ts';
import type { TupleEntry } from './greylist.ts';
import type { ManualEntry } from './manual-entry.ts';
import type { Pass } from './pass.ts';
import type { Standing, StandingClass } from './standing.ts';
import type { Verdict } from './verdict.ts';

const T = 1_700_000_000;
const HOUR = 3600;
const DAY = 24 * HOUR;

const RULES: Rules = {
  greylisting: true,
  isTrusted: ({ text }) => text === '192.0.2.200',
  policy: checksOf('From:shop.example NO; To:postmaster@ NO; From:strict.example YES'),
  parts: { client: 'NET', sender: 'HOST', recipient: 'FULL' },
  delays: { grey_min: 10, grey_short: 60, grey_default: 600, grey_long: 1800, grey_max: 3600 },
  retry: 10 * HOUR,
  nullSender: { delay: 1500, retry: 5 * HOUR },
  misfitsWait: true,
  fitMatters: true,
  dewhite: new Set(),
  validLifetime: 14 * DAY,
  passLifetime: 21 * DAY,
  pendingLimit: { normal: 50, nullSender: 6 },
};

const first = { kind: 'grey', reason: 'first', wait: 600 } as const;
const early = { kind: 'grey', reason: 'early', wait: 1 } as const;
const known = { kind: 'white', reason: 'known' } as const;
const retried = { kind: 'white', reason: 'retried' } as const;

/** Lines are separated by `;`, and `GreyCheck` is left out. */
function checksOf(text: string): Rules['policy'] {
  return policyOf(text.replaceAll(/; */g, '\n').replaceAll(/^/gm, 'GreyCheck'));
}

function check(sender = 'a@example.com', client = '203.0.113.7', recipient = 'b@example.org'): Check {
  return checkOf(client, sender, recipient);
}

function pending(ago: number): TupleEntry {
  return { state: 'pending', firstSeen: T - ago, lastSeen: T - ago };
}

function valid(ago: number): TupleEntry {
  return { state: 'valid', firstSeen: T - 30 * DAY, lastSeen: T - ago };
}

function passUsed(ago: number): Pass {
  return { client: 'example.com', domain: 'example.com', firstSeen: T - 60 * DAY, lastSeen: T - ago, uses: 5 };
}

function manual(kind: ManualEntry['kind']): ManualEntry {
  return { subject: '203.0.113.7', kind, author: 'ann', reason: 'a partner', made: T, expires: T + 1 };
}

function standing(kind: StandingClass, reveal?: number): Standing {
  const reasons = [{ points: 1, reason: `because ${kind}` }];
  const times = { computed: T - HOUR, answered: T - HOUR, expires: T + DAY, reveal };
  return { ip: '203.0.113.7', identity: 'example.com', names: [], score: 1, class: kind, reasons, ...times };
}

interface Situation extends Partial<ClientView>, Partial<Recalled> {
  readonly sender?: string;
  readonly rules?: Partial<Rules>;
}

function decided({ sender, rules, ...known }: Situation): Decision {
  const asked = check(sender);
  const all = { ...RULES, ...rules };
  const client = { manual: undefined, standing: undefined, misfit: false, ...known };
  const tuple = { client: '', sender: '', recipient: '' };
  const recalled = { entry: undefined, tuple, pass: undefined, pendingOfClient: 0, ...known };
  const ruling = decideByRule(asked, all);
  if (ruling.verdict !== undefined) return { verdict: ruling.verdict, change: 'none' };
  return decide({ check: asked, client, recalled, rules: all, excusable: ruling.excusable }, T);
}

test.for<[what: string, asked: Check, rules: Partial<Rules>, verdict: Verdict | undefined]>([
  ['1 switched off', check(), { greylisting: false }, { kind: 'white', reason: 'off' }],
  ['1 before 2', check('', '192.0.2.200'), { greylisting: false }, { kind: 'white', reason: 'off' }],
  ['2 trusted', check('', '192.0.2.200'), {}, { kind: 'white', reason: 'trusted' }],
  ['2 as IPv6', check('', '::ffff:192.0.2.200'), {}, { kind: 'white', reason: 'trusted' }],
  ['3 no', check('a@shop.example'), {}, { kind: 'white', reason: 'policy', because: 'policy line 1: shop.example' }],
  [
    '3 no after yes',
    check('a@strict.example', '::1', 'postmaster@x.org'),
    {},
    { kind: 'white', reason: 'policy', because: 'policy line 2: postmaster@' },
  ],
  ['3 yes', check('a@strict.example'), {}, undefined],
  ['3 says nothing', check(), {}, undefined],
])('step %s', ([, asked, rules, verdict]) => {
  expect(decideByRule(asked, { ...RULES, ...rules }).verdict).toEqual(verdict);
});

test.for<[sender: string, excusable: boolean]>([
  ['a@strict.example', false],
  ['a@example.com', true],
])('3: whether a good standing excuses %s: %j', ([sender, excusable]) => {
  expect(decideByRule(check(sender), RULES)).toEqual({ verdict: undefined, excusable });
});

const whitelisted = { kind: 'white', reason: 'whitelisted', because: 'a partner (ann)' } as const;
const blacklisted = { kind: 'black', reason: 'blacklisted', because: 'by hand: a partner (ann)' } as const;
const hidden = { kind: 'grey', reason: 'blacklisted', told: 'first', wait: 3600, because: 'because black' } as const;
const hiddenEarly = { ...hidden, told: 'early', wait: 3500 } as const;
const shown = { kind: 'black', reason: 'blacklisted', because: 'because black' } as const;
const passed = { kind: 'white', reason: 'pass', because: 'example.com example.com' } as const;
const excused = { kind: 'white', reason: 'standing', because: 'because white' } as const;

test.for<[what: string, situation: Situation, verdict: Verdict, change: Change]>([
  ['by hand white', { manual: manual('white'), standing: standing('black', T) }, whitelisted, 'none'],
  ['by hand black', { manual: manual('black'), standing: standing('white'), entry: valid(0) }, blacklisted, 'none'],
  [
    '3 before by hand',
    { manual: manual('black'), sender: 'a@shop.example' },
    { kind: 'white', reason: 'policy', because: 'policy line 1: shop.example' },
    'none',
  ],
  ['4 before its reveal', { standing: standing('black', T + 1) }, hidden, 'record'],
  ['4 like others early', { standing: standing('black', T + 1), entry: pending(100) }, hiddenEarly, 'none'],
  ['4 never passes', { standing: standing('black', T + 1), entry: pending(3600) }, hidden, 'restart'],
  [
    '4 whatever is known',
    { standing: standing('black', T + 1), pass: passUsed(0), entry: valid(0) },
    hidden,
    'restart',
  ],
  ['4 only while it is blacklisted', { standing: standing('grey_max', T + 1) }, { ...first, wait: 3600 }, 'record'],
  ['5 from its reveal on', { standing: standing('black', T) }, shown, 'none'],
  ['5 whatever is known', { standing: standing('black', T), pass: passUsed(0), entry: valid(0) }, shown, 'none'],
  ['5 without a reveal', { standing: standing('black') }, shown, 'none'],
  ['6 pass', { pass: passUsed(0), standing: standing('grey_max') }, passed, 'none'],
  ['6 before 7', { pass: passUsed(0), standing: standing('white') }, passed, 'none'],
  ['6 pass used in the future', { pass: passUsed(-9999) }, passed, 'none'],
  ['6 at the end of its life', { pass: passUsed(21 * DAY) }, passed, 'none'],
  ['6 past its life', { pass: passUsed(21 * DAY + 1) }, first, 'record'],
  ['6 also where the policy says yes', { pass: passUsed(0), sender: 'a@strict.example' }, passed, 'none'],
  ['6 what is known stays so', { pass: passUsed(0), entry: valid(21_601) }, passed, 'refresh'],
  ['6 what was known long ago does not', { pass: passUsed(0), entry: valid(14 * DAY + 1) }, passed, 'none'],
  ['6 what waits goes on waiting', { pass: passUsed(0), entry: pending(21_601) }, passed, 'none'],
  ['7 what is known stays so', { standing: standing('white'), entry: valid(21_601) }, excused, 'refresh'],
  ['7 a good standing', { standing: standing('white') }, excused, 'none'],
  ['7 not where the policy says yes', { standing: standing('white'), sender: 'a@strict.example' }, first, 'record'],
  ['8 valid', { entry: valid(0) }, known, 'none'],
  ['8 valid, used 6 h ago', { entry: valid(21_600) }, known, 'none'],
  ['8 valid, used more than 6 h ago', { entry: valid(21_601) }, known, 'refresh'],
  ['8 valid, used in the future', { entry: valid(-9999) }, known, 'none'],
  ['8 valid, at the end of its life', { entry: valid(14 * DAY) }, known, 'refresh'],
  ['8 valid, past its life', { entry: valid(14 * DAY + 1) }, first, 'restart'],
  ['9 after the delay', { entry: pending(600) }, { ...retried, waited: 600 }, 'validate'],
  ['9 within the window', { entry: pending(10 * HOUR - 1) }, { ...retried, waited: 35_999 }, 'validate'],
  ['10 too early', { entry: pending(599) }, early, 'none'],
  ['10 pending since the future', { entry: pending(-9999) }, { ...early, wait: 600 }, 'none'],
  ['11 past the window', { entry: pending(10 * HOUR) }, first, 'restart'],
  ['12 first', {}, first, 'record'],
])('step %s', ([, situation, verdict, change]) => {
  expect(decided(situation)).toMatchObject({ verdict, change });
});

test.for<[ago: number, refreshed: true | undefined]>([
  [21_600, undefined],
  [21_601, true],
])('a pass used %i s ago is refreshed: %j', ([ago, refreshed]) => {
  expect(decided({ pass: passUsed(ago) }).refreshPass).toBe(refreshed);
});

test.for<[what: string, entry: TupleEntry | undefined, verdict: Verdict, change: Change]>([
  ['no entry', undefined, { ...first, wait: 1500 }, 'record'],
  ['too early', pending(1499), early, 'none'],
  ['after the delay it passes once and leaves nothing', pending(1500), { ...retried, waited: 1500 }, 'forget'],
  ['at the end of its own window', pending(5 * HOUR), { ...first, wait: 1500 }, 'restart'],
])('a bounce: %s', ([, entry, verdict, change]) => {
  expect(decided({ sender: '<>', entry })).toEqual({ verdict, change });
});

test.for<[kind: StandingClass, early: number, late: number]>([
  ['grey_min', 9, 10],
  ['grey_short', 59, 60],
  ['grey_default', 599, 600],
  ['grey_long', 1799, 1800],
  ['grey_max', 3599, 3600],
])('a client that is %s is early after %i s, and passes after %i', ([kind, tooEarly, late]) => {
  expect(decided({ standing: standing(kind), entry: pending(tooEarly) }).verdict).toEqual(early);
  expect(decided({ standing: standing(kind), entry: pending(late) }).verdict).toMatchObject(retried);
});

test('a better standing helps at once, a worse one delays what was pending', () => {
  expect(decided({ standing: standing('grey_min'), entry: pending(10) }).change).toBe('validate');
  expect(decided({ standing: standing('grey_max'), entry: pending(600) }).verdict).toMatchObject({ wait: 3000 });
});

test('a sender that does not fit waits longer', () => {
  expect(decided({ misfit: true }).verdict).toEqual({ ...first, wait: 1200 });
  expect(decided({ misfit: true, rules: { misfitsWait: false } }).verdict).toEqual(first);
});

test.for<[sender: string, pendingOfClient: number, verdict: Verdict, change: Change]>([
  ['a@example.com', 49, first, 'record'],
  ['a@example.com', 50, { ...first, reason: 'limit' }, 'none'],
  ['a@example.com', 51, { ...first, reason: 'limit' }, 'none'],
  ['<>', 5, { ...first, wait: 1500 }, 'record'],
  ['<>', 6, { kind: 'grey', reason: 'limit', wait: 1500 }, 'none'],
])('12: of %j, by a client with %i pending entries: %j', ([sender, pendingOfClient, verdict, change]) => {
  expect(decided({ sender, pendingOfClient })).toEqual({ verdict, change });
});

test.for<[limit: number, change: Change]>([
  [0, 'record'],
  [1, 'none'],
])('a limit of 0 is no limit, one of 1 is: %i', ([limit, change]) => {
  const rules = { pendingLimit: { normal: limit, nullSender: limit } };
  for (const sender of ['a@example.com', '<>'])
    expect(decided({ sender, pendingOfClient: 1_000_000, rules }).change).toBe(change);
});

test.for<[what: string, entry: TupleEntry, change: Change]>([
  ['a retry', pending(700), 'validate'],
  ['a new start', pending(10 * HOUR), 'restart'],
  ['a known sender', valid(0), 'none'],
])('the limit does not hinder %s', ([, entry, change]) => {
  expect(decided({ entry, pendingOfClient: 50 }).change).toBe(change);
});
