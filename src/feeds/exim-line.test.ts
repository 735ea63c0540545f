import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLogLine } from './exim-line.ts';

const DATE = '2023-11-14 22:10:00 +0000 ';
const TIME = 1_700_000_000 - 200;

function told(text: string): string | undefined {
  const seen = parseLogLine(DATE + text)?.seen;
  if (seen === undefined) return undefined;
  if (seen.kind === 'completed') return 'completed';
  if (seen.kind === 'delivered' || seen.kind === 'refused') return `${seen.kind} ${seen.recipient}`;
  const client = seen.client?.text ?? '-';
  if (seen.kind === 'arrived') return `arrived ${client} ${seen.sender}`;
  const { sender = '-', recipient = '-', mtaId } = seen.about;
  const name = seen.kind === 'unknown' ? `unknown/${seen.mode}${seen.cached ? '/cached' : ''}` : seen.event;
  return [name, client, sender, recipient, ...(mtaId === undefined ? [] : [mtaId])].join(' ').replace(/( -)+$/, '');
}

const LOST = 'unexpected disconnection while reading SMTP command from';
const TOO_EARLY =
  'SMTP protocol synchronization error (input sent without waiting for greeting): rejected connection from';
const ID = '1j5IhX-0006pK-Rt';

test.for([
  // e01, e02: the forms of a host
  [`${LOST} mail.example.com [198.51.100.7] (error: Connection reset by peer) D=5s`, 'disconnect 198.51.100.7'],
  [`${LOST} (helo.example) [198.51.100.7] (error: Connection reset by peer) D=5s`, 'disconnect 198.51.100.7'],
  [`${LOST} mail.example.com (helo.example) [198.51.100.7] (error: x) D=5s`, 'disconnect 198.51.100.7'],
  [`${LOST} [198.51.100.7] (error: Connection reset by peer) D=5s`, 'disconnect 198.51.100.7'],
  [`${LOST} mail.example.com (helo.example) [198.51.100.7]:4321 (error: x) D=5s`, 'disconnect 198.51.100.7'],
  [`${LOST} mail.example.com (helo.example) [2001:db8::1] (error: x) D=5s`, 'disconnect 2001:db8::1'],
  [`${LOST} ([198.51.100.9]) [198.51.100.7] (error: Connection reset by peer) D=5s`, 'disconnect 198.51.100.7'],
  [`${LOST} mail.example.com (helo with space) [198.51.100.7] (error: x) D=5s`, 'disconnect 198.51.100.7'],
  [`${LOST} H=mail.example.com [198.51.100.7] (error: x) D=5s`, 'disconnect 198.51.100.7'],
  [`${LOST} (helo.example) [198.51.100.7] I=[192.0.2.1]:25 (error: x) D=5s`, 'disconnect 198.51.100.7'],
  [`${LOST} TFO* (x) [198.51.100.7] D=0s`, 'disconnect 198.51.100.7'],
  [`${LOST} ([IPv6:2001:DB8::2]) [2001:DB8::1]:25 D=0s`, 'disconnect 2001:db8::1'],
  [`${LOST} [::ffff:198.51.100.7] D=0s`, 'disconnect 198.51.100.7'],
  [`${LOST} [999.1.1.1] D=0s`, undefined],
  // A HELO that could be a host part: who is meant is open
  [`${LOST} ((a) [192.0.2.9]) [198.51.100.7] D=0s`, undefined],
  [`${LOST} (a [192.0.2.9] b) [198.51.100.7] D=0s`, undefined],
  // e03
  ['no MAIL in SMTP connection from mail.example.com [198.51.100.7] D=1.2s', 'smtp_no_mail 198.51.100.7'],
  ['no MAIL in SMTP connection from (x) [198.51.100.7] D=0s C=EHLO,QUIT', 'smtp_no_mail 198.51.100.7'],
  ['no MAIL in SMTP connection from [198.51.100.7] D=0s', 'smtp_no_mail 198.51.100.7'],
  ['no MAIL in SMTP connection from x.example [198.51.100.7] I=[192.0.2.1]:25 D=1s', 'smtp_no_mail 198.51.100.7'],
  ['no MAIL in SMTP connection from x.example [198.51.100.7] X=TLS1.3 D=1s', 'smtp_no_mail 198.51.100.7'],
  ['no MAIL in TFO SMTP connection from [198.51.100.7] D=1s', 'smtp_no_mail 198.51.100.7'],
  [
    'no MAIL in SMTP connection from (x) [198.51.100.7] D=2s X=TLS1.3 CV=no C=EHLO,STARTTLS',
    'smtp_no_mail 198.51.100.7',
  ],
  ['no MAIL in SMTP connection from (x) [198.51.100.7] D=1s C=EHLO,STARTTLS', undefined],
  ['no MAIL in SMTP connection from (x) [198.51.100.7] D=1s A=plain:user C=EHLO,AUTH,QUIT', undefined],
  // Early talkers; the input is the client's
  [`${TOO_EARLY} H=[198.51.100.7] input="EHLO H=x [192.0.2.9]\\r\\n"`, 'smtp_no_wait 198.51.100.7'],
  [`${TOO_EARLY} H=mail.example.com [198.51.100.7]:99 I=[192.0.2.1]:25 input="x"`, 'smtp_no_wait 198.51.100.7'],
  [
    'SMTP protocol synchronization error (next input sent too soon: pipelining was not advertised): rejected "DATA" H=[198.51.100.7] next input="x"',
    undefined,
  ],
  // e05
  [
    'H=mail.example.com [198.51.100.7] incomplete transaction (connection lost) from <a@example.com>',
    'smtp_connection_lost 198.51.100.7',
  ],
  ['H=(x) [198.51.100.7] incomplete transaction (QUIT) from <a@example.com>', undefined],
  [
    'H=(x) [198.51.100.7] incomplete transaction (connection lost) from <> for b@example.org',
    'smtp_connection_lost 198.51.100.7',
  ],
  // e07, e08, e31
  [
    'H=mail.example.com [198.51.100.7] Warning: unknown recipient u1@example.org from a@example.com',
    'unknown/verify 198.51.100.7 a@example.com u1@example.org',
  ],
  [
    'H=(x) [198.51.100.7] U=root Warning: unknown recipient u1@example.org from ',
    'unknown/verify 198.51.100.7 <> u1@example.org',
  ],
  [
    'H=(x) [198.51.100.7] X=TLS1.3:x:256 CV=no Warning: unknown recipient <u1@example.org> from <>',
    'unknown/verify 198.51.100.7 <> u1@example.org',
  ],
  ['H=(x) [198.51.100.7] Warning: something else', undefined],
  [
    'H=x.example [198.51.100.7] F=<a@example.com> rejected RCPT <u4@example.org>: Unrouteable address',
    'unknown/delivery 198.51.100.7 a@example.com u4@example.org',
  ],
  [
    'H=x.example [198.51.100.7] F=<> rejected RCPT <u5@example.org>: Unrouteable address',
    'unknown/delivery 198.51.100.7 <> u5@example.org',
  ],
  [
    'H=x.example [198.51.100.7] X=TLS1.3:x:256 CV=no F=<a@example.com> rejected RCPT <u6@example.org>: Unrouteable address',
    'unknown/delivery 198.51.100.7 a@example.com u6@example.org',
  ],
  [
    'H=x.example [198.51.100.7] F=<a@example.com> rejected RCPT u7@example.org: Unrouteable address',
    'unknown/delivery 198.51.100.7 a@example.com u7@example.org',
  ],
  [
    'H=[198.51.100.7] F=<a@example.com> rejected RCPT <u@example.org>: Previous (cached) callout verification failure',
    'unknown/delivery/cached 198.51.100.7 a@example.com u@example.org',
  ],
  [
    'H=[198.51.100.7] F=<a@b.example> rejected RCPT <u@example.org>: response to "RCPT TO:<u@example.org>" from mx [192.0.2.1] was: 550 no',
    'unknown/delivery 198.51.100.7 a@b.example u@example.org',
  ],
  ['H=[198.51.100.7] F=<a@b.example> temporarily rejected RCPT <u@example.org>: Unrouteable address', undefined],
  ['H=[198.51.100.7] F=<a@b.example> rejected RCPT <u@example.org>: Sender verify failed', undefined],
  ['H=[198.51.100.7] F=<a@b.example> rejected RCPT <u@example.org>: greylisted', undefined],
  ['H=[198.51.100.7] F=<a@b.example> rejected RCPT <u@example.org>', undefined],
  // e11
  [
    'H=x.example [198.51.100.7] F=<a@example.com> rejected RCPT <r@other.example>: relay not permitted',
    'relay 198.51.100.7 a@example.com r@other.example',
  ],
  [
    'H=x.example [198.51.100.7] F=<> rejected RCPT <r2@other.example>: relay not permitted',
    'relay 198.51.100.7 <> r2@other.example',
  ],
  [
    'H=x [198.51.100.7] X=TLS1.3:x:256 CV=no F=<a@example.com> rejected RCPT <r3@other.example>: relay not permitted',
    'relay 198.51.100.7 a@example.com r3@other.example',
  ],
  // Quotes, and what Exim cuts at 100 bytes
  [
    'H=[198.51.100.7] F=<"a> b"@b.example> rejected RCPT <"c>: d"@o.example>: relay not permitted',
    'relay 198.51.100.7 "a> b"@b.example "c>: d"@o.example',
  ],
  [
    'H=[198.51.100.7] F=<" rejected RCPT <x>: y"@b.example> rejected RCPT <r@o.example>: relay not permitted',
    'relay 198.51.100.7 " rejected RCPT <x>: y"@b.example r@o.example',
  ],
  [
    'H=[198.51.100.7] F=<a@b.example> rejected RCPT <u@[IPv6:2001:db8::1]>: relay not permitted',
    'relay 198.51.100.7 a@b.example u@[IPv6:2001:db8::1]',
  ],
  [
    `H=[198.51.100.7] F=<a@b.example> rejected RCPT <${'x'.repeat(99)}: Unrouteable address`,
    `unknown/delivery 198.51.100.7 a@b.example ${'x'.repeat(99)}`,
  ],
  [
    `H=[198.51.100.7] F=<a@b.example> rejected RCPT <"${'y y'.repeat(32)}yy: Unrouteable address`,
    `unknown/delivery 198.51.100.7 a@b.example "${'y y'.repeat(32)}yy`,
  ],
  [
    `H=[198.51.100.7] F=<a@b.example> rejected RCPT <"${'y: relay not permitted '.repeat(4)}yy: re: Unrouteable address`,
    `unknown/delivery 198.51.100.7 a@b.example "${'y: relay not permitted '.repeat(4)}yy: re`,
  ],
  [
    `H=[198.51.100.7] F=<a@b.example> rejected RCPT <"${'y'.repeat(95)}\\"\\: relay not permitted`,
    `relay 198.51.100.7 a@b.example "${'y'.repeat(95)}\\"\\`,
  ],
  [
    `H=[198.51.100.7] F=<a@b.example> rejected RCPT <"${'y'.repeat(90)}": response to "RCPT TO:<x>" from mx was: 550`,
    `unknown/delivery 198.51.100.7 a@b.example "${'y'.repeat(90)}"`,
  ],
  [`H=[198.51.100.7] F=<a@b.example> rejected RCPT <"${'y'.repeat(97)}: relay not permitted`, undefined],
  [`H=[198.51.100.7] F=<a@b.example> rejected RCPT <"${'y'.repeat(94)}\\303: relay not permitted`, undefined],
  [`H=[198.51.100.7] F=<a@b.example> rejected RCPT <"${'y'.repeat(97)}\u00e4: relay not permitted`, undefined],
  // log_selector +dnssec
  [
    ' DSH=x.example [198.51.100.7] F=<a@example.com> rejected RCPT <r@other.example>: relay not permitted',
    'relay 198.51.100.7 a@example.com r@other.example',
  ],
  [
    `${ID}  DSH=x.example [198.51.100.7] F=<a@example.com> rejected after DATA: spam`,
    `spam 198.51.100.7 a@example.com - ${ID}`,
  ],
  [
    `${ID} F=a@example.com DS H=x.example [198.51.100.7] P=esmtp rejected by local_scan(): Rejected`,
    `spam 198.51.100.7 a@example.com - ${ID}`,
  ],
  [`${ID} <= a@example.com DS H=x.example [198.51.100.7] P=esmtp S=1`, 'arrived 198.51.100.7 a@example.com'],
  [`${ID} <= a@example.com DS U=root P=local S=1`, 'arrived - a@example.com'],
  // An own user mistyped
  ['H=(h) [198.51.100.7] F=<me@example.org> A=plain:u rejected RCPT <q@o.example>: relay not permitted', undefined],
  ['H=(h) [198.51.100.7] A=plain:u F=<me@example.org> rejected RCPT <q@o.example>: Unrouteable address', undefined],
  // e09, e10
  [
    `${ID} F=a@example.com H=x.example [198.51.100.7] P=esmtp rejected by local_scan(): Rejected`,
    `spam 198.51.100.7 a@example.com - ${ID}`,
  ],
  [
    `${ID} F=a@example.com H=x.example [198.51.100.7] P=smtp rejected by local_scan(): Rejected`,
    `spam 198.51.100.7 a@example.com - ${ID}`,
  ],
  [
    `${ID} F=a@example.com H=(x) [198.51.100.7] P=esmtps X=TLS1.2:x:256 rejected by local_scan(): Rejected`,
    `spam 198.51.100.7 a@example.com - ${ID}`,
  ],
  [`${ID} F=<> H=[198.51.100.7] P=esmtp rejected by local_scan(): Rejected by x`, `spam 198.51.100.7 <> - ${ID}`],
  [`${ID} F=a@example.com H=[198.51.100.7] P=esmtp rejected by local_scan(): Temporarily`, undefined],
  [`${ID} F=a@example.com H=[198.51.100.7] P=esmtp temporarily rejected by local_scan(): Rejected`, undefined],
  [
    `${ID} F="x H=y [192.0.2.9] P="@a.example H=[198.51.100.7] P=smtp rejected by local_scan(): Rejected`,
    `spam 198.51.100.7 "x H=y [192.0.2.9] P="@a.example - ${ID}`,
  ],
  [`${ID} F=a."b H=y [192.0.2.9] P=smtp rejected by local_scan(): Rejected`, undefined],
  // Spam that an ACL refused
  [
    `${ID} H=(x) [198.51.100.9] U=root F=<a@example.com> rejected after DATA: This message scored 12.3 spam points.`,
    `spam 198.51.100.9 a@example.com - ${ID}`,
  ],
  [`${ID} H=(x) [198.51.100.9] F=<> rejected during MIME ACL checks: SPAM`, `spam 198.51.100.9 <> - ${ID}`],
  [
    `${ID} H=(x) [198.51.100.9] F=<a@example.com> rejected after DATA: Your message scored 9.1 SpamAssassin points`,
    `spam 198.51.100.9 a@example.com - ${ID}`,
  ],
  [`${ID} H=(x) [198.51.100.9] F=<a@example.com> rejected after DATA: malware (Eicar)`, undefined],
  [`${ID} H=(x) [198.51.100.9] F=<a@example.com> rejected after DATA: listed by spamhaus`, undefined],
  [`${ID} H=(x) [198.51.100.9] F=<a@example.com> rejected after DATA: anti-spam policy: no Date`, undefined],
  [`${ID} H=(x) [198.51.100.9] F=<a@example.com> temporarily rejected after DATA: spam? try later`, undefined],
  [`${ID} H=(x) [198.51.100.9] F=<a@example.com> A=plain:u rejected after DATA: spam`, undefined],
  // e13-e19
  [`${ID} <= a@example.com H=x.example [198.51.100.7] P=esmtp S=4502`, 'arrived 198.51.100.7 a@example.com'],
  ['1r2CUr-00000000123-3Ab4 <= a@example.com H=x [198.51.100.7] P=esmtp S=1', 'arrived 198.51.100.7 a@example.com'],
  [
    `${ID} <= <> H=([192.0.2.3]) [2001:db8::7]:99 I=[2001:db8::1]:25 P=esmtps L* X=TLS1.3 CV=no K S=170 DKIM=a.example id=x A=y`,
    'arrived 2001:db8::7 <>',
  ],
  [`${ID} <= root@example.org U=root P=local S=1`, 'arrived - root@example.org'],
  [`${ID} <= <> R=${ID} U=Debian-exim P=local S=1`, 'arrived - <>'],
  [`${ID} <= u@example.org H=(laptop) [198.51.100.7] P=esmtpsa X=TLS1.3 A=plain:u S=4`, 'arrived - u@example.org'],
  [`${ID} <= u@example.org H=(laptop) [198.51.100.7] P=utf8esmtpsa S=4`, 'arrived - u@example.org'],
  [`${ID} <= ö@exämple.com H=(x) [198.51.100.16] P=utf8esmtp S=223 T=" A=x"`, 'arrived 198.51.100.16 ö@exämple.com'],
  [
    `${ID} <= "a H=x [192.0.2.9] b"@a.example H=(x) [198.51.100.7] P=smtp S=2`,
    'arrived 198.51.100.7 "a H=x [192.0.2.9] b"@a.example',
  ],
  [`${ID} <= a@b.example H=x [198.51.100.7] PRX=192.0.2.4 P=esmtp PRDR K S=2`, 'arrived 198.51.100.7 a@b.example'],
  [`${ID} => bob <b@example.org> R=local_user T=maildir_home`, 'delivered b@example.org'],
  [`${ID} => bob <b@example.org> F=<a@b.example> P=<a@b.example> R=l T=m S=0`, 'delivered b@example.org'],
  [`${ID} => c@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9]`, 'delivered c@example.net'],
  [`${ID} => bob R=local_user T=maildir_home`, 'delivered bob'],
  [`${ID} => /dev/null R=local_user T=x`, undefined],
  [`${ID} => :blackhole: R=system_aliases T=x`, undefined],
  [`${ID} => /dev/null <g@example.org> R=system_aliases T=**bypassed**`, 'delivered g@example.org'],
  [`${ID} => |/usr/bin/x -y <g@example.org> R=pipe T=p`, 'delivered g@example.org'],
  [`${ID} => |/usr/bin/x R=y T=z <g@example.org> R=pipe T=p`, 'delivered g@example.org'],
  [`${ID} => /dev/null <system-filter> T=**bypassed**`, undefined],
  [`${ID} => blackhole (DATA ACL discarded recipients): spam@example.org`, undefined],
  [`${ID} => blackhole <blackhole@example.org> R=local_user T=l`, 'delivered blackhole@example.org'],
  [`${ID} => bob (x@example.org, y@example.org) <b@example.org> R=local_user T=l`, 'delivered b@example.org'],
  [`${ID} => bob <b@example.org> Q=lists R=local_user T=l`, 'delivered b@example.org'],
  [
    `${ID} => bob <b@example.org> F=<a@b.example> Q=lists SRS=<c@d.example> P=<e@f.example> R=l T=l`,
    'delivered b@example.org',
  ],
  [`${ID} => c@example.net Q=lists R=dnslookup T=remote_smtp C="250 <x> R=y"`, 'delivered c@example.net'],
  [`${ID} => "a b"@example.net R=d T=r`, 'delivered "a b"@example.net'],
  [`${ID} >> c@example.net R=dnslookup T=remote_smtp`, 'delivered c@example.net'],
  [`${ID} -> d@example.net R=dnslookup T=remote_smtp`, undefined],
  [`${ID} == c@example.net R=dnslookup T=remote_smtp defer (111)`, undefined],
  [`${ID} ** d@example.net R=dnslookup T=remote_smtp: 550`, undefined],
  [`${ID} Completed`, 'completed'],
  [`${ID} Completed QT=0.029s`, 'completed'],
  // Others of a real log
  ['exim 4.96 daemon started: pid=14168, -q1h, listening for SMTP on [127.0.0.1]:2599', undefined],
  ['SMTP connection from (x) [127.0.0.1]:33828 I=[127.0.0.1]:2599 lost D=0.3s', undefined],
  ['rejected EHLO from [198.51.100.15] U=root: syntactically invalid argument(s): (a) [9.9.9.9]', undefined],
  ['H=[203.0.113.99] U=root rejected connection in "connect" ACL: go away', undefined],
] as const)('%s', ([text, expected]) => {
  expect(told(text)).toBe(expected);
});

