import { expect, test } from 'vitest';
import { policyOf } from '../../test/engine-bench.ts';
import { parseMailbox } from './check.ts';
import { senderFitsClient } from './equivalent-domains.ts';

function fits(lines: string, sender: string, client: string): boolean {
  const text = lines.split(/; */).map((line) => (line === '' ? '' : `GreyDomainEquiv:${line}`));
  return senderFitsClient(parseMailbox(sender), client, policyOf(text.join('\n')).equivalents);
}

const chain = 'a.com b.com; b.com c.com; c.com d.com';
const shared = 'a.com b.com; d.com c.com; e.com c.com';

// As recorded from ze-filter.
const recorded: readonly [lines: string, sender: string, client: string, fit: boolean][] = [
  ['', 'joe@x.com@y.net', 'mail.y.net', true],
  ['', '@example.com', 'mail.example.com', true],
  ['', 'joe@[10.1.2.3]', '[10.1.2.3]', false],
  ['', 'joe', 'mail.example.com', false],
  ['arcelor.com usinor.com', 'arcelor.com', 'usinor.com', true],
  ['arcelor.com usinor.com', 'usinor.com', 'arcelor.com', true],
  ['arcelor.com usinor.com', 'sub.arcelor.com', 'mx.usinor.com', true],
  ['arcelor.com usinor.com', 'arcelor.fr', 'usinor.com', false],
  ['arcelor.com usinor.com', 'notarcelor.com', 'usinor.com', false],
  ['arcelor.com usinor.com', 'joe@arcelor.com', 'unknown', false],
  ['arcelor.com usinor.com', 'arcelor.com', 'other.com', false],
  ['arcelor.com usinor.com', 'joe@arcelor.com', '[10.1.2.3]', false],
  ['ARCELOR.com USINOR.com', 'arcelor.com', 'usinor.com', true],
  ['ARCELOR.com USINOR.com', 'usinor.com', 'arcelor.com', true],
  [chain, 'a.com', 'mx.c.com', true],
  [chain, 'b.com', 'mx.c.com', true],
  [chain, 'd.com', 'mx.a.com', false],
  [chain, 'b.com', 'mx.a.com', true],
  [shared, 'd.com', 'mx.e.com', true],
  [shared, 'b.com', 'mx.c.com', false],
  ['adcis.net celeonet.fr,celeo.net', 'adcis.net', 'mx.celeonet.fr', true],
  ['adcis.net celeonet.fr,celeo.net', 'adcis.net', 'mx.celeonet.com', true],
  ['adcis.net celeonet.fr,celeo.net', 'adcis.net', 'mx.other.net', false],
  ['adcis.net celeonet.fr celeo.net', 'adcis.net', 'mx.celeo.net', true],
  ['self.com self.com', 'self.com', 'mx.other.com', false],
  ['self.com self.com', 'self.com', 'mx.self.com', true],
  ['a.com b.com; b.com a.com', 'a.com', 'mx.b.com', true],
  ['joe@a.com b.com', 'ann@a.com', 'mx.b.com', false],
  ['joe@ b.com', 'joe@a.com', 'mx.b.com', true],
  ['com b.net', 'joe@a.com', 'mx.b.net', true],
  ['10.1.2 b.net', 'joe@b.net', '10.1.2.3', true],
  ['default b.net', 'joe@a.com', 'mx.b.net', false],
  ['default b.net', 'joe@b.net', '', true],
  ['* b.net', 'joe@b.net', '', false],
  ['* b.net', 'joe@a.com', 'mx.b.net', false],
];

test.for(recorded)('%s: %s by %s fits: %s', ([lines, sender, client, fit]) => {
  expect(fits(lines, sender, client)).toBe(fit);
});

// With ze-filter only GreyEquivDomain has an effect, GreyDomainEquiv, the name in its manual, has none.
const manual: readonly [lines: string, sender: string, client: string][] = [
  ['arcelor.com usinor.com', 'joe@arcelor.com', 'mx.usinor.com'],
  ['arcelor.com usinor.com', 'joe@usinor.com', 'mx.arcelor.com'],
  ['arcelor.com usinor.com', 'arcelor.com', 'usinor.fr'],
];

test.for(manual)('known difference: %s: %s by %s fits', ([lines, sender, client]) => {
  expect(fits(lines, sender, client)).toBe(true);
});

test('a client without a name has the rule for its network, of IPv6 too', () => {
  expect(fits('2001:db8 b.net', 'joe@b.net', '2001:db8::1')).toBe(true);
});

test('two steps from the client count like two from the sender, three do not', () => {
  expect(fits(chain, 'c.com', 'mx.a.com')).toBe(true);
  expect(fits(chain, 'a.com', 'mx.d.com')).toBe(false);
  expect(fits('a.com b.com; d.com c.com; b.com c.com', 'a.com', 'd.com')).toBe(false);
});
