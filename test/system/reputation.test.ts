// What clients did decides how they are answered: real Exim writes its log, ddgrey follows it; traps; mail that users report.
import { appendFile, copyFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoredReport } from '../../src/policy/report.ts';
import type { Standing } from '../../src/policy/standing.ts';
import type { StubDnsServer } from '../stub-dns-server.ts';
import { MOVABLE_CLOCK, type TestDaemon, testDaemon } from './daemon.ts';
import { dnsConfig, dnsWorld, host, startDnsWorld } from './dns-world.ts';
import { EARLY_TALKER, type EximDaemon, eximDaemon } from './exim.ts';
import { DOMAIN } from './mail-server.ts';
import { startProcess, until } from './processes.ts';
import { HOME } from './programs.ts';
import { leavesWithoutMail, type RudeClient, talksEarly, vanishesWithinMail } from './rude-clients.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const DAY = 86_400;
const ANNA = `anna@${DOMAIN}`;
const GREY = /^451 4\.2\.0 .*Greylisted/;
/** Lines that Exim writes only when it is asked to, and everything else that changes the form of its lines. */
const LOG_SELECTOR =
  '+smtp_no_mail +smtp_incomplete_transaction +smtp_protocol_error +millisec +pid +incoming_port +incoming_interface';

let dns: StubDnsServer;
let directory: TemporaryDirectory;
let exim: EximDaemon;
let daemon: TestDaemon;
beforeAll(async () => {
  dns = await startDnsWorld();
  directory = await temporaryDirectory();
  exim = await eximDaemon(directory.file('greylist.socket'), LOG_SELECTOR);
  daemon = await testDaemon(
    MOVABLE_CLOCK,
    ...dnsConfig(dns),
    `listen greylist unix:${directory.file('greylist.socket')} mode=0666`,
    'service exim4',
    `exim4_mainlog ${exim.mainlog}`,
    `hard_trap trap@${DOMAIN}`,
    'report_verify yes',
    'grey_short 60s',
    'grey_default 290s',
    'grey_long 30m',
    'grey_max 6h',
    'log_level 2',
  );
});
afterAll(async () => {
  for (const part of [daemon, exim, directory, dns]) await part[Symbol.asyncDispose]();
});

let senders = 0;

/** A sender that nobody has seen yet tries from there; how ddgrey answered. */
async function newcomerFrom(client: string): Promise<{ line: string; reply: string }> {
  senders += 1;
  const sender = `someone@newcomer-${senders}.example`;
  const { recipients, message } = await exim.attempt({ client, sender, recipients: [ANNA] });
  return { line: await daemon.logLine(sender), reply: message ?? recipients[0] ?? '' };
}

/** The reports about a client, once there are `count` of them; the oldest first. */
async function reportsOf(ip: string, count: number): Promise<readonly StoredReport[]> {
  const reports = await until(`${count} reports about ${ip}`, async () => {
    const found = await daemon.ask<StoredReport>(`reports ${ip}`);
    return found.length >= count && found;
  });
  return reports.toReversed();
}

async function standingOf(ip: string): Promise<Standing | undefined> {
  return (await daemon.ask<Standing>(`standings ${ip}`))[0];
}

function inOrder(texts: readonly string[]): readonly string[] {
  return texts.toSorted((a, b) => a.localeCompare(b));
}

async function relayFrom(client: string, sender: string): Promise<void> {
  const { recipients } = await exim.attempt({ client, sender, recipients: ['someone@elsewhere.example'] });
  expect(recipients[0]).toMatch(/^550 .*relay not permitted/);
}

const triesNobody: RudeClient = async (client) => {
  await exim.attempt({ client, sender: 'prober@prober.example', recipients: [`nobody@${DOMAIN}`] });
};
const relays: RudeClient = (client) => relayFrom(client, 'relayer@relayer.example');

