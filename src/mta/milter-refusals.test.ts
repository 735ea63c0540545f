import { expect, test } from 'vitest';
import type { Event } from '../policy/report.ts';
import { isRefused, refusalEvent } from './milter-refusals.ts';

function macros(host: string, text: string): ReadonlyMap<string, string> {
  return new Map([
    ['rcpt_mailer', 'error'],
    ['rcpt_host', host],
    ['rcpt_addr', text],
  ]);
}

test.for<[host: string, text: string, event: Event | undefined]>([
  // As Postfix 3.7 sends them.
  ['5.1.1', 'Recipient address rejected: User unknown in local recipient table', 'unknown'],
  ['5.1.1', 'Recipient address rejected: undeliverable address: mailbox full', 'unknown'],
  ['4.7.1', 'Relay access denied', 'relay'],
  ['5.7.1', 'Client host rejected: Access denied', undefined],
  ['4.1.1', 'Recipient address rejected: unverified address', undefined],
  ['5.1.8', 'Sender address rejected: Domain not found', undefined],
  ['5.5.2', 'Helo command rejected: need fully-qualified hostname', undefined],
  // As Sendmail's rules have them.
  ['nouser', 'User unknown', 'unknown'],
  ['5.1.1', '"550 User unknown"', 'unknown'],
  ['5.7.1', '"550 Relaying denied"', 'relay'],
])('%s %s', ([host, text, event]) => {
  const refusal = macros(host, text);
  expect(isRefused(refusal)).toBe(true);
  expect(refusalEvent(refusal)).toBe(event);
});

test('without a reason it is an unknown recipient', () => {
  expect(refusalEvent(new Map([['rcpt_mailer', 'error']]))).toBe('unknown');
});

test('a recipient with a mailer is not refused', () => {
  expect(isRefused(new Map([['rcpt_mailer', 'local']]))).toBe(false);
  expect(isRefused(new Map())).toBe(false);
});
