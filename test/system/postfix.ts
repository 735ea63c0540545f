// A real Postfix with a tree of its own and conf/postfix-main.cf as it is shipped. XCLIENT plays any client address.
import { existsSync, readFileSync } from 'node:fs';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DOMAIN, freePort, type MailServer, RECIPIENTS } from './mail-server.ts';
import { run, until } from './processes.ts';
import { HOME } from './programs.ts';
import { attemptOn } from './smtp.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const MASTER_EXAMPLE = '/usr/share/postfix/master.cf.dist';

export interface Postfix extends MailServer {
  /** Where it takes mail: on 127.0.0.1. */
  readonly port: number;
}

/** What docs/protocols/postfix.md sets for messages with many recipients. */
function errorLimits(): string {
  const page = readFileSync(join(HOME, 'docs/protocols/postfix.md'), 'utf8');
  return [...page.matchAll(/'(smtpd_\w+_error_limit = [^']*)'/g)].map(([, setting]) => setting).join('\n');
}

/** main.cf: what any Postfix needs to live in a folder of its own, the shipped piece, and where ddgrey is. */
function mainCf(place: string, policy: string): string {
  const piece = readFileSync(join(HOME, 'conf/postfix-main.cf'), 'utf8');
  return `
compatibility_level = 3.6
queue_directory = ${place}/queue
data_directory = ${place}/data
maillog_file_prefixes = ${place}
maillog_file = ${place}/maillog
myhostname = mx.${DOMAIN}
mydestination = ${DOMAIN}
mynetworks = 192.0.2.25 [2001:db8:2::25]
inet_interfaces = 127.0.0.1
inet_protocols = all
alias_maps =
local_recipient_maps = inline:{${RECIPIENTS.map((name) => `${name}=known`).join(', ')}}
local_transport = discard:
smtpd_authorized_xclient_hosts = 127.0.0.1
smtpd_peername_lookup = no
${errorLimits()}

${piece}
ddgrey_policy = ${policy}
`;
}

/** master.cf: the package's example, on a port of its own and without a chroot. */
function masterCf(port: number): string {
  return readFileSync(MASTER_EXAMPLE, 'utf8')
    .replace(/^smtp( +inet.*)$/m, `127.0.0.1:${port}$1`)
    .replace(/^(\S+\s+(?:inet|unix|unix-dgram)\s+\S+\s+\S+\s+)y(\s)/gm, '$1n$2');
}

/** Starts a Postfix that asks ddgrey at `policy`: `unix:PATH` or `inet:HOST:PORT`. */
export async function startPostfix(policy: string): Promise<Postfix> {
  await using parts = new AsyncDisposableStack();
  const directory = parts.use(await temporaryDirectory());
  const port = await freePort();
  await mkdir(directory.file('queue'));
  await mkdir(directory.file('data'));
  await chown(directory.file('data'), Number(await run('id', '-u', 'postfix')), 0);
  await writeFile(directory.file('main.cf'), mainCf(directory.path, policy));
  await writeFile(directory.file('master.cf'), masterCf(port));
  await run('postfix', '-c', directory.path, 'start');
  parts.defer(async () => {
    await run('postfix', '-c', directory.path, 'stop');
  });
  const running = parts.move();
  const log = (): string =>
    existsSync(directory.file('maillog')) ? readFileSync(directory.file('maillog'), 'utf8') : '';
  return {
    port,
    log,
    attempt: (attempt) => {
      const socket = connect(port, '127.0.0.1');
      const address = attempt.client.includes(':') ? `IPV6:${attempt.client}` : attempt.client;
      const xclient = `ADDR=${address} NAME=${attempt.clientName ?? '[UNAVAILABLE]'}`;
      return attemptOn({ toServer: socket, fromServer: socket, xclient }, attempt);
    },
    delivered: async (attempt) => {
      for (const recipient of attempt.recipients)
        await until(`mail from ${attempt.sender} to ${recipient}`, () =>
          wasDelivered(log(), attempt.sender, recipient),
        );
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Whether the log has a message of that sender that was delivered to that recipient. */
function wasDelivered(log: string, sender: string, recipient: string): boolean {
  const queued = log.matchAll(/qmgr\[\d+\]: (\w+): from=<([^>]*)>/g);
  return [...queued].some(
    ([, id, from]) => from === sender && new RegExp(`${id}: to=<${recipient}>.* status=sent`).test(log),
  );
}
