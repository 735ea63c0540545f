import type { LookupAddress } from 'node:dns';
import { expect, test } from 'vitest';
import { lookUpOthers, OURSELVES } from './look-up-peer.ts';

const [OURS, OTHER] = [
  { address: '127.0.1.1', family: 4 },
  { address: '2001:db8::2', family: 6 },
];

type Outcome = [error: Error | null, found: LookupAddress[]];

test.for<[...looked: Outcome, ...told: Outcome]>([
  [null, [OURS, OTHER], null, [OTHER]],
  [null, [OTHER], null, [OTHER]],
  [null, [OURS], new Error(OURSELVES), []],
  [new Error('ENOTFOUND'), [], new Error('ENOTFOUND'), []],
])('%o, %j: %o, %j', async ([error, found, cause, others]) => {
  const lookUp = lookUpOthers(
    (address) => address === '127.0.1.1',
    (_host, _options, callback) => callback(error, found),
  );
  const told = await new Promise((resolve) => lookUp('mx.example.org', {}, (...both) => resolve(both)));
  expect(told).toEqual([cause, others]);
});
