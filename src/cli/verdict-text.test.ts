import { expect, test } from 'vitest';
import type { Verdict } from '../policy/verdict.ts';
import { describeVerdict } from './verdict-text.ts';

test.for<[verdict: Verdict, text: RegExp]>([
  [{ kind: 'white', reason: 'known' }, /passed before$/],
  [{ kind: 'black', reason: 'blacklisted' }, /^the client is blacklisted$/],
  [{ kind: 'grey', reason: 'first', wait: 290 }, /; 5 minutes to wait$/],
  [{ kind: 'grey', reason: 'early', wait: 90 }, /; 90 seconds to wait$/],
  [{ kind: 'grey', reason: 'failed', wait: 90 }, /; 90 seconds to wait$/],
  [{ kind: 'grey', reason: 'limit', wait: 90 }, /; it is told to wait 90 seconds, but the attempt is not remembered$/],
  [{ kind: 'grey', reason: 'blacklisted', wait: 21_600 }, /; it is told to wait 6 hours, but no retry passes$/],
])('%j: %s', ([verdict, text]) => {
  expect(describeVerdict(verdict)).toMatch(text);
});
