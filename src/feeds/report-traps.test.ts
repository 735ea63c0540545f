import { expect, test } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import { manualClock } from '../lib/clock.ts';
import type { IncomingReport } from '../policy/report.ts';
import { reportTraps, withoutTrapMail } from './report-traps.ts';
import { indexTraps } from './spamtraps.ts';

const TRAPS = indexTraps([
  { target: 'old@example.org', kind: 'soft' },
  { target: 'trap.example.org', kind: 'hard' },
]);
const CONFIG = 'reputation no\nhard_trap trap@example.org\ntrusted 192.0.2.0/24';

test.for<[recipient: string, sender: string, reports: readonly Partial<IncomingReport>[]]>([
  ['old@example.org', 'a@x.org', [{ event: 'soft_trap', sender: 'a@x.org', recipient: 'old@example.org' }]],
  ['OLD@example.ORG', 'a@x.org', [{ event: 'soft_trap', sender: 'a@x.org', recipient: 'OLD@example.ORG' }]],
  ['any@trap.example.org', '<>', [{ event: 'hard_trap', sender: '<>', recipient: 'any@trap.example.org' }]],
  ['new@example.org', 'a@x.org', []],
])('a check for %s from %s is reported when its answer has left', async ([recipient, sender, reports]) => {
  const made: IncomingReport[] = [];
  const onAnswer = reportTraps({ traps: () => TRAPS, report: (report) => made.push(report), clock: manualClock() });
  const turnEnded = new Promise(setImmediate);
  onAnswer(checkOf('203.0.113.7', sender, recipient));
  await turnEnded;
  expect(made).toEqual([]);
  await new Promise(setImmediate);
  const same = { reporter: 'traps', time: T0, ip: '203.0.113.7', mtaId: 'x1' };
  expect(made).toEqual(reports.map((report) => ({ ...same, ...report })));
});

test('a hit shows in nothing that the sender sees, and is there once the answer has left', async () => {
  const { answerCheck, store, reported } = await engineBench({ config: CONFIG });
  const [trap, other] = await Promise.all(
    ['trap@example.org', 'other@example.org'].map(async (recipient) =>
      answerCheck(checkOf('203.0.113.7', 'a@example.com', recipient)),
    ),
  );
  expect(trap).toEqual(other);
  await reported();
  expect(await wholeList(store.reports(undefined))).toMatchObject([
    { event: 'hard_trap', recipient: 'trap@example.org' },
  ]);
});

test('nothing is reported of a trusted client', async () => {
  const { answerCheck, store, reported } = await engineBench({ config: CONFIG });
  await answerCheck(checkOf('192.0.2.9', 'a@example.com', 'trap@example.org'));
  await reported();
  expect(await wholeList(store.reports(undefined))).toEqual([]);
});

test.for<[event: string, recipient: string | undefined, taken: boolean]>([
  ['ok', 'Old@example.org', false],
  ['ok', 'any@trap.example.org', false],
  ['ok', 'new@example.org', true],
  ['ok', undefined, true],
  ['spam', 'old@example.org', true],
  ['soft_trap', 'old@example.org', true],
])('a report of %s to %s is taken: %s', async ([event, recipient, taken]) => {
  const made: IncomingReport[] = [];
  const accept = withoutTrapMail(
    () => TRAPS,
    async (report) => {
      await new Promise(setImmediate);
      made.push(report);
    },
  );
  await accept({ reporter: 'exim4', time: T0, ip: '203.0.113.7', event, ...(recipient && { recipient }) });
  expect(made).toHaveLength(Number(taken));
});
