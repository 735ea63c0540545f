import { beforeEach, expect, test } from 'vitest';
import type { AnswerCheck } from '../engine/answer-check.ts';
import { manualClock } from '../lib/clock.ts';
import type { Check } from '../policy/check.ts';
import type { Report } from '../policy/report.ts';
import type { Verdict } from '../policy/verdict.ts';
import { greylistMilter, type MilterSettings } from './greylist-milter.ts';
import type { ClientInfo, Macros } from './milter-packets.ts';
import type { MilterReply } from './milter-replies.ts';
import type { FilteredClient, FilteredMessage, MilterFilter } from './milter-session.ts';
import type { SpamHeader } from './spam-marks.ts';

const SPAM_HEADERS: readonly SpamHeader[] = [{ name: 'x-spam-flag', pattern: /^yes\b/i }];

const HOST = 'mx.example.org';
const DATE = 'Tue, 14 Nov 2023 22:13:20 +0000';
const CLIENT: ClientInfo = { name: 'mail.example.net', family: 'inet', port: 1234, address: '203.0.113.7' };
const NONE: Macros = new Map();

/** What each recipient is answered. */
const VERDICTS: { readonly [local: string]: Verdict } = {
  known: { kind: 'white', reason: 'known' },
  retried: { kind: 'white', reason: 'retried', waited: 312 },
  longer: { kind: 'white', reason: 'retried', waited: 4000 },
  grey: { kind: 'grey', reason: 'first', wait: 290 },
  black: { kind: 'black', reason: 'blacklisted' },
};

let checks: Check[] = [];
let reports: Report[] = [];
let refusedRecipients: string[] = [];
let slowPatterns: string[] = [];
let settings: MilterSettings;
let filter: MilterFilter;

beforeEach(() => {
  checks = [];
  reports = [];
  refusedRecipients = [];
  slowPatterns = [];
  settings = { host: HOST, header: true, spamHeaders: SPAM_HEADERS };
  const answerCheck: AnswerCheck = async (check) => {
    checks.push(check);
    return VERDICTS[check.recipient.local] ?? { kind: 'white', reason: 'known' };
  };
  filter = greylistMilter({
    answerCheck,
    accept: (report) => void reports.push(report),
    onRefused: ({ recipient }) => void refusedRecipients.push(recipient.text),
    onSlowPattern: (header) => void slowPatterns.push(header),
    nextId: () => `id${checks.length + 1}`,
    reply: (check, verdict) => ({ code: verdict.kind === 'grey' ? '451' : '550', text: `told ${check.id}` }),
    clock: manualClock(),
    settings: () => settings,
  });
});

function macros(values: { readonly [name: string]: string }): Macros {
  return new Map(Object.entries(values));
}

function connect(client: Partial<ClientInfo> = {}): FilteredClient {
  const filtered = filter.connect({ ...CLIENT, ...client });
  filtered.helo('helo.example.net');
  return filtered;
}

/** A message with these recipients (local parts). */
async function send(client: FilteredClient, ...recipients: readonly string[]): Promise<FilteredMessage> {
  const message = client.mail('<joe@example.com>', macros({ i: 'Q1' }));
  for (const recipient of recipients) await message.rcpt(`<${recipient}@example.org>`, NONE);
  return message;
}

/** Events and recipients. */
function events(): string[] {
  return reports.map(({ event, recipient = '' }) => `${event} ${recipient}`.trim());
}

test('what the engine is asked', async () => {
  await send(connect(), 'known');
  expect(checks).toEqual([
    {
      id: 'id1',
      client: { family: 4, text: '203.0.113.7' },
      sender: { text: 'joe@example.com', local: 'joe', domain: 'example.com' },
      recipient: { text: 'known@example.org', local: 'known', domain: 'example.org' },
      via: 'milter',
      clientName: 'mail.example.net',
      helo: 'helo.example.net',
      queueId: 'Q1',
    },
  ]);
});

test.for<[client: Partial<ClientInfo>, address: string, name: string | undefined]>([
  [{ family: 'inet6', address: '2001:DB8::7' }, '2001:db8::7', 'mail.example.net'],
  [{ family: 'inet6', address: 'IPv6:2001:db8::7' }, '2001:db8::7', 'mail.example.net'],
  [{ family: 'inet6', address: '::ffff:192.0.2.1' }, '192.0.2.1', 'mail.example.net'],
  [{ name: '[203.0.113.7]' }, '203.0.113.7', undefined],
  [{ name: 'unknown' }, '203.0.113.7', undefined],
])('the client %j', async ([client, address, name]) => {
  await send(connect(client), 'known');
  expect(checks.map((check) => [check.client.text, check.clientName])).toEqual([[address, name]]);
});

