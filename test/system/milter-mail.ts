// What must hold for every mail server that asks ddgrey by the milter protocol: the tests, to be run against each.
import { expect, test } from 'vitest';
import type { TestDaemon } from './daemon.ts';
import { DOMAIN } from './mail-server.ts';
import { ddgrey, reports } from './milter-daemon.ts';
import { PASSWORD } from './milter-passwords.ts';
import type { SmtpSession } from './milter-smtp.ts';
import { until } from './processes.ts';

/** What these tests need of a mail server. */
export interface MilterServer extends AsyncDisposable {
  /** A session of a client at that address, past EHLO. */
  connect(client: string, name?: string): Promise<SmtpSession>;
  /** A client at that address connects and leaves, without a greeting. */
  visit(client: string): Promise<void>;
  /** All mail that was delivered to a recipient. */
  inbox(recipient: string): string;
}

/** The server and the daemon that it asks; they exist when the tests run. */
export interface MilterWorld {
  readonly server: MilterServer;
  readonly daemon: TestDaemon;
}

/** In what the tests of the servers differ. */
export interface MilterClients {
  /** A client's address, for each number from 1 to 99. */
  readonly client: (number: number) => string;
  readonly ipv6: string;
  /** Whether the server tells a milter that it refused to relay. */
  readonly tellsOfRelaying: boolean;
}

const ANNA = `anna@${DOMAIN}`;
const BELA = `bela@${DOMAIN}`;
const PASSED = /^250/;
const FIRST = /^450 4\.7\.1 .*100% first contact, back in 5 minutes \(id \w+\)/;
const EARLY = /^450 4\.7\.1 .*100% tried again too soon, back in (10|9) seconds \(id \w+\)/;

const matching = (...patterns: readonly RegExp[]): readonly unknown[] =>
  patterns.map((pattern) => expect.stringMatching(pattern));

let senders = 0;

/** A sender that nobody has seen yet. */
function newcomer(): string {
  senders += 1;
  return `someone@newcomer-${senders}.example`;
}

/** The headers of the mail from a sender, once it is delivered; folded lines are joined. */
function delivered({ server }: MilterWorld, recipient: string, sender: string): Promise<string> {
  return until(`mail from ${sender} to ${recipient}`, () => {
    const mails = server.inbox(recipient).split(/^(?=From )/m);
    const mail = mails.find((text) => text.startsWith(`From ${sender} `) && text.endsWith('\n\n'));
    return mail?.slice(0, mail.indexOf('\n\n')).replace(/\n[ \t]+/g, ' ');
  });
}

/** ddgrey's headers of a delivered mail. */
async function greylistHeaders(world: MilterWorld, recipient: string, sender: string): Promise<readonly string[]> {
  return (await delivered(world, recipient, sender)).match(/^x-greylist:.*$/gim) ?? [];
}

