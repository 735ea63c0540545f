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
  ['4.1.1', 'Recipient address rejected: User unknown in local recipient table', undefined],
  ['4.1.1', 'Recipient address rejected: undeliverable address: mx said: 550 5.1.1 User unknown', 'unknown'],
  ['4.7.1', 'Relay access denied', 'relay'],
  ['5.7.1', 'Relay access denied', 'relay'],
  ['5.7.1', 'Client host rejected: Access denied', undefined],
  ['5.7.1', 'Client host rejected: Dynamic address: please use the mail relay of your provider', undefined],
  ['5.7.1', 'Service unavailable; Client host [192.0.2.1] blocked using relays.example.org; open relay', undefined],
  ['5.7.1', 'Recipient address rejected: this host is not a relay', undefined],
  ['4.1.1', 'Recipient address rejected: undeliverable address: mx said: 554 5.7.1 Relay access denied', undefined],
  ['5.1.7', 'Sender address rejected: undeliverable address: mx said: 550 Relaying denied', undefined],
  ['5.5.0', 'Client host rejected: Improper use of SMTP command pipelining', 'smtp_no_wait'],
  ['5.5.0', 'Recipient address rejected: Improper use of SMTP command pipelining', 'smtp_no_wait'],
  ['4.1.1', 'Recipient address rejected: unverified address', undefined],
  ['5.1.8', 'Sender address rejected: Domain not found', undefined],
  ['5.1.0', 'Sender address rejected: User unknown in virtual mailbox table', undefined],
  ['4.1.7', 'Sender address rejected: undeliverable address: host said: 550 5.1.1 User unknown', undefined],
  ['5.7.1', 'Client host rejected: user unknown', undefined],
  ['5.5.2', 'Helo command rejected: need fully-qualified hostname', undefined],
  // As Sendmail's rules have them.
  ['nouser', 'User unknown', 'unknown'],
  ['5.1.1', '"550 User unknown"', 'unknown'],
  ['5.7.1', '"550 Relaying denied"', 'relay'],
  ['5.7.1', '550 5.7.1 Relaying denied', 'relay'],
  ['5.7.1', '"550 Relaying denied. Proper authentication required."', 'relay'],
  ['5.7.1', '"550 Relaying denied. IP name lookup failed [192.0.2.1]"', 'relay'],
  // A host that may relay by its name, while DNS fails.
  ['4.4.0', '"450 Relaying temporarily denied. Cannot resolve PTR record for 192.0.2.1"', undefined],
  ['5.7.1', '"550 Mail from 192.0.2.1 refused, see relays.example.org"', undefined],
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
