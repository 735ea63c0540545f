import { expect, test } from 'vitest';
import { bytesHeldBy, partOfLong } from '../../test/bytes-held.ts';
import { addressOf } from '../../test/engine-bench.ts';
import { manualClock } from '../lib/clock.ts';
import { ToldNames } from './told-names.ts';

// `ADDRESS NAME: DOMAIN`; `-` is no name or domain. `+N`: seconds pass. `?`: it is only looked at.
test.for([
  ['203.0.113.7 mx.example.com: example.com; 203.0.113.7 -: example.com'],
  ['203.0.113.7 mx.example.com: example.com; 203.0.113.8 -: -'],
  ['203.0.113.7 -: -; 203.0.113.7 mx.example.com: example.com'],
  ['203.0.113.7 mx.example.com: example.com; 203.0.113.7 mx.example.net: example.net; 203.0.113.7 -: example.net'],
  ['203.0.113.7 mx.example.com: example.com; 203.0.113.7 dsl-1-2.example.com: -; 203.0.113.7 -: -'],
  ['203.0.113.7 mx.example.com: example.com; +1209599; 203.0.113.7 -: example.com; +1; 203.0.113.7 -: -'],
  [
    '203.0.113.7 mx.example.com: example.com; +1209599; 203.0.113.7 mx.example.com: example.com; +1; 203.0.113.7 -: example.com',
  ],
  ['203.0.113.7 ?mx.example.com: example.com; 203.0.113.7 -: -'],
  ['203.0.113.7 mx.example.com: example.com; 203.0.113.7 ?-: example.com; 203.0.113.7 ?mx.example.net: example.net'],
  ['2001:db8::7 mx.example.com: example.com; 2001:db8::7 -: example.com; 2001:db8::8 -: -'],
] as const)('%s', ([steps]) => {
  const clock = manualClock(1_700_000_000);
  const names = new ToldNames(clock);
  for (const step of steps.split('; ')) {
    const [, ip = '', looked, name = '', domain] = /^(\S+) (\??)(\S+): (\S+)$/.exec(step) ?? [];
    if (domain === undefined) {
      clock.advance(Number(step));
      continue;
    }
    const check = { client: addressOf(ip), ...(name !== '-' && { clientName: name }) };
    expect([step, (looked === '' ? names : names.unchanged).domainOf(check) ?? '-']).toEqual([step, domain]);
  }
});

test('what came with a name is not kept with it', async () => {
  const names = new ToldNames(manualClock(1_700_000_000));
  const tell = (): void => {
    for (let n = 0; n < 100; n += 1) {
      const client = addressOf(partOfLong(`203.0.113.${100 + n}`));
      names.domainOf({ client, clientName: partOfLong(`mx${n}.mail.example.com`) });
    }
  };
  expect(await bytesHeldBy(tell)).toBeLessThan(1_000_000);
  expect(names.domainOf({ client: addressOf('203.0.113.199') })).toBe('example.com');
});
