import fc from 'fast-check';
import { expect, test } from 'vitest';
import { networkContains, parseNetwork } from '../policy/address.ts';
import { MAIL_LIMIT, notReceived, readReportedMail } from './reported-mail.ts';

const NOW = 1_700_000_000;
const OWN = parseNetwork('192.0.2.0/24');
const rules = {
  now: NOW,
  isTrusted: (address: Parameters<typeof networkContains>[1]) => OWN !== undefined && networkContains(OWN, address),
};

const BAD = `Received: from bad.example.net ([203.0.113.66] helo=bad.example.net)
	by mx1.example.org with esmtp (Exim 4.96)
	(envelope-from <spammer@bad.example.net>)
	id 1r2CUr-0001Sv-P4
	for victim@example.org; Tue, 14 Nov 2023 21:00:00 +0000
`;
const OWN_HOP = `Received: from mx1.example.org (mx1.example.org [192.0.2.25])
	by mail.example.org (8.15.2/8.15.2) with ESMTP id abc123
	for <victim@example.org>; Tue, 14 Nov 2023 21:00:05 +0000
`;
const PRIVATE_HOP = OWN_HOP.replace('mx1.example.org [192.0.2.25]', 'lan [10.0.0.5]');
const LOCAL_HOP =
  'Received: from root by mail.example.org with local (Exim 4.96) id 1r2CUr-0001Sv-P9; Tue, 14 Nov 2023 21:00:07 +0000\n';
const IPV6_HOP = `Received: from bad6.example.net (bad6.example.net [IPv6:2001:db8::66])
	by mx1.example.org (Postfix) with ESMTPS id abc126
	for <victim@example.org>; Tue, 14 Nov 2023 21:00:06 +0000
`;
const FORGED = `Received: from innocent.example.net ([198.51.100.9]) by mx.fake.example with esmtp id x; Tue, 14 Nov 2023 20:00:00 +0000
`;
const LIST = 'Resent-Message-ID: <1@lists.example.net>\nResent-From: list@lists.example.net\n';
const SUBMISSION =
  'Received: from laptop ([203.0.113.99] helo=laptop) by mx1.example.org with esmtpsa (Exim 4.96) id x; Tue, 14 Nov 2023 21:00:00 +0000\n';
const OPAQUE_HOP = 'Received: from somewhere by mx1.example.org with ESMTP id x; Tue, 14 Nov 2023 21:00:00 +0000\n';
const GARBLED_HOP = BAD.replace(
  'from bad.example.net ([203.0.113.66] helo=bad.example.net)',
  'from [203.0.113.66] (helo=a(b)',
);
const X_FORGED = FORGED.replace('Received', 'X-Received');
const SPAM = 'From: Spammer <spammer@bad.example.net>\nSubject: buy now\n\nBuy now.\n';
const BLAMED = '1699995600 203.0.113.66 spammer@bad.example.net victim@example.org 1r2CUr-0001Sv-P4';
const NOT_FOUND = 'no attached message found';
const ONLY_TRUSTED = 'only trusted senders found in received';

function multipart(kind: string, ...parts: string[]): string {
  const body = ['text/plain\n\nthis is spam', ...parts].map((part) => `--BB\nContent-Type: ${part}\n`).join('');
  return `From: victim@example.org\nMIME-Version: 1.0\nContent-Type: multipart/${kind}; boundary="BB"\n\n${body}--BB--\n`;
}

function attached(received: string, type = 'message/rfc822'): string {
  return multipart('mixed', `${type}\n\n${received}${SPAM}`);
}

function outcome(mail: string | Buffer, given = rules): string {
  const read = readReportedMail(Buffer.from(mail), given);
  if (read.kind === 'unusable') return read.problem;
  const { reporter, event, time, ip, sender = '-', recipient = '-', mtaId = '-' } = read.report;
  expect([reporter, event]).toEqual(['ddgrey-report', 'manual']);
  return `${time} ${ip} ${sender} ${recipient} ${mtaId}`;
}

const FEEDBACK = `message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Source-IP: 203.0.113.66
Original-Mail-From: <spammer@bad.example.net>
Arrival-Date: Tue, 14 Nov 2023 21:00:00 +0000
`;
const RESENT = 'Resent-From: victim@example.org\nResent-To: spam@example.org\n';
const REDIRECTED =
  'Received: from client.example.org ([192.0.2.77] helo=client) by mail.example.org with esmtpsa id 1; Tue, 14 Nov 2023 22:00:00 +0000\n';
const X_BAD = BAD.replace('Received', 'X-Received');
const GMAIL = 'X-Received: by 2002:a05:6512:3b0b with SMTP id q1; Tue, 14 Nov 2023 21:00:00 +0000\n';