test.for<[recipient: string, reply: MilterReply]>([
  ['known', { kind: 'continue' }],
  ['grey', { kind: 'reply', code: '451', text: 'told id1' }],
  ['black', { kind: 'reply', code: '550', text: 'told id1' }],
])('%s', async ([recipient, reply]) => {
  expect(await connect().mail('<>', NONE).rcpt(`<${recipient}@example.org>`, NONE)).toEqual(reply);
});

test.for<[why: string, client: Partial<ClientInfo>, mail: Macros]>([
  ['authenticated', {}, macros({ auth_authen: 'joe' })],
  ['authenticated by a certificate', {}, macros({ auth_type: 'EXTERNAL' })],
  ['a program on the same machine', { family: 'unix', address: '/run/x' }, NONE],
  ['no address', { family: 'unknown', address: '' }, NONE],
])('never asked about: %s', async ([, info, mail]) => {
  const client = connect(info);
  const message = client.mail('<joe@example.com>', mail);
  expect(await message.rcpt('<grey@example.org>', NONE)).toEqual({ kind: 'accept' });
  expect(message.eom(NONE)).toEqual([]);
  client.close();
  expect([checks, reports]).toEqual([[], []]);
});

test('empty macros say nothing', async () => {
  const message = connect().mail('<joe@example.com>', macros({ i: '', auth_authen: '', auth_type: '' }));
  expect(await message.rcpt('<grey@example.org>', macros({ i: '' }))).toMatchObject({ code: '451' });
  expect(checks[0]).not.toHaveProperty('queueId');
});

test('a recipient that the mail server refuses is reported, and not asked about', async () => {
  const message = connect().mail('<joe@example.com>', NONE);
  const refused = (host: string): Macros => macros({ i: 'Q2', rcpt_mailer: 'error', rcpt_host: host, rcpt_addr: 'No' });
  expect(await message.rcpt('<nobody@example.org>', refused('5.1.1'))).toEqual({ kind: 'continue' });
  expect(await message.rcpt('<grey@example.org>', refused('4.3.0'))).toEqual({ kind: 'continue' });
  expect(checks).toEqual([]);
  // Whether they are spam traps is seen elsewhere.
  expect(refusedRecipients).toEqual(['nobody@example.org', 'grey@example.org']);
  expect(reports).toEqual([
    {
      reporter: 'milter',
      time: 1_700_000_000,
      ip: '203.0.113.7',
      event: 'unknown',
      sender: 'joe@example.com',
      recipient: 'nobody@example.org',
      mtaId: 'Q2',
    },
  ]);
});

test('the engine is asked about the mailbox, however the client wrote it', async () => {
  const message = connect().mail('<@relay.example:joe@example.com>', NONE);
  await message.rcpt('<"known"@example.org>', NONE);
  expect(checks.map(({ sender, recipient }) => [sender.text, recipient.text])).toEqual([
    ['joe@example.com', 'known@example.org'],
  ]);
});

test('the null sender is reported as everywhere', async () => {
  const message = connect().mail('<>', NONE);
  await message.rcpt('<known@example.org>', NONE);
  message.eom(NONE);
  expect(reports).toMatchObject([{ event: 'ok', sender: '<>' }]);
});

test('accepted mail is reported for each accepted recipient', async () => {
  const message = await send(connect(), 'known', 'grey', 'retried', 'black');
  expect(reports).toEqual([]);
  message.eom(macros({ i: 'Q9' }));
  expect(events()).toEqual(['ok known@example.org', 'ok retried@example.org']);
  expect(reports[0]).toMatchObject({ sender: 'joe@example.com', mtaId: 'Q9', ip: '203.0.113.7' });
});

test.for<[name: string, value: string, event: string]>([
  ['X-Spam-Flag', 'YES', 'spam'],
  ['x-spam-flag', 'NO', 'ok'],
  ['Subject', 'YES', 'ok'],
])('%s: %s means %s', async ([name, value, event]) => {
  const message = await send(connect(), 'known');
  message.header(name, value);
  message.eom(NONE);
  expect(events()).toEqual([`${event} known@example.org`]);
});

