// A central server and its clients: what one mail server saw counts at the other, and while the server is away each goes on
// by itself. Then what an administrator does to a running daemon: policy file, entries by hand, moving the memory.
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoredTuple } from '../../src/policy/greylist.ts';
import { MOVABLE_CLOCK, type TestDaemon, testDaemon } from './daemon.ts';
import { dnsConfig, host, startDnsWorld } from './dns-world.ts';
import { eximOnPipes } from './exim.ts';
import { download, tellGreyd } from './greyd-client.ts';
import { greylistClient } from './greylist-client.ts';
import { DOMAIN, freePort, type MailServer } from './mail-server.ts';
import { until } from './processes.ts';
import type { Attempt } from './smtp.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const ANNA = `anna@${DOMAIN}`;
const STRANGER = '203.0.113.7';
const GREY = /^451 4\.2\.0 .*Greylisted/;

async function stateOf(daemon: TestDaemon, sender: string): Promise<string | undefined> {
  return (await daemon.ask<StoredTuple>(`tuples ${sender.replace(/.*@/, '')}`))[0]?.state;
}

describe('client mode', () => {
  let central: TestDaemon;
  let sites: readonly { readonly daemon: TestDaemon; readonly exim: MailServer }[] = [];

  beforeAll(async () => {
    const port = await freePort();
    central = await testDaemon(MOVABLE_CLOCK, 'grey_default 290s', `listen greyd 127.0.0.1:${port}`);
    const site = async () => {
      const asks = ['GREY_MODE CLIENT', `GREY_SOCKET 127.0.0.1:${port}`, 'GREY_CONNECT_TIMEOUT 2s'];
      const daemon = await testDaemon(MOVABLE_CLOCK, 'grey_default 290s', ...asks);
      return { daemon, exim: await eximOnPipes(daemon.file('greylist.socket')) };
    };
    sites = [await site(), await site()];
  });
  afterAll(async () => {
    for (const { daemon, exim } of sites) {
      await exim[Symbol.asyncDispose]();
      await daemon[Symbol.asyncDispose]();
    }
    await central[Symbol.asyncDispose]();
  });

  const later = async (seconds: number): Promise<void> => {
    for (const { daemon } of [{ daemon: central }, ...sites]) await daemon.advance(seconds);
  };
  const attempt = async (site: number, mail: Attempt): Promise<string> => {
    const { recipients, message } = (await sites[site]?.exim.attempt(mail)) ?? { recipients: [] };
    return message ?? recipients[0] ?? '';
  };
  const newcomer = (sender: string): Attempt => ({ client: STRANGER, sender, recipients: [ANNA] });

  test('who first tried at one mail server and comes back to the other is let in', async () => {
    const mail = newcomer('someone@roaming.example');
    expect(await attempt(0, mail)).toMatch(GREY);
    expect(await stateOf(central, mail.sender)).toBe('pending');
    expect(await attempt(1, mail)).toMatch(GREY);
    await later(300);
    expect(await attempt(1, mail)).toMatch(/^250/);
    expect(await attempt(0, mail)).toMatch(/^250/);
  });

  test('what one server let in passes at another that never saw it', async () => {
    const mail = newcomer('someone@only-here.example');
    expect(await attempt(0, mail)).toMatch(GREY);
    await later(300);
    expect(await attempt(0, mail)).toMatch(/^250/);
    await until('the server to be told', async () => (await stateOf(central, mail.sender)) === 'valid');
    expect(await attempt(1, mail)).toMatch(/^250/);
    expect(await sites[1]?.daemon.logLine(mail.sender)).toContain('verdict=white reason=server');
  });

  test('while the server is away each decides for itself, and tells it afterwards', async () => {
    const [before, during] = [newcomer('someone@before.example'), newcomer('someone@during.example')];
    expect(await attempt(0, before)).toMatch(GREY);
    await central.end('SIGKILL');
    expect(await attempt(0, during)).toMatch(GREY);
    await later(300);
    expect(await attempt(0, before)).toMatch(/^250/);
    expect(await attempt(0, during)).toMatch(/^250/);
    expect(await attempt(1, during)).toMatch(GREY);
    await central.start();
    await until('the server to be told', async () => (await stateOf(central, during.sender)) === 'valid');
    expect(await stateOf(central, before.sender)).toBe('valid');
    expect(sites[0]?.daemon.log()).toContain('greyd server is back');
  });
});