test.for([
  // The mails of the recorded cases. In brackets: what the original made of them, where it was something else.
  ['r01 lower case (original: not found, defect 37)', attached(BAD), BLAMED],
  ['r03 mixed case (not found, defect 37)', attached(BAD, 'Message/Rfc822'), BLAMED],
  ['r02 upper case', attached(BAD, 'MESSAGE/RFC822'), BLAMED],
  ['r05 resent with X-Received', RESENT + REDIRECTED + X_BAD + SPAM, BLAMED],
  ['r07 X-Received, not resent', REDIRECTED + X_BAD + SPAM, NOT_FOUND],
  ['r09 own hop first', attached(OWN_HOP + BAD), BLAMED],
  ['r11 no Received', attached(''), ONLY_TRUSTED],
  ['r13 local delivery first', attached(LOCAL_HOP + BAD), BLAMED],
  ['r15 private hop first (it was reported, defect 38)', attached(PRIVATE_HOP + BAD), BLAMED],
  [
    'r17 IPv6 hop first (the next one was reported, defect 22)',
    attached(IPV6_HOP + BAD),
    '1699995606 2001:db8::66 - victim@example.org abc126',
  ],
  [
    'r19 feedback report (not found, defect 37)',
    multipart('report', FEEDBACK, `message/rfc822\n\n${BAD}${SPAM}`),
    BLAMED,
  ],
  [
    'r21 feedback report with headers only (not found)',
    multipart('report', FEEDBACK, `text/rfc822-headers\n\n${BAD}`),
    BLAMED,
  ],
  [
    'r23 in an inner multipart (not found)',
    multipart(
      'mixed',
      attached(BAD)
        .replaceAll('BB', 'CC')
        .replace(/^[^]*?Type: /, ''),
    ),
    BLAMED,
  ],
  ['r25 nothing', '', NOT_FOUND],
  ['r27 the mail itself', `MIME-Version: 1.0\nContent-Type: MESSAGE/RFC822\n\n${BAD}${SPAM}`, BLAMED],
  ['r29 bad date', attached(BAD.replace(/Tue.*/, 'someday')), BLAMED.replace('1699995600', '1700000000')],
  ['r31 no for', attached(BAD.replace(/\n\tfor [^;]*/, '')), BLAMED.replace('victim@example.org', '-')],
  [
    'r33 for only above (it was taken from there, defect 39)',
    attached(OWN_HOP + BAD.replace(/\n\tfor [^;]*/, '')),
    BLAMED.replace('victim@example.org', '-'),
  ],
  ['r41 own submission (the user was reported, defect 38)', attached(SUBMISSION + BAD), ONLY_TRUSTED],
  ['r45 forged HELO', attached(BAD.replace('helo=bad.example.net', 'helo=[192.0.2.1]')), BLAMED],
  // Others.
  ['lines that end in CRLF', attached(BAD).replaceAll('\n', '\r\n'), BLAMED],
  [
    'two attached mails',
    multipart('mixed', `message/rfc822\n\n${BAD}${SPAM}`, `message/rfc822\n\n${BAD}${SPAM}`),
    'too many attached messages found',
  ],
  ['only own hops', attached(OWN_HOP + PRIVATE_HOP), ONLY_TRUSTED],
  ['a hop that does not say from where', attached(OPAQUE_HOP + BAD), ONLY_TRUSTED],
  ['a hop whose HELO opens a comment (helo_accept_junk_hosts)', attached(GARBLED_HOP + FORGED), ONLY_TRUSTED],
  ['a time to come', attached(BAD.replace('2023', '2033')), BLAMED.replace('1699995600', '1700000000')],
  [
    'base64',
    multipart(
      'mixed',
      `message/rfc822\nContent-Transfer-Encoding: base64\n\n${Buffer.from(BAD + SPAM).toString('base64')}`,
    ),
    BLAMED,
  ],
  [
    'feedback report without the lines',
    multipart('report', FEEDBACK, `message/rfc822\n\n${SPAM}`),
    '1699995600 203.0.113.66 spammer@bad.example.net - -',
  ],
  [
    'feedback report of our own host',
    multipart('report', FEEDBACK.replace('203.0.113.66', '192.0.2.1'), `message/rfc822\n\n${SPAM}`),
    ONLY_TRUSTED,
  ],
  [
    'feedback report in base64',
    multipart(
      'report',
      FEEDBACK.replace(
        /\n\n([^]*)/,
        (_, fields: string) => `\nContent-Transfer-Encoding: base64\n\n${Buffer.from(fields).toString('base64')}\n`,
      ),
      `message/rfc822\n\n${SPAM}`,
    ),
    '1699995600 203.0.113.66 spammer@bad.example.net - -',
  ],
  [
    'feedback report of a bounce, with its recipient',
    multipart(
      'report',
      `${FEEDBACK.replace('spammer@bad.example.net', '')}Original-Rcpt-To: <victim@example.org>\n`,
      `message/rfc822\n\n${SPAM}`,
    ),
    '1699995600 203.0.113.66 <> victim@example.org -',
  ],
  ['a mail with addresses in UTF-8', attached(BAD, 'message/global'), BLAMED],
  ['headers of such a mail', attached(BAD, 'message/global-headers'), BLAMED],
  ['a hop over SMTP that names no client', attached(GMAIL.replace('X-', '') + BAD), BLAMED],
  ['an opaque hop with TLS', attached(OPAQUE_HOP.replace('ESMTP', 'ESMTPS') + BAD), ONLY_TRUSTED],
  ['an opaque hop of RFC 6531', attached(OPAQUE_HOP.replace('ESMTP', 'UTF8SMTP') + BAD), ONLY_TRUSTED],
  ['the 200th hop', attached(OWN_HOP.repeat(199) + BAD), BLAMED],
  ['one more than 200 hops', attached(OWN_HOP.repeat(200) + BAD), ONLY_TRUSTED],
  ['resent without X-Received', OWN_HOP + RESENT + BAD + SPAM, BLAMED],
  ['resent, X-Received of another kind', OWN_HOP + RESENT + GMAIL + BAD + SPAM, BLAMED],
  ['resent, with no more than Resent-From', OWN_HOP + 'Resent-From: victim@example.org\n' + BAD + SPAM, BLAMED],
  ['resent, with no more than Resent-To', OWN_HOP + 'Resent-To: spam@example.org\n' + BAD + SPAM, BLAMED],
  ['resent, X-Received of another kind, a mail attached', OWN_HOP + RESENT + GMAIL + attached(BAD), BLAMED],
  ['resent, nothing below', BAD + RESENT + SPAM, ONLY_TRUSTED],
  ['resent, by a mailing list before that', OWN_HOP + RESENT + BAD + LIST + SPAM, BLAMED],
  // The lines of a spam that its sender made up.
  ['resent, Received below a second Resent block', OWN_HOP + RESENT + BAD + RESENT + FORGED + SPAM, BLAMED],
  ['resent, X-Received of the spam', OWN_HOP + RESENT + BAD + X_FORGED + SPAM, BLAMED],
  ['resent, X-Received below a garbled hop', OWN_HOP + RESENT + GARBLED_HOP + X_FORGED + SPAM, ONLY_TRUSTED],
  ['resent, X-Received below an opaque hop', OWN_HOP + RESENT + OPAQUE_HOP + X_FORGED + SPAM, ONLY_TRUSTED],
  ['resent, X-Received above', X_FORGED + RESENT + SPAM, ONLY_TRUSTED],
  ['resent, a mail attached', OWN_HOP + RESENT + BAD + attached(FORGED), BLAMED],
  ['resent by an own user whose mail has one attached', RESENT + SUBMISSION + attached(FORGED), ONLY_TRUSTED],
  ['resent, nothing below, a mail attached', OWN_HOP + RESENT + attached(BAD), BLAMED],
  ['an attached mail with its own attached mail', attached(BAD + attached(BAD).replaceAll('BB', 'CC')), BLAMED],
] as const)('%s', ([, mail, expected]) => {
  expect(outcome(mail)).toBe(expected);
});

