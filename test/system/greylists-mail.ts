// What must hold for every mail server with ddgrey behind it: the tests, to be run against each.
import { expect, test } from 'vitest';
import type { TestDaemon } from './daemon.ts';
import { DOMAIN, type MailServer } from './mail-server.ts';
import type { Attempt } from './smtp.ts';

/** ddgrey's configuration in these tests. Anybody may use the sockets, since each mail server has a user of its own. */
export const CONFIG: readonly string[] = [
  'grey_default 290s',
  'GREY_MIN_DELAY_NULLSENDER 25m',
  'retry 3d',
  'trusted 192.0.2.0/28 2001:db8:1::/48 127.0.0.99',
  'listen greylist unix:greylist.socket mode=0666',
  'listen policy unix:policy.socket mode=0666',
];

/** The client addresses that a server's tests use. */
export interface Clients {
  readonly stranger: string;
  readonly trusted?: string;
  /** In the mail server's own list of relay hosts. */
  readonly own?: string;
  /** Whether the stranger can have a name. */
  readonly named?: true;
}

export const IPV4: Clients = { stranger: '203.0.113.7', trusted: '192.0.2.1', own: '192.0.2.25', named: true };
export const IPV6: Clients = { stranger: '2001:db8::7', trusted: '2001:db8:1::1', own: '2001:db8:2::25', named: true };

/** The server and the daemon that it asks; they exist when the tests run. */
export interface World {
  readonly server: MailServer;
  readonly daemon: TestDaemon;
}

const GREY = /^45[01] 4\.2\.0 .*Greylisted/;
const ANNA = `anna@${DOMAIN}`;
const BELA = `bela@${DOMAIN}`;

let senders = 0;

/** An attempt of a sender that nobody has seen yet. */
function newcomer(client: string, ...recipients: readonly string[]): Attempt {
  senders += 1;
  return { client, sender: `someone@newcomer-${senders}.example`, recipients };
}

/** Defines the tests; `world` is asked when they run. */
export function greylistsMail(world: () => World, { stranger, trusted, own, named }: Clients): void {
  test('a first attempt and an early one are deferred, a retry after the delay is delivered', async () => {
    const { server, daemon } = world();
    const mail = newcomer(stranger, ANNA);
    expect(await server.attempt(mail)).toEqual({ recipients: [expect.stringMatching(GREY)] });
    await daemon.advance(280);
    expect(await server.attempt(mail)).toEqual({ recipients: [expect.stringMatching(GREY)] });
    await daemon.advance(15);
    expect((await server.attempt(mail)).message).toMatch(/^250/);
    await server.delivered(mail);
  });

  test('a second recipient is judged on its own', async () => {
    const { server, daemon } = world();
    const mail = newcomer(stranger, ANNA);
    await server.attempt(mail);
    await daemon.advance(300);
    const both = await server.attempt({ ...mail, recipients: [ANNA, BELA] });
    expect(both.recipients).toEqual([expect.stringMatching(/^250/), expect.stringMatching(GREY)]);
    await server.delivered(mail);
    await daemon.advance(300);
    expect((await server.attempt({ ...mail, recipients: [BELA] })).recipients[0]).toMatch(/^250/);
  });

  test.skipIf(trusted === undefined)('a trusted client is never delayed', async () => {
    const { server } = world();
    const mail = newcomer(trusted ?? '', ANNA, BELA);
    expect((await server.attempt(mail)).message).toMatch(/^250/);
    await server.delivered(mail);
  });

  test.skipIf(own === undefined)('own hosts are neither asked about nor delayed', async () => {
    const { server, daemon } = world();
    const mail = newcomer(own ?? '', ANNA);
    expect((await server.attempt(mail)).message).toMatch(/^250/);
    const later = newcomer(stranger, ANNA);
    await server.attempt(later);
    await daemon.logLine(later.sender);
    expect(daemon.log()).not.toContain(mail.sender);
  });

  test('the reply carries the id under which ddgrey logged the check', async () => {
    const { server, daemon } = world();
    const mail = newcomer(stranger, ANNA);
    const [reply = ''] = (await server.attempt(mail)).recipients;
    const id = /\(id ([\w.-]+)\)/.exec(reply)?.[1];
    expect(await daemon.logLine(mail.sender)).toContain(` id=${id} `);
  });

  test.skipIf(named === undefined)('ddgrey is told what the mail server knows about the client', async () => {
    const { server, daemon } = world();
    const mail = newcomer(stranger, ANNA);
    await server.attempt({ ...mail, clientName: 'mx1.sender.example', helo: 'greeting.example' });
    expect(await daemon.logLine(mail.sender)).toMatch(/ name=mx1\.sender\.example helo=greeting\.example /);
  });

  test('a bounce waits longer', async () => {
    const { server, daemon } = world();
    const bounce: Attempt = { client: stranger, sender: '', recipients: [BELA] };
    expect((await server.attempt(bounce)).recipients[0]).toMatch(GREY);
    await daemon.advance(600);
    expect((await server.attempt(bounce)).recipients[0]).toMatch(GREY);
    await daemon.advance(1000);
    expect((await server.attempt(bounce)).recipients[0]).toMatch(/^250/);
  });

  test('an unknown recipient is greylisted like any other, and refused only afterwards', async () => {
    const { server, daemon } = world();
    const mail = newcomer(stranger, `nobody@${DOMAIN}`);
    expect((await server.attempt(mail)).recipients[0]).toMatch(GREY);
    await daemon.advance(300);
    expect((await server.attempt(mail)).recipients[0]).toMatch(/^55/);
  });

  // Each would be asked about wrongly, or not at all, if the mail server put it into its question unprotected.
  test.for([
    `"a b"`,
    `"a\\"b c"`,
    `"' x y"`,
    `"=\` = '"`,
    `"> <x@example.test> id=stolen "`,
    `"${'\\"'.repeat(20)} "`,
    `o'neill`,
    `=`,
  ])('a sender %s is greylisted, too', async (local) => {
    const { server, daemon } = world();
    const plain = newcomer(stranger, ANNA);
    const mail: Attempt = { ...plain, sender: plain.sender.replace('someone', () => local) };
    expect((await server.attempt(mail)).recipients[0]).toMatch(GREY);
    await daemon.advance(300);
    expect((await server.attempt(mail)).recipients[0]).toMatch(/^250/);
  });

  test.for([`a" b c`, `a b\\`, `' " x = y`, 'x'.repeat(400)])('so is one that greets as %s', async (helo) => {
    const { server } = world();
    expect((await server.attempt({ ...newcomer(stranger, ANNA), helo })).recipients[0]).toMatch(GREY);
  });

  test('while ddgrey is down mail passes; back again it knows what it knew', async () => {
    const { server, daemon } = world();
    const waiting = newcomer(stranger, ANNA);
    await server.attempt(waiting);
    await daemon.end('SIGTERM');
    const lucky = newcomer(stranger, BELA);
    expect((await server.attempt(lucky)).message).toMatch(/^250/);
    await server.delivered(lucky);
    await daemon.start();
    expect((await server.attempt(waiting)).recipients[0]).toMatch(GREY);
    await daemon.advance(300);
    expect((await server.attempt(waiting)).message).toMatch(/^250/);
    await daemon.end('SIGKILL');
    await daemon.start();
    expect((await server.attempt(waiting)).message).toMatch(/^250/);
  });
}
