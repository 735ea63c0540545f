import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseReceived } from './received.ts';

const DATE = 'Tue, 14 Nov 2023 21:00:00 +0000';
const BY_EXIM = `by mx1.example.org with esmtp (Exim 4.96) (envelope-from <s@bad.example>) id 1r2CUr-0001Sv-P4 for v@example.org; ${DATE}`;
const BY_POSTFIX = `by mx1.example.org (Postfix) with ESMTPS id abc126 for <v@example.org>; ${DATE}`;
const BY_SENDMAIL = `by mail.example.org (8.15.2/8.15.2) with ESMTP id abc123 for <v@example.org>; ${DATE}`;
const BY_EXCHANGE = `by EX01.example.org (192.0.2.1) with Microsoft SMTP Server (version=TLS1_2, cipher=X) id 15.2.1; ${DATE}`;

// The client's own words never count.
test.for([
  [`from bad.example ([203.0.113.66] helo=bad.example) ${BY_EXIM}`, '203.0.113.66'],
  [`from bad.example ([203.0.113.66]:2525 helo=[192.0.2.1] ident=[192.0.2.2]) ${BY_EXIM}`, '203.0.113.66'],
  [`from bad.example ([203.0.113.66] helo=[192.0.2.1]) ${BY_EXIM}`, '203.0.113.66'],
  [`from [203.0.113.66] (helo=[192.0.2.1]) ${BY_EXIM}`, '203.0.113.66'],
  [`from [203.0.113.66] (helo=x) ([192.0.2.1]) ${BY_EXIM}`, '203.0.113.66'],
  [`from [203.0.113.66]:2525 (port=2525 helo=x) (192.0.2.1) ${BY_EXIM}`, '203.0.113.66'],
  [`from [203.0.113.66]:2525 (port=2525 helo=x) ${BY_EXIM}`, '203.0.113.66'],
  [`from [203.0.113.66] ${BY_EXIM}`, '203.0.113.66'],
  [`from bad.example ([2001:db8::66] helo=bad.example) ${BY_EXIM}`, '2001:db8::66'],
  [`from [2001:DB8::66] (helo=x) ${BY_EXIM}`, '2001:db8::66'],
  [`from bad.example (mail.bad.example [203.0.113.66]) ${BY_POSTFIX}`, '203.0.113.66'],
  [
    `from [192.0.2.1] (unknown [203.0.113.66]) (using TLSv1.3 with cipher X (256/256 bits)) ${BY_POSTFIX}`,
    '203.0.113.66',
  ],
  [`from bad6.example (bad6.example [IPv6:2001:db8::66]) ${BY_POSTFIX}`, '2001:db8::66'],
  [`from bad.example (mail.bad.example [203.0.113.66] (may be forged)) ${BY_SENDMAIL}`, '203.0.113.66'],
  [`from x (user@mail.bad.example [203.0.113.66]) ${BY_SENDMAIL}`, '203.0.113.66'],
  [`from bad.example (203.0.113.66) ${BY_EXCHANGE}`, '203.0.113.66'],
  [`from bad.example (2001:db8::66) ${BY_EXCHANGE}`, '2001:db8::66'],
  [`from unknown (HELO 192.0.2.1) (203.0.113.66) by mx.example.org with SMTP; ${DATE}`, '203.0.113.66'],
  [
    `from bad.example (bad.example. [203.0.113.66]) by mx.google.com with ESMTPS id q1 for <v@example.org>; ${DATE}`,
    '203.0.113.66',
  ],
  [`from root by mail.example.org with local (Exim 4.96) (envelope-from <r@example.org>) id X; ${DATE}`, undefined],
  [`by 2002:a05:6512:3b0b:b0:1 with SMTP id q1; ${DATE}`, undefined],
  [`from mail.example.org by mail.example.org with LMTP id q1; ${DATE}`, undefined],
  [`from mail.example.org (mail.example.org [unix socket]) by mail.example.org with LMTPA; ${DATE}`, undefined],
  [
    `from pop.example.net [203.0.113.66] by lap.example.org with POP3 (fetchmail-6.4) for <v@localhost>; ${DATE}`,
    undefined,
  ],
  [`from [192.0.2.1] (mail.bad.example [999.1.1.1]) ${BY_POSTFIX}`, undefined],
  ['', undefined],
  ['from', undefined],
  ['from (', undefined],
  ['from [203.0.113.66] (helo=x) (from y)', undefined],
] as const)('%s came from %s', ([value, from]) => {
  expect(parseReceived(value).from?.text).toBe(from);
});

