import { expect, test } from 'vitest';
import { keptLog } from '../../test/kept-log.ts';
import type { Lookup } from './resolver.ts';
import { watchAnswers } from './watch-answers.ts';

const FAILED: Lookup<unknown> = { kind: 'failed', error: 'SERVFAIL' };
const ABSENT: Lookup<unknown> = { kind: 'absent', ttl: 60 };
const LOST = 'name servers do not answer cause=SERVFAIL';
const BACK = 'name servers answer again';

test.for<[what: string, failures: readonly number[], told: readonly string[]]>([
  ['a few failures', [19, 19], []],
  ['many', [20], [LOST, BACK]],
  ['more of them', [500, 1, 20], [LOST, BACK, LOST, BACK]],
])('%s, each time with an answer behind them: %j', ([, failures, told]) => {
  const { log, logged } = keptLog();
  const take = watchAnswers(log);
  for (const count of failures)
    for (const lookup of [...Array<typeof FAILED>(count).fill(FAILED), ABSENT]) take(lookup);
  expect(logged()).toEqual(told);
});