/** Defines the tests; `world` is asked when they run. */
export function decidesAsMilter(world: () => MilterWorld, { client, ipv6, tellsOfRelaying }: MilterClients): void {
  test.for([
    ['IPv4', client(1)],
    ['IPv6', ipv6],
  ] as const)('%s: deferred, deferred again, delivered with the header, and reported', async ([, address]) => {
    const { server, daemon } = world();
    const sender = newcomer();
    await using session = await server.connect(address);
    expect(await session.envelope(sender, ANNA)).toEqual(matching(FIRST));
    await daemon.advance(280);
    await session.say('RSET');
    expect(await session.envelope(sender, ANNA)).toEqual(matching(EARLY));
    await daemon.advance(15);
    await session.say('RSET');
    expect(await session.envelope(sender, ANNA)).toEqual(matching(PASSED));
    expect(await session.message()).toMatch(PASSED);
    expect(await greylistHeaders(world(), ANNA, sender)).toEqual(
      matching(/^X-Greylist: delayed 29[5-9] seconds by ddgrey at mx\.example\.test; \w{3}, .* \+0000$/),
    );
    expect(await reports(world().daemon, address, 1)).toEqual([`ok ${sender} ${ANNA}`]);
  });

  test('the reply carries the id under which ddgrey logged the check and what it knew', async () => {
    const { server, daemon } = world();
    const sender = newcomer();
    await using session = await server.connect(client(8), 'mail.sender.example');
    const [reply = ''] = await session.envelope(sender, ANNA);
    const id = /\(id (\w+)\)/.exec(reply)?.[1];
    const line = await daemon.logLine(`from=<${sender}>`);
    expect(line).toContain(` id=${id} `);
    // Postfix has no queue id before it has accepted a recipient.
    expect(line).toMatch(/ name=mail\.sender\.example helo=mail\.example\.net (queue=\w+ )?via=milter/);
  });

  test('each recipient of a message gets a verdict of its own', async () => {
    const { server, daemon } = world();
    const sender = newcomer();
    await using session = await server.connect(client(2));
    await session.envelope(sender, ANNA);
    await daemon.advance(300);
    await session.say('RSET');
    expect(await session.envelope(sender, BELA, ANNA, `nobody@${DOMAIN}`)).toEqual(matching(FIRST, PASSED, /^550/));
    expect(await session.message()).toMatch(PASSED);
    expect(await greylistHeaders(world(), ANNA, sender)).toHaveLength(1);
    expect(await reports(world().daemon, client(2), 2)).toEqual([
      `ok ${sender} ${ANNA}`,
      `unknown ${sender} nobody@${DOMAIN}`,
    ]);
    expect(server.inbox(BELA)).not.toContain(sender);
  });

  test.for([
    [`trap@${DOMAIN}`, client(13)],
    [`tr\\ap@${DOMAIN}`, client(14)],
    [`trap(a comment)@${DOMAIN}`, client(15)],
  ] as const)(
    'a spam trap that the mail server does not know is hit all the same: %s',
    async ([recipient, address]) => {
      const { server, daemon } = world();
      const sender = newcomer();
      await using session = await server.connect(address);
      expect(await session.envelope(sender, recipient)).toEqual(matching(/^550/));
      expect(await reports(daemon, address, 2)).toEqual([
        `hard_trap ${sender} trap@${DOMAIN}`,
        `unknown ${sender} trap@${DOMAIN}`,
      ]);
    },
  );

  test('a client that is black by hand is refused for good', async () => {
    const { server, daemon } = world();
    await ddgrey(daemon, 'black', client(3));
    await using session = await server.connect(client(3));
    const refused = /^550 5\.7\.1 .*Refused because of earlier mail from [\d.]+ \(id \w+\)/;
    expect(await session.envelope(newcomer(), ANNA)).toEqual(matching(refused));
  });

  test('a client that is white by hand is not delayed, and the header says why', async () => {
    const { server, daemon } = world();
    const sender = newcomer();
    await ddgrey(daemon, 'white', client(4));
    await using session = await server.connect(client(4));
    expect(await session.envelope(sender, ANNA, BELA)).toEqual(matching(PASSED, PASSED));
    expect(await session.message()).toMatch(PASSED);
    expect(await greylistHeaders(world(), BELA, sender)).toEqual(
      matching(/^X-Greylist: not delayed \(the client is whitelisted by hand\) by ddgrey at mx\.example\.test; /),
    );
  });

  test('who authenticates is neither asked about nor marked', async () => {
    const { server, daemon } = world();
    const sender = newcomer();
    await using session = await server.connect(client(5));
    const login = Buffer.from(`\0anna\0${PASSWORD}`).toString('base64');
    expect(await session.say(`AUTH PLAIN ${login}`)).toMatch(/^235/);
    expect(await session.envelope(sender, ANNA)).toEqual(matching(PASSED));
    expect(await session.message()).toMatch(PASSED);
    expect(await greylistHeaders(world(), ANNA, sender)).toEqual([]);
    expect(daemon.log()).not.toContain(sender);
  });

  test('a header that claims to be ours is removed; that of another host stays', async () => {
    const { server, daemon } = world();
    const sender = newcomer();
    await using session = await server.connect(client(6));
    await session.envelope(sender, ANNA);
    await daemon.advance(300);
    await session.say('RSET');
    await session.envelope(sender, ANNA);
    const foreign = 'X-Greylist: delayed 7 seconds by ddgrey at mx.other.example; today';
    await session.message(
      `X-Greylist: delayed 98 seconds by ddgrey at mx.${DOMAIN}; today`,
      foreign,
      `x-greylist: delayed 99 seconds\r\n by DDGREY at mx.${DOMAIN}; today`,
    );
    expect(await greylistHeaders(world(), ANNA, sender)).toEqual([expect.stringMatching(/delayed 30\d/), foreign]);
  });

  test('what a client does otherwise is reported', async () => {
    const { server, daemon } = world();
    const sender = newcomer();
    const address = client(7);
    await ddgrey(daemon, 'white', address);
    await server.visit(address);
    const spammer = await server.connect(address);
    await spammer.envelope(sender, ANNA, 'someone@elsewhere.example');
    await spammer.message('X-Spam-Flag: YES');
    await spammer.envelope(sender, ANNA);
    await spammer.say('DATA');
    spammer.vanish();
    const expected = ['smtp_connection_lost', 'smtp_no_mail', `spam ${sender} ${ANNA}`];
    if (tellsOfRelaying) expected.unshift(`relay ${sender} someone@elsewhere.example`);
    expect(await reports(world().daemon, address, expected.length)).toEqual(expected);
  });

  test('a bounce waits longer', async () => {
    const { server, daemon } = world();
    await using session = await server.connect(client(9));
    const bounce = async (): Promise<unknown> => {
      const replies = await session.envelope('', BELA);
      await session.say('RSET');
      return replies;
    };
    expect(await bounce()).toEqual(matching(/^450.* back in 25 minutes/));
    await daemon.advance(600);
    expect(await bounce()).toEqual(matching(/^450.* back in 15 minutes/));
    await daemon.advance(1000);
    expect(await bounce()).toEqual(matching(PASSED));
  });

  test.for([
    `"a b"@odd-1.example`,
    `"a\\"b c"@odd-2.example`,
    `"> <x@example.test> "@odd-3.example`,
    `100%s%d@odd-4.example`,
  ])('a sender %s is greylisted, too', async (sender) => {
    const { server, daemon } = world();
    await using session = await server.connect(client(10));
    expect(await session.envelope(sender, ANNA)).toEqual(matching(FIRST));
    await daemon.advance(300);
    await session.say('RSET');
    expect(await session.envelope(sender, ANNA)).toEqual(matching(PASSED));
  });

  test('killed in the middle of a message, it lets mail pass; back again it knows what it knew', async () => {
    const { server, daemon } = world();
    const sender = newcomer();
    await using session = await server.connect(client(11));
    expect(await session.envelope(sender, ANNA)).toEqual(matching(FIRST));
    await daemon.end('SIGKILL');
    expect(await session.say(`RCPT TO:<${BELA}>`)).toMatch(PASSED);
    expect(await session.message()).toMatch(PASSED);
    const lucky = newcomer();
    expect(await session.envelope(lucky, ANNA)).toEqual(matching(PASSED));
    expect(await session.message()).toMatch(PASSED);
    expect(await greylistHeaders(world(), ANNA, lucky)).toEqual([]);
    await daemon.start();
    await using later = await server.connect(client(11));
    expect(await later.envelope(sender, ANNA)).toEqual(matching(/^450 .*too soon/));
    await daemon.advance(300);
    await later.say('RSET');
    expect(await later.envelope(sender, ANNA)).toEqual(matching(PASSED));
  });

  test('while it hangs mail passes', async () => {
    const { server, daemon } = world();
    const lucky = newcomer();
    await using session = await server.connect(client(12));
    daemon.signal('SIGSTOP');
    const replies = await session.envelope(lucky, ANNA);
    const message = await session.message();
    daemon.signal('SIGCONT');
    expect([...replies, message]).toEqual(matching(PASSED, PASSED));
  });
}
