// Real Postfix, asking through conf/postfix-main.cf.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MOVABLE_CLOCK, type TestDaemon, testDaemon } from './daemon.ts';
import { CONFIG, greylistsMail, IPV4, IPV6, type World } from './greylists-mail.ts';
import { DOMAIN, freePort } from './mail-server.ts';
import { type Postfix, startPostfix } from './postfix.ts';
import { startProcess } from './processes.ts';

let daemon: TestDaemon;
let server: Postfix;
beforeAll(async () => {
  daemon = await testDaemon(MOVABLE_CLOCK, ...CONFIG);
  server = await startPostfix(`unix:${daemon.file('policy.socket')}`);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
});
const world = (): World => ({ server, daemon });

describe('IPv4', () => {
  greylistsMail(world, IPV4);
});
describe('IPv6', () => {
  greylistsMail(world, IPV6);
});

test('swaks sees the text of GREY_REPLY', async () => {
  const xclient = 'ADDR=203.0.113.8 NAME=mail.example.net';
  const mail = `--from someone@swaks.example --to anna@${DOMAIN} --quit-after RCPT`.split(' ');
  await using swaks = startProcess('swaks', '--server', `127.0.0.1:${server.port}`, '--xclient', xclient, ...mail);
  await swaks.exit;
  expect(swaks.output()).toMatch(
    /<\*\* 45[01] 4\.2\.0 .*Greylisted \(first contact\), please try again in 5 minutes \(id \S+\)/,
  );
});

test('a client with many recipients is heard to the end', async () => {
  const recipients = Array.from({ length: 24 }, () => `anna@${DOMAIN}`);
  const outcome = await server.attempt({ client: IPV4.stranger, sender: 'list@many.example', recipients });
  for (const reply of outcome.recipients) expect(reply).toMatch(/^450 4\.2\.0 /);
});

test('mail passes while ddgrey hangs', async () => {
  const mail = { client: IPV4.stranger, sender: 'patient@hang.example', recipients: [`anna@${DOMAIN}`] };
  daemon.signal('SIGSTOP');
  const outcome = await server.attempt(mail);
  daemon.signal('SIGCONT');
  expect(outcome.message).toMatch(/^250/);
});

test('the address as it is shipped, over TCP', async () => {
  const port = await freePort();
  await using ownDaemon = await testDaemon(MOVABLE_CLOCK, ...CONFIG, `listen policy inet:${port}@127.0.0.1`);
  await using ownServer = await startPostfix(`inet:127.0.0.1:${port}`);
  const mail = { client: IPV4.stranger, sender: 'someone@tcp.example', recipients: [`anna@${DOMAIN}`] };
  expect((await ownServer.attempt(mail)).recipients[0]).toMatch(/Greylisted/);
  await ownDaemon.advance(300);
  expect((await ownServer.attempt(mail)).message).toMatch(/^250/);
  await ownServer.delivered(mail);
});
