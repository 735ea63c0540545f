// Real Exim, asking through conf/exim4-acl.conf.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MOVABLE_CLOCK, type TestDaemon, testDaemon } from './daemon.ts';
import { eximDaemon, eximOnPipes } from './exim.ts';
import { CONFIG, greylistsMail, IPV4, IPV6, type World } from './greylists-mail.ts';
import { DOMAIN, type MailServer } from './mail-server.ts';

let daemon: TestDaemon;
beforeAll(async () => {
  daemon = await testDaemon(MOVABLE_CLOCK, ...CONFIG);
});
afterAll(() => daemon[Symbol.asyncDispose]());

describe('Exim on pipes', () => {
  let server: MailServer;
  beforeAll(async () => {
    server = await eximOnPipes(daemon.file('greylist.socket'));
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const world = (): World => ({ server, daemon });

  describe('IPv4', () => {
    greylistsMail(world, IPV4);
  });
  describe('IPv6', () => {
    greylistsMail(world, IPV6);
  });

  test('an attempt on an unknown recipient stands in the log although it is greylisted', async () => {
    const mail = { client: IPV4.stranger, sender: 'prober@prober.example', recipients: [`secret@${DOMAIN}`] };
    await server.attempt(mail);
    await server.attempt({ ...mail, sender: '', recipients: [`secret2@${DOMAIN}`] });
    expect(server.log()).toMatch(
      /H=\(mail\.example\.net\) \[203\.0\.113\.7\].* Warning: unknown recipient secret@example\.test from prober@prober\.example$/m,
    );
    expect(server.log()).toMatch(/Warning: unknown recipient secret2@example\.test from <>$/m);
  });

  test('of many recipients none is refused for good', async () => {
    const recipients = Array.from({ length: 12 }, () => `anna@${DOMAIN}`);
    const outcome = await server.attempt({ client: IPV4.stranger, sender: 'list@many.example', recipients });
    for (const reply of outcome.recipients) expect(reply).toMatch(/^451 4\.2\.0 /);
  });

  test('mail passes while ddgrey hangs', async () => {
    const mail = { client: IPV4.stranger, sender: 'patient@hang.example', recipients: [`anna@${DOMAIN}`] };
    daemon.signal('SIGSTOP');
    const outcome = await server.attempt(mail);
    daemon.signal('SIGCONT');
    expect(outcome.message).toMatch(/^250/);
    expect(server.log()).toMatch(/Warning: ddgrey did not answer/);
  });
});

describe('Exim as a daemon', () => {
  let server: MailServer;
  beforeAll(async () => {
    server = await eximDaemon(daemon.file('greylist.socket'));
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const world = (): World => ({ server, daemon });

  describe('IPv4', () => {
    greylistsMail(world, { stranger: '127.0.0.7', trusted: '127.0.0.99', own: '127.0.0.25' });
  });
  describe('IPv6', () => {
    greylistsMail(world, { stranger: '::1' });
  });
});
