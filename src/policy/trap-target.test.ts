import { expect, test } from 'vitest';
import { parseTrapTarget } from './trap-target.ts';

test.for([
  ['Trap@Example.org', 'trap@example.org'],
  ['trap@', 'trap@'],
  ['@Example.org', 'example.org'],
  ['example.org.', 'example.org'],
  ['trap@mailhost', 'trap@mailhost'],
  ['Jörg@Exämple.org', 'jörg@xn--exmple-cua.org'],
  ['exämple.org', 'xn--exmple-cua.org'],
  ['*@example.org', undefined],
  ['j\ufffdrg@example.org', undefined],
  ['@mailhost', undefined],
  ['@', undefined],
  ['@@mailhost', undefined],
  ['trap@example.org/x', undefined],
  ['nobody', undefined],
  ['a b@example.org', undefined],
])('%s: %s', ([word, target]) => {
  expect(parseTrapTarget(word ?? '')).toBe(target);
});
