// Many messages over many connections at once: not one answer may be lost or wrong.
import { expect, test } from 'vitest';
import { DOMAIN } from './mail-server.ts';
import type { MilterClients, MilterWorld } from './milter-mail.ts';
import type { Reply, SmtpSession } from './milter-smtp.ts';
import { until } from './processes.ts';

const CONNECTIONS = 20;
const MESSAGES_EACH = 50;
const MESSAGES = CONNECTIONS * MESSAGES_EACH;
const ANNA = `anna@${DOMAIN}`;
const BELA = `bela@${DOMAIN}`;

type Exchange = (session: SmtpSession, sender: string) => Promise<readonly Reply[]>;

/** Every sender writes once, each connection has its own senders; all replies, each with its id left out. */
async function all(world: MilterWorld, { client }: MilterClients, exchange: Exchange): Promise<readonly Reply[]> {
  const replies = await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, connection) => {
      await using session = await world.server.connect(client(20 + connection));
      const own: Reply[] = [];
      for (let n = 0; n < MESSAGES_EACH; n += 1)
        own.push(...(await exchange(session, `load@c${connection}-${n}.example`)));
      return own;
    }),
  );
  return replies.flat();
}

const attempt: Exchange = async (session, sender) => {
  const replies = await session.envelope(sender, ANNA);
  await session.say('RSET');
  return replies;
};

/** Anna's has waited, Bela's has not. */
const retry: Exchange = async (session, sender) => [
  ...(await session.envelope(sender, ANNA, BELA)),
  await session.message(),
];

/** How often each kind of reply came. */
function counted(replies: readonly Reply[]): { readonly [kind: string]: number } {
  const kinds: { [kind: string]: number } = {};
  for (const reply of replies) {
    const kind = /^250|first contact/.exec(reply)?.[0] ?? reply;
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

const idOf = (reply: Reply): string => /\(id (\w+)\)/.exec(reply)?.[1] ?? '';

/** Defines the test; `world` is asked when it runs. */
export function holdsUnderLoad(world: () => MilterWorld, clients: MilterClients): void {
  test(`${MESSAGES} messages over ${CONNECTIONS} connections`, async () => {
    const { server, daemon } = world();
    const first = await all(world(), clients, attempt);
    expect(counted(first)).toEqual({ 'first contact': MESSAGES });
    await daemon.advance(300);
    const second = await all(world(), clients, retry);
    expect(counted(second)).toEqual({ 'first contact': MESSAGES, '250': 2 * MESSAGES });
    const refused = [...first, ...second].filter((reply) => !reply.startsWith('250'));
    expect(new Set(refused.map(idOf)).size).toBe(2 * MESSAGES);
    const mails = await until(`${MESSAGES} mails`, () => {
      const found = server
        .inbox(ANNA)
        .split(/^(?=From )/m)
        .filter((mail) => mail.startsWith('From load@') && mail.endsWith('\n\n'));
      return found.length >= MESSAGES && found;
    });
    expect(new Set(mails.map((mail) => mail.split(' ')[1])).size).toBe(MESSAGES);
    expect(mails.filter((mail) => /^X-Greylist: delayed 3\d\d seconds/m.test(mail))).toHaveLength(MESSAGES);
    expect(mails).toHaveLength(MESSAGES);
    expect(server.inbox(BELA)).not.toContain('From load@');
  });
}
