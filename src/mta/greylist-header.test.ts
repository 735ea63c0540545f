import { expect, test } from 'vitest';
import { greylistHeader, isForged } from './greylist-header.ts';

test.for([
  [
    { kind: 'white', reason: 'retried', waited: 312 },
    'delayed 312 seconds by ddgrey at mx.example.org; Tue, 14 Nov 2023 22:13:20 +0000',
  ],
  [
    { kind: 'white', reason: 'trusted' },
    'not delayed (the client is trusted) by ddgrey at mx.example.org; Tue, 14 Nov 2023 22:13:20 +0000',
  ],
] as const)('%j', ([verdict, header]) => {
  expect(greylistHeader(verdict, 'mx.example.org', 1_700_000_000)).toBe(header);
  expect(isForged('x-greylist', header, 'mx.example.org')).toBe(true);
});

test.for<[name: string, value: string, forged: boolean]>([
  ['X-Greylist', 'delayed 1 seconds by ddgrey at mx.example.org; then', true],
  ['X-GREYLIST', 'by DDGREY at\r\n\tMX.example.org', true],
  ['X-Greylist', 'delayed 1 seconds by ddgrey at mx.example.org.evil.test; then', false],
  ['X-Greylist', 'delayed 1 seconds by ddgrey at mx.example.org-2; then', false],
  ['X-Greylist', 'delayed 1 seconds by ddgrey at mx.example.org.; then', true],
  ['X-Greylist', 'delayed 1 seconds by ddgrey at mx.example.org.', true],
  ['X-Greylist', 'by ddgrey at mx.example.org.x by ddgrey at mx.example.org; then', true],
  ['X-Greylist', 'by ddgrey at mx.example.org by ddgrey at mx.example.org.x; then', true],
  ['X-Greylist', 'delayed 1 seconds by ddgrey at other.example.org; then', false],
  ['X-Greylist', 'Default is to whitelist mail, not delayed by milter-greylist-4.6 (mx.example.org)', false],
  ['X-Greylisted', 'delayed 1 seconds by ddgrey at mx.example.org; then', false],
])('%s: %s', ([name, value, forged]) => {
  expect(isForged(name, value, 'mx.example.org')).toBe(forged);
});