test('spam is reported once, however many recipients it has', async () => {
  const message = await send(connect(), 'grey', 'known', 'retried', 'longer');
  message.header('X-Spam-Flag', 'YES');
  message.eom(NONE);
  expect(events()).toEqual(['spam known@example.org']);
});

test('a pattern that would need years costs a moment, and the message counts as it would without', async () => {
  settings = { ...settings, spamHeaders: [{ name: 'x-spam-level', pattern: /^(s+)+$/ }] };
  const message = await send(connect(), 'known');
  message.header('X-Spam-Level', `${'s'.repeat(60)}!`);
  message.eom(NONE);
  expect([events(), slowPatterns]).toEqual([['ok known@example.org'], ['x-spam-level']]);
});

test.for<[what: string, events: string[], script: (client: FilteredClient) => Promise<void>]>([
  ['HELO without MAIL', [], async () => {}],
  ['a greylisted recipient', [], async (client) => (await send(client, 'grey')).abort()],
  ['a callout', [], async (client) => (await send(client, 'known')).abort()],
  ['gone in DATA', ['smtp_connection_lost'], async (client) => lose(await send(client, 'known'))],
  ['DATA without recipients', [], async (client) => lose(await send(client, 'grey'))],
  ['DATA, then QUIT', [], async (client) => (await send(client, 'known')).data()],
  [
    'DATA refused, then another message',
    ['ok known@example.org'],
    async (client) => {
      lose(await send(client, 'known'));
      (await send(client, 'known')).eom(NONE);
    },
  ],
  [
    'DATA refused, then HELO',
    [],
    async (client) => {
      lose(await send(client, 'known'));
      client.helo('x');
    },
  ],
])('reports after %s', async ([, expected, script]) => {
  const client = connect();
  await script(client);
  client.close();
  expect(events()).toEqual(expected);
});

test('who leaves without a greeting is reported', () => {
  filter.connect(CLIENT).close();
  expect(events()).toEqual(['smtp_no_mail']);
});

function lose(message: FilteredMessage): void {
  message.data();
  message.abort();
}

test.for<[recipients: string[], header: string]>([
  [['known'], `not delayed (this client, sender and recipient passed before) by ddgrey at ${HOST}; ${DATE}`],
  [['grey', 'retried'], `delayed 312 seconds by ddgrey at ${HOST}; ${DATE}`],
  [['known', 'longer', 'retried'], `delayed 4000 seconds by ddgrey at ${HOST}; ${DATE}`],
])('the header of mail to %s', async ([recipients, value]) => {
  const message = await send(connect(), ...recipients);
  expect(message.eom(NONE)).toEqual([{ kind: 'insert-header', index: 0, name: 'X-Greylist', value }]);
});

test('forged headers are removed, the last first; those of others stay', async () => {
  const message = await send(connect(), 'known');
  message.header('Subject', `by ddgrey at ${HOST}`);
  message.header('X-Greylist', `delayed 1 seconds by ddgrey at ${HOST}; then`);
  message.header('X-GREYLIST', 'delayed 1 seconds by ddgrey at other.example; then');
  message.header('x-greylist', `delayed 2 seconds by ddgrey at ${HOST}; then`);
  expect(message.eom(NONE)).toEqual([
    { kind: 'change-header', index: 3, name: 'X-Greylist', value: '' },
    { kind: 'change-header', index: 1, name: 'X-Greylist', value: '' },
    { kind: 'insert-header', index: 0, name: 'X-Greylist', value: expect.any(String) },
  ]);
});

test('without the header nothing is changed, and headers are asked for only to look for spam', async () => {
  settings = { ...settings, header: false };
  const message = await send(connect(), 'known');
  message.header('X-Greylist', `delayed 1 seconds by ddgrey at ${HOST}; then`);
  expect(message.eom(NONE)).toEqual([]);
  expect(filter.needs()).toMatchObject({ headers: true, changesHeaders: false });
  settings = { ...settings, spamHeaders: [] };
  expect(filter.needs()).toMatchObject({ headers: false, changesHeaders: false });
});

test('no list of macros is longer than an old Sendmail takes', () => {
  for (const names of Object.values(filter.needs().macros)) expect(names.length).toBeLessThanOrEqual(5);
});
