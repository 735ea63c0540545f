import { expect, test } from 'vitest';
import { type RememberedFacts, rememberedFacts } from './remembered-facts.ts';
import type { Standing } from './standing.ts';

const T = 1_700_000_000;
const IP = '203.0.113.7';
const NAMES = ['mx.example.com'];

function standing(identity: string, reasons: readonly string[]): Standing {
  const times = { computed: T, answered: T, expires: T + 3600, reveal: undefined };
  const awards = reasons.map((reason) => ({ points: 0, reason }));
  return { ip: IP, identity, names: NAMES, score: 0, class: 'grey_default', reasons: awards, ...times };
}

const NAMELESS = { domain: undefined, names: NAMES, dynamic: false };

test.for<[reasons: string, identity: string, name: RememberedFacts['name'], dnswl: RememberedFacts['dnswl']]>([
  ['', IP, undefined, 0],
  ['', 'example.com', { domain: 'example.com', names: NAMES, dynamic: false }, 0],
  ['no reverse name', IP, NAMELESS, 0],
  ['dynamic address', IP, { domain: undefined, names: NAMES, dynamic: true }, 0],
  ['no reverse name; DNSWL low', IP, NAMELESS, 1],
  ['DNSWL medium or high', 'example.com', { domain: 'example.com', names: NAMES, dynamic: false }, 2],
])('%j of %s', ([reasons, identity, name, dnswl]) => {
  expect(rememberedFacts(standing(identity, reasons.split('; ')), T)).toMatchObject({ name, dnswl });
});

test.for([
  ['spamcop', true],
  ['spamcop, taken for a false listing', true],
  ['barracuda', false],
] as const)('for the reason %j it was on spamcop: %j', ([reason, listed]) => {
  expect(rememberedFacts(standing(IP, [reason]), T)?.isListed('spamcop')).toBe(listed);
});

test('what a standing tells stands in for two weeks', () => {
  expect(rememberedFacts(standing(IP, []), T + 14 * 86_400 - 1)).toBeDefined();
  expect(rememberedFacts(standing(IP, []), T + 14 * 86_400)).toBeUndefined();
});
