// A real Postfix with conf/postfix-milter.cf as it is shipped. XCLIENT plays any client address; mail for a known recipient
// goes to the file inbox/LOCAL-PART.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DOMAIN, RECIPIENTS } from './mail-server.ts';
import type { MilterServer } from './milter-mail.ts';
import { SASL_CONFIG, startPasswordServer } from './milter-passwords.ts';
import { EHLO, openSmtp, type SmtpSession } from './milter-smtp.ts';
import { makeFolder, startOwnPostfix } from './own-postfix.ts';
import { HOME } from './programs.ts';

/** The shipped piece, and what this house needs beside it. */
function settings(place: string, uid: number, milter: string): string {
  const inboxes = RECIPIENTS.map((name) => `{${name}@${DOMAIN} = ${name}}`).join(', ');
  return `
mydestination =
mynetworks = 192.0.2.25
local_recipient_maps =
virtual_mailbox_domains = ${DOMAIN}
virtual_mailbox_base = ${place}/inbox
virtual_mailbox_maps = inline:{${inboxes}}
virtual_uid_maps = static:${uid}
virtual_gid_maps = static:${uid}
virtual_minimum_uid = 1
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_sasl_auth_enable = yes
cyrus_sasl_config_path = ${place}/sasl

${readFileSync(join(HOME, 'conf/postfix-milter.cf'), 'utf8')}
ddgrey_milter = ${milter}
`;
}

/** Starts a Postfix that asks ddgrey at `milter`: `unix:PATH` or `inet:HOST:PORT`. */
export async function startMilterPostfix(milter: string): Promise<MilterServer> {
  await using parts = new AsyncDisposableStack();
  const { directory, port } = parts.use(
    await startOwnPostfix(async (tree, uid) => {
      await makeFolder(tree.file('inbox'), uid);
      await mkdir(tree.file('sasl'));
      await writeFile(tree.file('sasl/smtpd.conf'), `${SASL_CONFIG(tree.path).join('\n')}\n`);
      return settings(tree.path, uid, milter);
    }),
  );
  parts.use(await startPasswordServer(directory.path));
  const running = parts.move();
  const reach = async (client: string, name = '[UNAVAILABLE]'): Promise<SmtpSession> => {
    const session = await openSmtp(connect(port, '127.0.0.1'));
    await session.say(EHLO);
    await session.say(`XCLIENT ADDR=${client.includes(':') ? `IPV6:${client}` : client} NAME=${name}`);
    return session;
  };
  return {
    connect: async (client, name) => {
      const session = await reach(client, name);
      await session.say(EHLO);
      return session;
    },
    visit: async (client) => {
      await (await reach(client)).say('QUIT');
    },
    inbox: (recipient) => {
      const file = join(directory.file('inbox'), recipient.slice(0, recipient.lastIndexOf('@')));
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
