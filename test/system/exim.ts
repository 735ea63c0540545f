// A real Exim (unpacked, not installed) with conf/exim4-acl.conf in its RCPT ACL, as it is shipped.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chown, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DOMAIN, freePort, type MailServer, RECIPIENTS } from './mail-server.ts';
import { run, startProcess, until } from './processes.ts';
import { EXIM, HOME } from './programs.ts';
import { attemptOn } from './smtp.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

/** Exim's configuration; `place` is its directory. Mail for a known recipient goes to the file inbox/LOCAL-PART. */
const configuration = (place: string, socket: string, port: number): string => `
DDGREY_SOCKET = ${socket}
exim_path = ${EXIM}
primary_hostname = mx.${DOMAIN}
spool_directory = ${place}/spool
log_file_path = ${place}/%slog
pid_file_path = ${place}/exim.pid
keep_environment =
deliver_drop_privilege
rfc1413_query_timeout = 0s
host_lookup =
helo_accept_junk_hosts = *
tls_advertise_hosts =
local_interfaces = <; 127.0.0.1 ; ::1
daemon_smtp_ports = ${port}
domainlist local_domains = ${DOMAIN}
domainlist relay_to_domains =
hostlist relay_from_hosts = <; 192.0.2.25 ; 2001:db8:2::25 ; 127.0.0.25
acl_smtp_rcpt = acl_check_rcpt

begin acl
acl_check_rcpt:
  accept
    hosts = : +relay_from_hosts
  require
    message = relay not permitted
    domains = +local_domains : +relay_to_domains
.include ${place}/exim4-acl.conf
  require
    verify = recipient
  accept

begin routers
known:
  driver = accept
  domains = +local_domains
  local_parts = ${RECIPIENTS.join(' : ')}
  transport = inbox

begin transports
inbox:
  driver = appendfile
  file = ${place}/inbox/$local_part_data
`;

interface Place {
  readonly directory: TemporaryDirectory;
  readonly port: number;
  readonly config: string;
}

async function setUp(socket: string): Promise<Place> {
  const directory = await temporaryDirectory();
  const config = directory.file('exim.conf');
  const port = await freePort();
  // A copy, since Exim reads it again as a user who may not be allowed into the checkout.
  await copyFile(join(HOME, 'conf/exim4-acl.conf'), directory.file('exim4-acl.conf'));
  await writeFile(config, configuration(directory.path, socket, port), { mode: 0o644 });
  const [uid, gid] = [await idOf('-u'), await idOf('-g')];
  for (const name of ['.', 'spool', 'inbox']) {
    await mkdir(directory.file(name), { recursive: true });
    await chown(directory.file(name), uid, gid);
  }
  return { directory, port, config };
}

const idOf = async (flag: '-u' | '-g'): Promise<number> => Number(await run('id', flag, 'Debian-exim'));

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function inboxOf({ directory }: Place): Pick<MailServer, 'delivered' | 'log'> {
  return {
    delivered: async ({ sender, recipients }) => {
      for (const recipient of recipients) {
        const file = join(directory.file('inbox'), recipient.slice(0, recipient.lastIndexOf('@')));
        await until(`mail from ${sender} in ${file}`, () => readIfThere(file).includes(`From ${sender} `));
      }
    },
    log: () => readIfThere(directory.file('mainlog')),
  };
}

/** Exim as a program that speaks SMTP on its standard input and output (-bs), with any client address and name (-oMa, -oMs). */
export async function eximOnPipes(socket: string): Promise<MailServer> {
  const place = await setUp(socket);
  return {
    ...inboxOf(place),
    attempt: async (attempt) => {
      const name = attempt.clientName === undefined ? [] : ['-oMs', attempt.clientName];
      const child = spawn(EXIM, ['-C', place.config, '-bs', '-oMa', attempt.client, ...name], { stdio: 'pipe' });
      return attemptOn({ toServer: child.stdin, fromServer: child.stdout }, attempt);
    },
    [Symbol.asyncDispose]: () => place.directory[Symbol.asyncDispose](),
  };
}

/** Exim as a daemon on 127.0.0.1 and ::1; clients have loopback addresses. */
export async function eximDaemon(socket: string): Promise<MailServer> {
  await using parts = new AsyncDisposableStack();
  const place = await setUp(socket);
  parts.use(place.directory);
  const daemon = parts.use(startProcess(EXIM, '-C', place.config, '-bdf'));
  await until('Exim to listen', () => {
    if (daemon.child.exitCode !== null) throw new Error(`Exim ended: ${daemon.output()}`);
    return /listening for SMTP/.test(inboxOf(place).log());
  });
  const running = parts.move();
  return {
    ...inboxOf(place),
    attempt: (attempt) => {
      const host = attempt.client.includes(':') ? '::1' : '127.0.0.1';
      const socketToExim = connect({ port: place.port, host, localAddress: attempt.client });
      return attemptOn({ toServer: socketToExim, fromServer: socketToExim }, attempt);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