test('a greyd server lets a host in by its name, as long as the policy file says so', async () => {
  await using policy = await temporaryDirectory();
  await using dns = await startDnsWorld(host('127.0.0.2', 'mx.example.com'), host('127.0.0.3', 'mx.example.net'));
  await writeFile(policy.file('policy'), 'GreydAccess:example.com OK\n');
  const port = await freePort();
  const lines = [`policy ${policy.file('policy')}`, `listen greyd 127.0.0.1:${port}`, ...dnsConfig(dns)];
  await using daemon = await testDaemon(MOVABLE_CLOCK, ...lines);
  const ask = (from: string): Promise<string> => tellGreyd({ host: '127.0.0.1', port, localAddress: from }, 'RESTART');
  expect(await ask('127.0.0.2')).toMatch(/^200 OK - Waiting .*\r\n600 restart : Not allowed !\r\n/);
  expect(await ask('127.0.0.3')).toBe('500 Access denied\n');
  await writeFile(policy.file('policy'), 'GreydAccess:example.com NO\nGreydAccess:* OK\n');
  await until('the new policy', async () => (await ask('127.0.0.2')).startsWith('500'));
  expect(await ask('127.0.0.3')).toMatch(/^200/);
  expect(daemon.log()).not.toContain('connection failed');
});

describe('an administrator', () => {
  let policy: TemporaryDirectory;
  let daemon: TestDaemon;
  beforeAll(async () => {
    policy = await temporaryDirectory();
    await writeFile(policy.file('policy'), '');
    const lines = [`policy ${policy.file('policy')}`, 'listen greyd unix:greyd.socket', 'grey_default 290s'];
    daemon = await testDaemon(MOVABLE_CLOCK, ...lines);
  });
  afterAll(async () => {
    await daemon[Symbol.asyncDispose]();
    await policy[Symbol.asyncDispose]();
  });

  /** Such mail from somebody new; the verdict. */
  const ask = async (question: string): Promise<string> => {
    using client = greylistClient(daemon.file('greylist.socket'));
    return await client.ask(question);
  };

  test('changes the policy file; a broken one is refused, by line, and the one before stays', async () => {
    const mail = `${STRANGER} someone@partner.example ${ANNA}`;
    const write = (...lines: readonly string[]): Promise<void> =>
      writeFile(policy.file('policy'), `${lines.join('\n')}\n`);
    expect(await ask(mail)).toBe('200 grey');
    await write('GreyCheckFrom:partner.example NO');
    await until('the new policy', async () => (await ask(mail)) === '200 white');
    await write('GreyCheckFrom:partner.example NO', 'GreyCheckFrom:other.example PERHAPS');
    expect(await daemon.logLine('the one before stays')).toMatch(/policy:2: /);
    expect(await ask(mail)).toBe('200 white');
    const explained = await daemon.ddgrey('explain', STRANGER, 'someone@partner.example', ANNA);
    expect(explained).toMatch(/white/);
    expect(explained).toMatch(/line 1\b.*partner\.example|partner\.example.*line 1\b/);
  });

  test('makes clients white or black by hand, and takes that back', async () => {
    const mail = `198.51.100.9 someone@handmade.example ${ANNA}`;
    await daemon.ddgrey('black', '198.51.100.0/24', '1d', 'a', 'bad', 'network');
    expect(await ask(mail)).toBe('200 black');
    await daemon.ddgrey('white', '198.51.100.9', '1h', 'but', 'this', 'one');
    expect(await ask(mail)).toBe('200 white');
    expect(await daemon.ddgrey('entries')).toMatch(/white +198\.51\.100\.9 .* but this one/);
    await daemon.advance(3601);
    expect(await ask(mail)).toBe('200 black');
    await daemon.ddgrey('forget', '198.51.100.0/24');
    expect(await ask(mail)).toBe('200 grey');
  });

  test('moves the memory to another server', async () => {
    const [waiting, passed] = [`${STRANGER} a@waiting.example ${ANNA}`, `${STRANGER} a@passed.example ${ANNA}`];
    await ask(passed);
    await daemon.advance(300);
    expect(await ask(passed)).toBe('200 white');
    await ask(waiting);
    await using other = await testDaemon(MOVABLE_CLOCK, 'listen greyd unix:greyd.socket', 'grey_default 290s');
    await other.advance(3601 + 300);
    for (const table of ['PENDING', 'VALID'] as const) {
      const entries = await download(daemon.file('greyd.socket'), table);
      const said = await tellGreyd(other.file('greyd.socket'), `UPLOAD ${table}`, ...entries, '.');
      expect(said).toContain(`taken ${entries.length} of ${entries.length} !`);
    }
    await other.advance(300);
    using client = greylistClient(other.file('greylist.socket'));
    expect(await client.ask(passed)).toBe('200 white');
    expect(await client.ask(waiting)).toBe('200 white');
    expect(await client.ask(`${STRANGER} a@unknown.example ${ANNA}`)).toBe('200 grey');
  });
});
