import { expect, test } from 'vitest';
import { type HostNames, UNKNOWN_NAMES } from '../policy/access-right.ts';
import type { AccessRight } from '../policy/rule-values.ts';
import { type GreydAccess, greydAccess, type GreydRights } from './greyd-access.ts';

/** A policy file without names that says this. */
function saying(right: AccessRight | undefined): GreydRights {
  return { rightOf: () => right, namesMatter: () => false, lookUpNames: () => Promise.reject(new Error('not asked')) };
}

test.for<[address: string, right: AccessRight | undefined, access: GreydAccess]>([
  ['127.0.0.1', undefined, 'use'],
  ['127.0.0.1', 'refused', 'use'],
  ['127.0.0.1', 'ok-admin', 'admin'],
  ['::ffff:127.0.0.1', undefined, 'use'],
  ['::1', undefined, 'use'],
  ['127.0.0.2', undefined, 'none'],
  // ze-filter let it in, by the beginning of the text 127.0.0.1 (D17).
  ['127.0.0.10', undefined, 'none'],
  ['127.0.0.2', 'ok', 'use'],
  ['127.0.0.2', 'refused', 'none'],
  ['10.1.2.3', 'ok-admin', 'admin'],
  ['2001:db8::1', 'ok', 'use'],
  ['fe80::1%eth0', 'ok', 'use'],
  ['', 'ok-admin', 'none'],
])('%s, policy says %s: %s', ([address, right, access]) => {
  const caller = greydAccess(saying(right))({ kind: 'tcp', address });
  expect([caller.ready, caller.access()]).toEqual([undefined, access]);
});

test('who reaches the unix socket may do all; the policy is not asked', () => {
  expect(greydAccess(saying('refused'))({ kind: 'unix' }).access()).toBe('admin');
});

test('the policy is asked for the address as it is, not as the listener sees it', () => {
  const asked: string[] = [];
  const accessOf = greydAccess({ ...saying('ok'), rightOf: ({ text }) => void asked.push(text) });
  for (const address of ['::ffff:10.1.2.3', 'fe80::1%eth0']) accessOf({ kind: 'tcp', address }).access();
  expect(asked).toEqual(['10.1.2.3', 'fe80::1']);
});

test('the policy is asked each time', () => {
  let right: AccessRight | undefined = 'ok-admin';
  const caller = greydAccess({ ...saying(right), rightOf: () => right })({ kind: 'tcp', address: '10.1.2.3' });
  expect(caller.access()).toBe('admin');
  right = undefined;
  expect(caller.access()).toBe('none');
});

test('names are looked up where they matter, but not of the machine itself', async () => {
  const [found, asked]: [HostNames, HostNames[]] = [{ verified: ['a.example'], claimed: [], complete: true }, []];
  const accessOf = greydAccess({
    rightOf: (_, names) => void asked.push(names),
    namesMatter: () => true,
    lookUpNames: async () => found,
  });
  for (const address of ['10.1.2.3', '127.0.0.1', '::1']) {
    const caller = accessOf({ kind: 'tcp', address });
    await caller.ready;
    caller.access();
  }
  expect(asked).toEqual([found, UNKNOWN_NAMES, UNKNOWN_NAMES]);
});
