// What the DNS says about clients, from a stub server over real UDP: domains, lists, late answers, silence.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Standing } from '../../src/policy/standing.ts';
import type { StubDnsServer } from '../stub-dns-server.ts';
import { MOVABLE_CLOCK, type Program, REAL_CLOCK, type TestDaemon, testDaemon } from './daemon.ts';
import { blockListed, dnsConfig, dnsWorld, dnswlListed, host, startDnsWorld } from './dns-world.ts';
import { eximOnPipes } from './exim.ts';
import { greylistClient } from './greylist-client.ts';
import { DOMAIN, type MailServer } from './mail-server.ts';
import { until } from './processes.ts';

const ANNA = `anna@${DOMAIN}`;
const GREY = /^451 4\.2\.0 .*Greylisted/;

/** It ends when more than that is in use, in MiB. */
const LITTLE_MEMORY: Program = (directory) => [
  'env',
  'NODE_OPTIONS=--max-old-space-size=128',
  ...REAL_CLOCK(directory),
];

async function standingOf(daemon: TestDaemon, ip: string): Promise<Standing | undefined> {
  return (await daemon.ask<Standing>(`standings ${ip}`))[0];
}

describe('DNS answers', () => {
  const pool = { first: '198.51.100.1', second: '203.0.113.1', sixth: '2001:db8:6::1', forger: '192.0.2.66' };
  const [blocked, known] = ['198.51.100.66', '203.0.113.77'];
  const world = dnsWorld(
    host(pool.first, 'out1.mail.pool.net'),
    host(pool.second, 'out2.mail.pool.net'),
    host(pool.sixth, 'out6.mail.pool.net'),
    // Its name does not lead back to it.
    [['66.2.0.192.in-addr.arpa', 'PTR', 'out1.mail.pool.net']],
    host(blocked, 'mx.blocked.com'),
    blockListed(blocked),
    host(known, 'mx.known.com'),
    dnswlListed(known, 2),
  );
  let dns: StubDnsServer;
  let daemon: TestDaemon;
  let exim: MailServer;
  beforeAll(async () => {
    dns = await startDnsWorld();
    dns.play(world);
    daemon = await testDaemon(MOVABLE_CLOCK, ...dnsConfig(dns), 'grey_default 290s', 'grey_max 6h', 'dns_timeout 1s');
    exim = await eximOnPipes(daemon.file('greylist.socket'));
  });
  afterAll(async () => {
    for (const part of [exim, daemon, dns]) await part[Symbol.asyncDispose]();
  });

  test('a retry counts from any host of the same domain, and from no host that only says so', async () => {
    const mail = { client: pool.first, sender: 'someone@from-the-pool.example', recipients: [ANNA] };
    expect((await exim.attempt(mail)).recipients[0]).toMatch(GREY);
    await daemon.advance(300);
    expect((await exim.attempt({ ...mail, client: pool.forger })).recipients[0]).toMatch(GREY);
    expect((await exim.attempt({ ...mail, client: pool.second })).message).toMatch(/^250/);
    expect((await exim.attempt({ ...mail, client: pool.sixth })).message).toMatch(/^250/);
    expect(await daemon.ask('tuples pool.net')).toMatchObject([{ state: 'valid', tuple: { client: 'pool.net' } }]);
  });

  test('who is on a block list waits longer', async () => {
    const mail = { client: blocked, sender: 'someone@blocked.example', recipients: [ANNA] };
    expect((await exim.attempt(mail)).recipients[0]).toMatch(GREY);
    expect(await daemon.logLine(mail.sender)).toContain(` wait=${6 * 3600}`);
    expect(await standingOf(daemon, blocked)).toMatchObject({ score: -80, class: 'grey_max' });
  });

  test('whom DNSWL vouches for passes at once', async () => {
    const mail = { client: known, sender: 'someone@known.example', recipients: [ANNA] };
    expect((await exim.attempt(mail)).message).toMatch(/^250/);
    expect(await daemon.logLine(mail.sender)).toMatch(/verdict=white reason=standing .*because=.*DNSWL/);
  });

  test('what comes after the deadline completes the standing', async () => {
    const client = '198.51.100.99';
    const name = 'mx.slow.com';
    const slow = { delay: 700 };
    dns.play({
      ...dnsWorld(host(client, name)),
      tricks: { '99.100.51.198.in-addr.arpa': slow, [name]: slow },
    });
    const mail = { client, sender: 'someone@slow.example', recipients: [ANNA] };
    expect((await exim.attempt(mail)).recipients[0]).toMatch(GREY);
    const standing = await until('the standing to know the name', async () => {
      const found = await standingOf(daemon, client);
      return found?.identity === 'slow.com' && found;
    });
    expect(standing.expires - standing.computed).toBeGreaterThan(3600);
    const lines = daemon
      .log()
      .split('\n')
      .filter((line) => line.includes(` standing ip=${client} `));
    expect(lines).toEqual([
      expect.stringContaining(`identity=${client} `),
      expect.stringContaining('identity=slow.com '),
    ]);
  });
});

describe('a silent DNS', () => {
  const silence = { tricks: { '*': { silent: true } } } as const;

  test('holds up nobody past the deadline, and costs little memory, at 1,000 unknown clients a second', async () => {
    const [perSecond, seconds, connections] = [1000, 5, 50];
    await using dns = await startDnsWorld();
    dns.play(silence);
    await using daemon = await testDaemon(LITTLE_MEMORY, ...dnsConfig(dns), 'dns_timeout 2s', 'answer_deadline 5s');
    await using clients = new AsyncDisposableStack();
    const asking = Array.from({ length: connections }, () =>
      clients.use(greylistClient(daemon.file('greylist.socket'))),
    );
    const answers: Promise<string>[] = [];
    const started = performance.now();
    for (let n = 0; n < perSecond * seconds; n += 1) {
      const question = `198.18.${n >> 8}.${n & 255} someone@unknown-${n}.example ${ANNA}`;
      answers.push(asking[n % connections]?.ask(question) ?? Promise.resolve('not asked'));
      if (started + (n * 1000) / perSecond > performance.now()) await sleep(5);
    }
    // A check that the deadline cuts off is answered white.
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['200 grey']));
    expect(daemon.log()).not.toContain('reason=failed');
  });

  test('is believed when it speaks again', async () => {
    const client = '198.18.7.7';
    await using dns = await startDnsWorld();
    dns.play(silence);
    await using daemon = await testDaemon(MOVABLE_CLOCK, ...dnsConfig(dns), 'dns_timeout 1s', 'grey_default 290s');
    using mailServer = greylistClient(daemon.file('greylist.socket'));
    const mail = `${client} someone@patient.example ${ANNA}`;
    expect(await mailServer.ask(mail)).toBe('200 grey');
    const half = await standingOf(daemon, client);
    expect(half).toMatchObject({ identity: client, score: 0 });
    expect((half?.expires ?? 0) - (half?.computed ?? 0)).toBe(3600);
    // The questions go on for a while after the check was answered; then the standing is made once more.
    await until('the lookups to end', async () => daemon.log().split(` standing ip=${client} `).length === 3);
    dns.play(dnsWorld(host(client, 'mx.back-again.com')));
    await daemon.advance(3601);
    expect(await mailServer.ask(mail)).toBe('200 white');
    expect(await standingOf(daemon, client)).toMatchObject({ identity: 'back-again.com' });
  });
});