test.for([
  ['2023-11-14 22:10:00 +0000 ', TIME],
  ['2023-11-14 22:10:00.123 +0000 [1234] ', TIME],
  ['2023-11-14 23:10:00 +0100 ', TIME],
  ['2023-11-14 16:40:00 -0530 ', TIME],
  // Without a zone: the system's (e23).
  ['2023-11-14 22:10:00 ', new Date(2023, 10, 14, 22, 10).getTime() / 1000],
  ['2023-11-14 22:10:00 [1234] ', new Date(2023, 10, 14, 22, 10).getTime() / 1000],
  ['2023-13-14 22:10:00 ', undefined],
  ['2023-00-14 22:10:00 ', undefined],
  ['2023-11-32 22:10:00 ', undefined],
  ['2023-11-00 22:10:00 ', undefined],
  ['2023-11-14 24:10:00 ', undefined],
  ['2023-11-14 22:60:00 ', undefined],
  ['2023-11-14 22:10:61 ', undefined],
  [' Suggested action: ', undefined],
  ['', undefined],
] as const)('a line that begins with "%s" is of %s', ([start, time]) => {
  expect(parseLogLine(`${start}x`)?.time).toBe(time);
});

const PIECES = [' ', 'H=', '(', ')', '[192.0.2.1]', '"', '\\', '<', '>', ' F=<', ' <= ', ' => ', ' from ', ID, LOST];
const MORE = [' rejected RCPT ', ' A=', ': ', ' Warning: unknown recipient ', ' rejected by local_scan(): ', 'S='];