test.for<[client: string, events: readonly string[], does: RudeClient, score: number, wait: number]>([
  ['127.0.1.1', ['unknown'], triesNobody, -30, 6 * 3600],
  ['127.0.1.2', ['relay'], relays, -60, 6 * 3600],
  [EARLY_TALKER, ['smtp_no_wait'], talksEarly, -20, 1800],
  ['127.0.1.4', ['smtp_no_mail'], leavesWithoutMail, -20, 1800],
  ['127.0.1.5', ['disconnect', 'smtp_connection_lost'], vanishesWithinMail, -15, 1800],
])('%s: %j in the log, and the next check takes it into account', async ([client, events, does, score, wait]) => {
  const domain = `sender-${client.replaceAll('.', '-')}.net`;
  dns.play(dnsWorld(host(client, `mx.${domain}`)));
  expect((await newcomerFrom(client)).line).toContain(' wait=290');
  expect(await standingOf(client)).toMatchObject({ score: 0, class: 'grey_default' });
  await does(client, exim.port);
  const reports = await reportsOf(client, events.length);
  expect(inOrder(reports.map(({ event, reporter }) => `${reporter} ${event}`))).toEqual(
    events.map((event) => `exim4 ${event}`),
  );
  await until(`a score of ${score}`, async () => (await standingOf(client))?.score === score);
  expect((await standingOf(client))?.identity).toBe(domain);
  expect((await newcomerFrom(client)).line).toContain(` wait=${wait}`);
});

test('accepted mail speaks for all hosts of the domain from the next day on', async () => {
  const [first, second] = ['127.0.2.1', '127.0.2.2'];
  dns.play(dnsWorld(host(first, 'mx1.good-sender.net'), host(second, 'mx2.good-sender.net')));
  const mail = { client: first, sender: 'friend@good-sender.net', recipients: [ANNA] };
  await exim.attempt(mail);
  await daemon.advance(300);
  expect((await exim.attempt(mail)).message).toMatch(/^250/);
  const [report] = await reportsOf(first, 1);
  expect(report).toMatchObject({ event: 'ok', domain: 'good-sender.net', sender: mail.sender, recipient: ANNA });
  expect(exim.log()).toContain(`${report?.mtaId} Completed`);
  expect((await newcomerFrom(second)).line).toContain(' wait=290');
  await daemon.advance(DAY + 60);
  expect((await newcomerFrom(first)).line).toContain(' wait=60');
});

test('a spam trap shows in nothing at first; days later the client is refused', async () => {
  const client = '127.0.3.1';
  const [trapped] = (await exim.attempt({ client, sender: 'spammer@spammer.example', recipients: [`trap@${DOMAIN}`] }))
    .recipients;
  expect(trapped).toMatch(GREY);
  expect(await daemon.logLine('<spammer@spammer.example>')).toMatch(/ reason=first .* wait=1800/);
  const reports = await reportsOf(client, 2);
  expect(inOrder(reports.map(({ event }) => event))).toEqual(['hard_trap', 'unknown']);
  const { line, reply } = await newcomerFrom(client);
  expect(line).toMatch(/verdict=grey reason=blacklisted/);
  expect(reply).toMatch(GREY);
  await daemon.advance(DAY - 60);
  expect((await newcomerFrom(client)).reply).toMatch(GREY);
  await daemon.advance(7 * DAY + 120);
  const refused = await newcomerFrom(client);
  expect(refused.reply).toMatch(/^550 5\.7\.1 /);
  expect(refused.line).toMatch(/verdict=black .*because=.*trap/);
});

