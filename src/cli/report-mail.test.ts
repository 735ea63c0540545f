// What becomes of a reported mail, against the real sync server. Which host is reported is feeds/reported-mail.ts's to test.
// The cases r01 to r45 of the original's record are there; here are the exit codes, which it left to chance (defect 39).
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { MAIL_LIMIT } from '../feeds/reported-mail.ts';
import { type FakeDaemon, startFakeDaemon } from '../peers/fake-daemon.ts';
import { type Ending, reportMail } from './report-mail.ts';

const NOW = 1_700_000_000;
const ID = '1r2CUr-0001Sv-P4';
const RECEIVED = `Received: from bad.example.net ([203.0.113.7] helo=bad.example.net) by mx1.example.org with esmtp
	(envelope-from <spammer@bad.example.net>) id ${ID} for victim@example.org; Tue, 14 Nov 2023 21:00:00 +0000
`;
const REPORT = {
  reporter: 'ddgrey-report',
  time: 1_699_995_600,
  ip: '203.0.113.7',
  event: 'manual',
  sender: 'spammer@bad.example.net',
  recipient: 'victim@example.org',
  mtaId: ID,
};

function mailWith(received: string): string {
  return `From: v@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="BB"\n\n--BB\nContent-Type: message/rfc822\n\n${received}Subject: buy\n\nBuy.\n--BB--\n`;
}

async function report(daemon: FakeDaemon, mail: string | Iterable<Buffer>): Promise<Ending> {
  const pieces = typeof mail === 'string' ? [Buffer.from(mail)] : mail;
  return reportMail(Readable.from(pieces), daemon.location, NOW);
}

test('a mail with the spam attached is reported', async () => {
  await using daemon = await startFakeDaemon();
  expect(await report(daemon, mailWith(RECEIVED))).toEqual({ exitCode: 0, message: '' });
  expect(daemon.parts.asked).toEqual([REPORT]);
});

test('a date that cannot be right is left out', async () => {
  await using daemon = await startFakeDaemon();
  expect(await report(daemon, mailWith(RECEIVED.replace('2023', '1923')))).toMatchObject({ exitCode: 0 });
  expect(daemon.parts.asked).toEqual([{ ...REPORT, time: NOW }]);
});

test.for<[id: string, config: string[], mail: string, exitCode: number, message: RegExp]>([
  ['no mail at all (r25)', [], '', 65, /^no attached message found\nTo report spam, forward it as an attachment/],
  ['only our own hosts (r11)', [], mailWith(''), 65, /^only trusted senders found in received\n/],
  ['a trusted host', ['trusted 203.0.113.0/24'], mailWith(RECEIVED), 65, /^only trusted senders/],
  [
    'a trusted name',
    ['trusted localhost'],
    mailWith(RECEIVED.replace('203.0.113.7', '127.0.0.1')),
    65,
    /^only trusted/,
  ],
  [
    'mail that was never seen (r36)',
    ['report_verify yes'],
    mailWith(RECEIVED.replace(ID, 'other-id')),
    77,
    /^no mail was found received from 203.0.113.7 id other-id\n.*report_verify/,
  ],
  [
    'mail without an id',
    ['report_verify yes'],
    mailWith(RECEIVED.replace(` id ${ID}`, '')),
    77,
    /^no mail was found received from 203.0.113.7 id \(none\)/,
  ],
  [
    'a broken configuration',
    ['gray 1'],
    mailWith(RECEIVED),
    78,
    /^the configuration of ddgrey cannot be used: .*ddgrey.conf:1/,
  ],
])('%s', async ([, config, mail, exitCode, message]) => {
  await using daemon = await startFakeDaemon(...config);
  const ending = await report(daemon, mail);
  expect(ending).toEqual({ exitCode, message: expect.stringMatching(message) });
  expect(daemon.parts.asked).toEqual([]);
});

test('r35, r37: mail that was seen is reported, and report_verify no is no', async () => {
  await using verifying = await startFakeDaemon('report_verify yes');
  expect(await report(verifying, mailWith(RECEIVED))).toMatchObject({ exitCode: 0 });
  await using believing = await startFakeDaemon('report_verify no');
  expect(await report(believing, mailWith(RECEIVED.replace(ID, 'other')))).toMatchObject({ exitCode: 0 });
  expect([verifying, believing].map(({ parts }) => parts.asked.length)).toEqual([1, 1]);
});

test('k21: without a daemon the mail server is to try again', async () => {
  await using daemon = await startFakeDaemon();
  await daemon.stop();
  expect(await report(daemon, mailWith(RECEIVED))).toEqual({
    exitCode: 75,
    message: expect.stringMatching(/^could not connect to ddgrey server, try again later: .*is it running\?/),
  });
});

test.for([
  ['bad report (too long)', 77, 'refused: bad report (too long)'],
  ['permission denied', 77, 'refused: permission denied'],
  [
    'unknown command',
    75,
    'ddgrey server cannot take it now, try again later: ddgreyd does not know report: it is of another version than this program, perhaps not started anew since an upgrade',
  ],
  ['database or disk is full', 75, 'ddgrey server cannot take it now, try again later: database or disk is full'],
] as const)('k23: a refusal is noticed: %s', async ([problem, exitCode, message]) => {
  await using daemon = await startFakeDaemon();
  Object.assign(daemon.parts, { acceptReport: () => Promise.reject(new Error(problem)) });
  expect(await report(daemon, mailWith(RECEIVED))).toEqual({ exitCode, message });
});

test('mail that came back to its server by an address of this machine is blamed on who brought it first', async () => {
  await using daemon = await startFakeDaemon();
  const again = RECEIVED.replace('203.0.113.7', '203.0.113.25');
  const pieces = [Buffer.from(mailWith(again + RECEIVED))];
  const isOwn = (address: string): boolean => address === '203.0.113.25';
  expect(await reportMail(Readable.from(pieces), daemon.location, NOW, isOwn)).toMatchObject({ exitCode: 0 });
  expect(daemon.parts.asked).toEqual([REPORT]);
});

/** What makes a mail huge. */
const FILLING = Buffer.alloc(1024 * 1024, 'x\n');

test('a huge mail is read to its end, and looked at as far as the limit', async () => {
  await using daemon = await startFakeDaemon();
  let read = 0;
  function* huge(): Generator<Buffer> {
    yield Buffer.from(mailWith(RECEIVED));
    for (; read <= MAIL_LIMIT; read += FILLING.length) yield FILLING;
  }
  expect(await report(daemon, huge())).toMatchObject({ exitCode: 0 });
  expect(read).toBeGreaterThan(MAIL_LIMIT);
});

test('whoever attached the spam behind the limit is told of that', async () => {
  await using daemon = await startFakeDaemon();
  const [beginning = '', spam = ''] = mailWith(RECEIVED).split(/(?<=--BB\n)/);
  const picture = [
    Buffer.from(`${beginning}Content-Type: image/png\n\n`),
    ...Array.from({ length: 25 }, () => FILLING),
  ];
  expect(await report(daemon, [...picture, Buffer.from(`\n--BB\n${spam}`)])).toEqual({
    exitCode: 65,
    message: expect.stringMatching(
      /^no attached message found\nOnly the first 25 MiB of the mail were looked at\.\nTo/,
    ),
  });
});