test('r39 without trusted hosts the nearest one is blamed', () => {
  const nobody = { ...rules, isTrusted: () => false };
  expect(outcome(attached(OWN_HOP + BAD), nobody)).toBe('1699995605 192.0.2.25 - victim@example.org abc123');
});

test.for([
  ['X', 'no mail was found received from 203.0.113.66 id X'],
  [undefined, 'no mail was found received from 203.0.113.66 id (none)'],
] as const)('r37 the text for a mail that was never received: id %s', ([mtaId, text]) => {
  const report = { reporter: 'ddgrey-report', time: 1, ip: '203.0.113.66', event: 'manual' } as const;
  expect(notReceived(mtaId === undefined ? report : { ...report, mtaId })).toBe(text);
});

test.for([
  ['at', 'head', BLAMED],
  ['behind', 'tail', NOT_FOUND],
] as const)('an attached mail %s the limit', ([, where, expected]) => {
  const part = `\n--BB\nContent-Type: message/rfc822\n\n${BAD}${SPAM}`;
  const mail = Buffer.alloc(MAIL_LIMIT + part.length, 'x\n');
  mail.write('Content-Type: multipart/mixed; boundary=BB\n\n');
  mail.write(part, where === 'head' ? MAIL_LIMIT - part.length : MAIL_LIMIT);
  expect(outcome(mail)).toBe(expected);
});

const PIECES = [BAD, OWN_HOP, RESENT, X_BAD, '\n', '--BB\n', '--BB--', 'Content-Type: message/rfc822\n', FEEDBACK];

test('any mail gives a report or a problem', () => {
  const pieces = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary' })), { maxLength: 20 });
  const kinds = fc.constantFrom('', 'Content-Type: multipart/mixed; boundary=BB\n');
  fc.assert(
    fc.property(kinds, pieces, (head, texts) => {
      expect(outcome(head + texts.join(''))).toMatch(/^\d+ \S+ |^(?:no|too many|only) /);
    }),
  );
});