describe('the log is read once', () => {
  const client = '127.0.4.1';
  const sent: string[] = [];
  const one = async (): Promise<void> => {
    const sender = `relayer-${sent.length + 1}@relayer.example`;
    await relayFrom(client, sender);
    sent.push(sender);
  };
  /** The senders of all reports, and whether any came twice. */
  const read = async (): Promise<{ senders: readonly string[]; twice: boolean }> => {
    const reports = await reportsOf(client, sent.length);
    return {
      senders: inOrder(reports.map(({ sender = '' }) => sender)),
      twice: daemon.log().includes('stored=duplicate'),
    };
  };
  const once = (): unknown => ({ senders: inOrder(sent), twice: false });

  test('when it is renamed', async () => {
    await one();
    expect(await read()).toEqual(once());
    await one();
    await rename(exim.mainlog, `${exim.mainlog}.1`);
    await one();
    expect(await read()).toEqual(once());
  });

  test('when it is copied and truncated', async () => {
    await rename(`${exim.mainlog}.1`, `${exim.mainlog}.2`);
    await one();
    await copyFile(exim.mainlog, `${exim.mainlog}.1`);
    await truncate(exim.mainlog);
    await one();
    expect(await read()).toEqual(once());
  });

  test('when ddgrey is restarted, with what was written meanwhile', async () => {
    await daemon.end('SIGTERM');
    await one();
    await daemon.start();
    expect(await read()).toEqual(once());
    expect(daemon.log().match(/ report observed=relay/g)).toHaveLength(1);
  });

  test('when ddgrey is killed while the log is rotated', async () => {
    await daemon.end('SIGKILL');
    await one();
    await rename(`${exim.mainlog}.1`, `${exim.mainlog}.3`);
    await rename(exim.mainlog, `${exim.mainlog}.1`);
    await one();
    await daemon.start();
    expect(await read()).toEqual(once());
    expect(daemon.log().match(/ report observed=relay/g)).toHaveLength(2);
  });
});

describe('ddgrey-report', () => {
  const client = '198.51.100.7';
  const spam = { client, sender: 'offers@offers.example', recipients: [ANNA] };

  /** What a user sends who forwards the mail as an attachment. */
  async function forwarded(mail: string): Promise<string> {
    const file = directory.file('forwarded');
    await writeFile(file, 'From: anna@example.test\nContent-Type: multipart/mixed; boundary=b\n\n');
    await appendFile(file, `--b\n\nspam!\n--b\nContent-Type: message/rfc822\n\n${mail}\n--b--\n`);
    return file;
  }

  /** The exit code when the file is piped in. */
  async function report(file: string): Promise<{ code: number | null; said: string }> {
    const program = join(HOME, 'bin/ddgrey-report');
    await using pipe = startProcess('sh', '-c', 'exec "$0" -D "$1" <"$2"', program, daemon.directory, file);
    return { code: await pipe.exit, said: pipe.output() };
  }

  test('a mail that was accepted here blacklists who sent it, days later', async () => {
    await exim.attempt(spam);
    await daemon.advance(1900);
    expect((await exim.attempt(spam)).message).toMatch(/^250/);
    await exim.delivered(spam);
    await reportsOf(client, 1);
    // mbox: mails begin with `From `.
    const mail =
      exim
        .inbox('anna')
        .split(/^From .*\n/m)
        .findLast((text) => text.includes(client)) ?? '';
    expect(await report(await forwarded(mail))).toEqual({ code: 0, said: '' });
    expect((await reportsOf(client, 2)).map(({ event }) => event)).toContain('manual');
    expect((await newcomerFrom(client)).line).toMatch(/verdict=grey reason=blacklisted/);
    await daemon.advance(8 * DAY);
    expect((await newcomerFrom(client)).reply).toMatch(/^550/);
  });

  test('a mail that was never accepted here says nothing against anybody', async () => {
    const made = `Received: from innocent.example ([198.51.100.8]) by mx.${DOMAIN} with esmtp id 1abcDE-000000001-Fgh; Sun, 1 Nov 2026 10:00:00 +0000\nSubject: made up\n\nspam\n`;
    expect(await report(await forwarded(made))).toEqual({ code: 77, said: expect.stringContaining('198.51.100.8') });
    expect(await daemon.ask('reports 198.51.100.8')).toEqual([]);
  });

  test('while ddgrey is down the mail server is to try again', async () => {
    await daemon.end('SIGTERM');
    const { code } = await report(directory.file('forwarded'));
    await daemon.start();
    expect(code).toBe(75);
  });
});
