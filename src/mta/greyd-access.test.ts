import { expect, test } from 'vitest';
import { type GreydAccess, type GreydRight, greydAccess } from './greyd-access.ts';

test.for<[address: string, right: GreydRight | undefined, access: GreydAccess]>([
  ['127.0.0.1', undefined, 'use'],
  ['127.0.0.1', 'refused', 'use'],
  ['127.0.0.1', 'ok-admin', 'admin'],
  ['::ffff:127.0.0.1', undefined, 'use'],
  ['::1', undefined, 'use'],
  ['127.0.0.2', undefined, 'none'],
  ['127.0.0.10', undefined, 'none'],
  ['127.0.0.2', 'ok', 'use'],
  ['127.0.0.2', 'refused', 'none'],
  ['10.1.2.3', 'ok-admin', 'admin'],
  ['2001:db8::1', 'ok', 'use'],
  ['fe80::1%eth0', 'ok', 'use'],
  ['', 'ok-admin', 'none'],
])('%s, policy says %s: %s', ([address, right, access]) => {
  expect(greydAccess(() => right)({ kind: 'tcp', address })).toBe(access);
});

test('who reaches the unix socket may do all; the policy is not asked', () => {
  expect(greydAccess(() => 'refused')({ kind: 'unix' })).toBe('admin');
});

test('the policy is asked for the address as it is, not as the listener sees it', () => {
  const asked: string[] = [];
  const access = greydAccess(({ text }) => void asked.push(text));
  for (const address of ['::ffff:10.1.2.3', 'fe80::1%eth0']) access({ kind: 'tcp', address });
  expect(asked).toEqual(['10.1.2.3', 'fe80::1']);
});
