import { expect, test } from 'vitest';
import { attempt, stored, T } from './contract-samples.ts';
import { tupleMatcher } from './tuple-query.ts';

test.for<[sender: string, text: string, matches: boolean]>([
  ['a@münchen.example', 'xn--mnchen-3ya.example', true],
  ['a@münchen.example', 'a@xn--mnchen-3ya.example', true],
  ['a@xn--mnchen-3ya.example', 'MÜNCHEN.example', true],
  ['a@mail.münchen.example', 'münchen.example', true],
  ['ä@münchen.example', 'ä@münchen.example', true],
  ['ä@münchen.example', 'a@münchen.example', false],
])('what %s sent is found by %s: %s', ([senderText, text, matches]) => {
  const tuple = { client: '', sender: '', recipient: '' };
  expect(tupleMatcher(text)(stored({ ...attempt, tuple, clientName: undefined, senderText }, T))).toBe(matches);
});