test.for([
  [BY_EXIM, 'esmtp', 's@bad.example', 'v@example.org', '1r2CUr-0001Sv-P4'],
  [BY_POSTFIX, 'esmtps', undefined, 'v@example.org', 'abc126'],
  [BY_SENDMAIL, 'esmtp', undefined, 'v@example.org', 'abc123'],
  [BY_EXCHANGE, 'microsoft', undefined, undefined, '15.2.1'],
] as const)('%s', ([by, protocol, sender, recipient, id]) => {
  const { time, ...hop } = parseReceived(`from bad.example (bad.example [203.0.113.66]) ${by}`);
  expect(time).toBe(1_699_995_600);
  expect([hop.protocol, hop.sender, hop.recipient, hop.id]).toEqual([protocol, sender, recipient, id]);
});

test.for([
  ['for v@example.org', 'v@example.org'],
  ['for <v@example.org>', 'v@example.org'],
  ['for v@example.org, w@example.org', 'v@example.org'],
  ['for "a  for b"@example.org', '"a for b"@example.org'],
  ['for <"a \\" b"@example.org>', '"a \\" b"@example.org'],
  ['for <"a b@example.org>', undefined],
  ['for (x)', undefined],
  ['for', undefined],
] as const)('%s: the recipient is %s', ([clause, recipient]) => {
  expect(
    parseReceived(`from x ([203.0.113.66]) by y (envelope-from <"a for b"@x>) id z ${clause}; ${DATE}`).recipient,
  ).toBe(recipient);
});

test('an empty envelope sender is the null sender', () => {
  expect(parseReceived('from x ([203.0.113.66]) by y with esmtp (envelope-from <>) id z').sender).toBe('<>');
});

test.for([
  [`from laptop ([203.0.113.99] helo=laptop) by mx1.example.org with esmtpsa (TLS1.3) id x; ${DATE}`, true],
  [`from laptop (h.example [203.0.113.99]) (Authenticated sender: u@example.org) ${BY_POSTFIX}`, true],
  [`from laptop (h.example [203.0.113.99]) (authenticated bits=0) ${BY_SENDMAIL}`, true],
  [`from EX01.example.org ([fe80::1]) by EX02.example.org ([fe80::2]) with mapi id 15; ${DATE}`, true],
  [`from 203.0.113.99 (SquirrelMail authenticated user u) by www.example.org with HTTP; ${DATE}`, true],
  [`from (Authenticated) (h.example [203.0.113.99]) ${BY_POSTFIX}`, false],
  [`from h.example (h.example [203.0.113.99]) ${BY_POSTFIX}`, false],
  [`from mail (mail [unix socket]) by mail with LMTPA; ${DATE}`, false],
] as const)('%s is a submission: %s', ([value, expected]) => {
  expect(parseReceived(value).authenticated).toBe(expected);
});

test.for([
  ['Tue, 14 Nov 2023 22:00:00 +0100 (CET)', 1_699_995_600],
  ['14 Nov 2023 21:00:00 GMT', 1_699_995_600],
  ['Tue, 14 Nov 23 21:00 +0000', 1_699_995_600],
  ['Tue, 14 Nov 2023 16:00:00 EST', 1_699_995_600],
  ['Tue, 14 Nov 2023 21:00:00 CET', 1_699_995_600],
  ['Tue, 14 Nov 2023 21:00:00 Z', 1_699_995_600],
  ['Thu, 1 Jan 1970 00:00:00 +0000', 0],
  ['Wed, 31 Dec 1969 23:59:59 +0000', undefined],
  ['Tue, 14 Nov 1023 21:00:00 +0000', undefined],
  ['Tue, 14 Nov 2023 21:00:00 +01', undefined],
  ['Tue, 14 Nov 2023 21:00:00', undefined],
  ['someday', undefined],
  ['someday 1', undefined],
  ['32 Nov 2023 21:00:00 +0000', undefined],
] as const)('the date %s', ([date, time]) => {
  expect(parseReceived(`from x (x [203.0.113.66]) by y; ${date}`).time).toBe(time);
});

const WORDS = [
  'from',
  'by',
  'with',
  'id',
  'for',
  ';',
  ' ',
  '(',
  ')',
  '[',
  ']',
  '[192.0.2.1]',
  'helo=',
  '(envelope-from <',
];

test('any value is parsed', () => {
  const pieces = fc.array(fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary' })), { maxLength: 30 });
  fc.assert(
    fc.property(pieces, (words) => {
      expect(parseReceived(words.join(''))).toHaveProperty('authenticated');
    }),
  );
  for (const word of WORDS) parseReceived(`from x (${word.repeat(2_000_000)}`);
});