// What the server said that was asked for the recipient, in its callout.
test.for([
  ['550 no', true],
  ['550', true],
  ['550 5.1.1 <u@example.org>: Recipient address rejected: User unknown', true],
  ['550-5.1.1 The account does not exist\\n550 5.1.1 https://x.example/', true],
  ['550 5.1.10 RESOLVER.ADR.RecipientNotFound', true],
  ['550 5.4.1 Recipient address rejected: Access denied', true],
  ['553 no such user here', true],
  ['550 relay not permitted', false],
  ['550 5.7.1 Relaying denied', false],
  ['554 5.7.1 <u@example.org>: Relay access denied', false],
  ['550 5.7.1 Client host [192.0.2.1] blocked', false],
  ['550 5.1.8 Sender address rejected: Domain not found', false],
  ['552 5.2.2 mailbox full', false],
  ['550 5.2.1 account disabled', false],
  ['503 bad sequence of commands', false],
] as const)('%s says that the recipient is unknown: %s', ([answer, unknown]) => {
  const from = 'from mx.example.org [192.0.2.1]';
  const text = `H=[198.51.100.7] F=<a@b.example> rejected RCPT <u@example.org>: response to "RCPT TO:<u@example.org>" ${from} was: ${answer}`;
  expect(told(text)).toBe(
    unknown ? 'unknown/delivery 198.51.100.7 a@b.example u@example.org' : 'refused u@example.org',
  );
});

test('no line makes it throw', () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...PIECES, ...MORE), fc.string({ unit: 'binary' })), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(text, fc.string(), (pieces, raw) => {
      expect(parseLogLine(DATE + pieces.join(''))?.time ?? TIME).toBe(TIME);
      expect(parseLogLine(raw)).toBeUndefined();
    }),
  );
});

const STARTS = ['', 'H=[192.0.2.1]', 'H=[192.0.2.1] F=<a> rejected RCPT <b>: ', `${ID} <= `, `${ID} F=`, `${LOST} `];

// Quadratic work on a line of this length would take minutes.
test.for([...PIECES, ...MORE, '" ', '\\"', ' H=x [192.0.2.1]', 'response to "RCPT TO:', '" from x '])(
  '%s over and over',
  (piece) => {
    const long = piece.repeat(Math.ceil(65_536 / piece.length));
    for (const start of STARTS) expect(parseLogLine(DATE + start + long)?.time).toBe(TIME);
  },
);
