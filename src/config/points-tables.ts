// What a client's standing is made of, as docs/options.md tells it: worked out by the code that makes standings.
import { BLOCK_LISTS } from '../dns/known-lists.ts';
import { type Facts, NO_BAD, NO_GOOD, PLAIN } from '../policy/facts.ts';
import { award } from '../policy/points.ts';
import { CLASSES, classOf, type StandingClass } from '../policy/standing.ts';
import type { Table } from './option.ts';

const FIVE_MAILS: Facts['good'] = { ...NO_GOOD, olderThanDay: 5, olderThanWeek: 5 };
const FIFTEEN_MAILS: Facts['good'] = { ...NO_GOOD, olderThanDay: 15, olderThanWeek: 15 };

/** Facts that are there or not. */
const SINGLE: readonly (readonly [what: string, facts: Partial<Facts>])[] = [
  ['it has names in DNS, but none that leads back to it', { domain: undefined }],
  ['it has no name there, or one as of an access line', { domain: undefined, dynamic: true }],
  ['its domain ends neither in a country nor in com, org, net, gov, edu, mil, int', { domain: 'example.xyz' }],
  ['dnswl.org has it, with low trust', { dnswl: 1 }],
  ['dnswl.org has it, with medium or high trust', { dnswl: 2 }],
  ['a mail was accepted more than a day ago', { good: { ...NO_GOOD, olderThanDay: 1 } }],
  ['instead, if five were, more than a week ago', { good: FIVE_MAILS }],
  ['instead, if fifteen were, more than a week ago', { good: FIFTEEN_MAILS }],
  ['it hit a hard spam trap', { bad: { ...NO_BAD, hardTrap: 1 } }],
];

type Counted = Exclude<keyof Facts['bad'], 'newest' | 'hardTrap'>;

/** Facts that count each time. */
const COUNTED: { readonly [C in Counted]: string } = {
  manual: 'a person reported it',
  softTrap: 'soft spam traps',
  unknown: 'unknown recipients',
  spam: 'a filter took its mail for spam',
  relay: 'attempts to relay',
  disconnect: 'connections that it broke off',
  noMail: 'connections in which it sent no mail',
  noWait: 'it did not wait for its turn to speak',
  connectionLost: 'connections lost in the middle of a mail',
};
const TIMES = [1, 2, 3, 4, 5];
const ERRING = BLOCK_LISTS.filter(({ mayBeWrong }) => mayBeWrong)
  .map(({ name }) => name)
  .join(', ');

/** What each fact adds to a client's score. */
export const POINTS_TABLE: Table = {
  headings: ['what is known of the client', 'reason', `points; for ${TIMES.join(', ')} of them`],
  rows: [
    ...SINGLE.map(([what, facts]) => row(what, [facts])),
    ...(Object.entries(COUNTED) as [Counted, string][]).map(([count, what]) => row(what, repeated(count))),
    row('unknown recipients, but fifteen mails were accepted, and no block list has it', repeated('unknown'), {
      good: FIFTEEN_MAILS,
    }),
    ['a block list has it', 'the list', '`rbls`, `rbl_score`'],
    row(
      `one that errs at times (${ERRING}) has it, but five mails were accepted, or DNSWL says medium or high`,
      [{ listings: [{ title: 'the list', points: -1, mayBeWrong: true }] }],
      { good: FIVE_MAILS },
    ),
  ],
};

/** What follows from a score. */
export const CLASS_TABLE: Table = {
  headings: ['points of the client', 'what follows'],
  rows: [
    ...CLASSES.map(([least, kind], at) => {
      const [above] = CLASSES[at - 1] ?? [];
      return [above === undefined ? `${least} or more` : `${least} to ${above - 1}`, consequence(kind)];
    }),
    ['less', consequence(classOf(Number.NEGATIVE_INFINITY))],
  ],
};

function repeated(count: Counted): readonly Partial<Facts>[] {
  return TIMES.map((n) => ({ bad: { ...NO_BAD, [count]: n } }));
}

/** A row of the table. `besides`: facts that hold as well, whose own points are left out. */
function row(what: string, cases: readonly Partial<Facts>[], besides: Partial<Facts> = {}): readonly string[] {
  const beside = award({ ...PLAIN, ...besides }).map(({ reason }) => reason);
  const awards = cases.map((facts) =>
    award({ ...PLAIN, ...besides, ...facts }).find(({ reason }) => !beside.includes(reason)),
  );
  const reasons = new Set(awards.map((found) => found?.reason ?? ''));
  return [what, [...reasons].join('; '), awards.map((found) => found?.points ?? 0).join(', ')];
}

function consequence(kind: StandingClass): string {
  if (kind === 'white') return 'no delay';
  return kind === 'black' ? 'refused, after some days in which no retry passes' : `\`${kind}\``;
}
