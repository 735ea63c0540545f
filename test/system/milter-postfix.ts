// A real Postfix with conf/postfix-milter.cf as it is shipped. XCLIENT plays any client address; mail for a known recipient
// goes to the file inbox/LOCAL-PART.
import { existsSync, readFileSync } from 'node:fs';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DOMAIN, freePort, RECIPIENTS } from './mail-server.ts';
import type { MilterServer } from './milter-mail.ts';
import { SASL_CONFIG, startPasswordServer } from './milter-passwords.ts';
import { EHLO, openSmtp, type SmtpSession } from './milter-smtp.ts';
import { run } from './processes.ts';
import { HOME } from './programs.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const MASTER_EXAMPLE = '/usr/share/postfix/master.cf.dist';

interface Place {
  readonly directory: string;
  readonly uid: number;
  readonly milter: string;
}

/** main.cf: what any Postfix needs to live in a folder of its own, the shipped piece, and where ddgrey is. */
function mainCf({ directory, uid, milter }: Place): string {
  const inboxes = RECIPIENTS.map((name) => `{${name}@${DOMAIN} = ${name}}`).join(', ');
  return `
compatibility_level = 3.6
queue_directory = ${directory}/queue
data_directory = ${directory}/data
maillog_file_prefixes = ${directory}
maillog_file = ${directory}/maillog
myhostname = mx.${DOMAIN}
mydestination =
mynetworks = 192.0.2.25
inet_interfaces = 127.0.0.1
inet_protocols = all
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = ${DOMAIN}
virtual_mailbox_base = ${directory}/inbox
virtual_mailbox_maps = inline:{${inboxes}}
virtual_uid_maps = static:${uid}
virtual_gid_maps = static:${uid}
virtual_minimum_uid = 1
smtpd_authorized_xclient_hosts = 127.0.0.1
smtpd_peername_lookup = no
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_sasl_auth_enable = yes
cyrus_sasl_config_path = ${directory}/sasl

${readFileSync(join(HOME, 'conf/postfix-milter.cf'), 'utf8')}
ddgrey_milter = ${milter}
`;
}

/** master.cf: the package's example, on a port of its own and without a chroot. */
function masterCf(port: number): string {
  return readFileSync(MASTER_EXAMPLE, 'utf8')
    .replace(/^smtp( +inet.*)$/m, `127.0.0.1:${port}$1`)
    .replace(/^(\S+\s+(?:inet|unix|unix-dgram)\s+\S+\s+\S+\s+)y(\s)/gm, '$1n$2');
}

/** Starts a Postfix that asks ddgrey at `milter`: `unix:PATH` or `inet:HOST:PORT`. */
export async function startMilterPostfix(milter: string): Promise<MilterServer> {
  await using parts = new AsyncDisposableStack();
  const directory = parts.use(await temporaryDirectory());
  const [port, uid] = [await freePort(), Number(await run('id', '-u', 'postfix'))];
  for (const folder of ['queue', 'data', 'inbox', 'sasl']) await mkdir(directory.file(folder));
  for (const folder of ['data', 'inbox']) await chown(directory.file(folder), uid, uid);
  await writeFile(directory.file('main.cf'), mainCf({ directory: directory.path, uid, milter }));
  await writeFile(directory.file('master.cf'), masterCf(port));
  await writeFile(directory.file('sasl/smtpd.conf'), `${SASL_CONFIG(directory.path).join('\n')}\n`);
  parts.use(await startPasswordServer(directory.path));
  await run('postfix', '-c', directory.path, 'start');
  parts.defer(async () => {
    await run('postfix', '-c', directory.path, 'stop');
  });
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
