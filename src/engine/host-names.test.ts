import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addressOf } from '../../test/engine-bench.ts';
import { type FakeDns, fakeResolver } from '../dns/fake-resolver.ts';
import type { HostNames } from '../policy/access-right.ts';
import { lookUpHostNames } from './host-names.ts';

const HOST = '203.0.113.7';
const NAMED = { ptr: { [HOST]: ['mx.example.com', 'www.example.net'] }, a: { 'mx.example.com': [HOST] } };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

test.for<[title: string, dns: FakeDns, names: HostNames]>([
  ['no name', {}, { verified: [], claimed: [], complete: true }],
  ['one that leads back', NAMED, { verified: ['mx.example.com'], claimed: ['www.example.net'], complete: true }],
  [
    'one whose address can not be found out',
    { ...NAMED, failing: ['A mx.example.com'] },
    { verified: [], claimed: ['mx.example.com', 'www.example.net'], complete: true },
  ],
  ['no answer', { ...NAMED, failing: [`PTR ${HOST}`] }, { verified: [], claimed: [], complete: false }],
  ['no answer in time', { ...NAMED, late: [`PTR ${HOST}`] }, { verified: [], claimed: [], complete: false }],
  ['not all answers in time', { ...NAMED, late: ['A mx.example.com'] }, { verified: [], claimed: [], complete: false }],
])('%s', async ([, dns, names]) => {
  let known: HostNames | undefined;
  const looking = lookUpHostNames({ resolver: fakeResolver(dns), deadline: () => 3 }, addressOf(HOST));
  looking.then(
    (found) => (known = found),
    () => {},
  );
  await vi.advanceTimersByTimeAsync(2999);
  expect(known === undefined).toBe(dns.late !== undefined);
  await vi.advanceTimersByTimeAsync(1);
  expect(known).toEqual(names);
});
