// A real Exim (unpacked, not installed) with conf/exim4-acl.conf in its RCPT ACL, as it is shipped.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chown, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { DOMAIN, freePort, type MailServer, RECIPIENTS } from './mail-server.ts';
import { run, startProcess, until } from './processes.ts';
import { EXIM, HOME } from './programs.ts';
import { type Attempt, attemptOn, type Outcome } from './smtp.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

interface EximOptions {
  /** ddgrey's. */
  readonly socket: string;
  /** What the main log has beyond the usual. */
  readonly logSelector?: string;
}

/** An Exim that runs as a daemon. */
export interface EximDaemon extends MailServer {
  /** On 127.0.0.1 and ::1. */
  readonly port: number;
  readonly mainlog: string;
  /** The mails that a recipient has, as they lie in the mailbox. */
  inbox(localPart: string): string;
}

/** It is greeted late, so that what it says early is surely there by then. */
export const EARLY_TALKER = '127.0.1.3';

/** The macro that docs/protocols/exim.md has Debian's users set. */
const DEBIAN_MACRO =
  /^ *(CHECK_\w+ = .*)$/m.exec(readFileSync(join(HOME, 'docs/protocols/exim.md'), 'utf8'))?.[1] ?? '';

/**
 * Exim's configuration, with what Debian's has about bad recipients; `place` is its directory. Mail for a known recipient goes
 * to the file inbox/LOCAL-PART.
 */
const configuration = (place: string, port: number, { socket, logSelector = '' }: EximOptions): string => `
DDGREY_SOCKET = ${socket}
${DEBIAN_MACRO}
exim_path = ${EXIM}
primary_hostname = mx.${DOMAIN}
spool_directory = ${place}/spool
log_file_path = ${place}/%slog
log_selector = ${logSelector}
pid_file_path = ${place}/exim.pid
keep_environment =
deliver_drop_privilege
rfc1413_query_timeout = 0s
host_lookup =
helo_accept_junk_hosts = *
tls_advertise_hosts =
# Else every client may talk before the greeting, and none is seen to do so.
pipelining_connect_advertise_hosts =
smtp_receive_timeout = 30s
local_interfaces = <; 127.0.0.1 ; ::1
daemon_smtp_ports = ${port}
domainlist local_domains = ${DOMAIN}
domainlist relay_to_domains =
hostlist relay_from_hosts = <; 192.0.2.25 ; 2001:db8:2::25 ; 127.0.0.25
acl_smtp_connect = acl_check_connect
acl_smtp_rcpt = acl_check_rcpt

begin acl
acl_check_connect:
  accept
    hosts = ${EARLY_TALKER}
    delay = 1s
  accept
acl_check_rcpt:
  .ifndef CHECK_RCPT_NO_FAIL_TOO_MANY_BAD_RCPT
  deny    condition     = \${if and {\\
                        {>{$rcpt_count}{10}}\\
                        {<{$recipients_count}{\${eval:$rcpt_count/2}}} }}
          message       = Rejected for too many bad recipients
  .endif
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

async function setUp(options: EximOptions): Promise<Place> {
  const directory = await temporaryDirectory();
  const config = directory.file('exim.conf');
  const port = await freePort();
  // A copy, since Exim reads it again as a user who may not be allowed into the checkout.
  await copyFile(join(HOME, 'conf/exim4-acl.conf'), directory.file('exim4-acl.conf'));
  await writeFile(config, configuration(directory.path, port, options), { mode: 0o644 });
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
function attemptOnPipes({ config }: Place, attempt: Attempt): Promise<Outcome> {
  const name = attempt.clientName === undefined ? [] : ['-oMs', attempt.clientName];
  const child = spawn(EXIM, ['-C', config, '-bs', '-oMa', attempt.client, ...name], { stdio: 'pipe' });
  return attemptOn({ toServer: child.stdin, fromServer: child.stdout }, attempt);
}

export async function eximOnPipes(socket: string): Promise<MailServer> {
  const place = await setUp({ socket });
  return {
    ...inboxOf(place),
    attempt: (attempt) => attemptOnPipes(place, attempt),
    [Symbol.asyncDispose]: () => place.directory[Symbol.asyncDispose](),
  };
}

/** Exim as a daemon on 127.0.0.1 and ::1. Clients with other than loopback addresses come on pipes. */
export async function eximDaemon(socket: string, logSelector?: string): Promise<EximDaemon> {
  await using parts = new AsyncDisposableStack();
  const place = await setUp({ socket, ...(logSelector === undefined ? {} : { logSelector }) });
  parts.use(place.directory);
  const daemon = parts.use(startProcess(EXIM, '-C', place.config, '-bdf'));
  await until('Exim to listen', () => {
    if (daemon.child.exitCode !== null) throw new Error(`Exim ended: ${daemon.output()}`);
    return /listening for SMTP/.test(inboxOf(place).log());
  });
  const running = parts.move();
  return {
    ...inboxOf(place),
    port: place.port,
    mainlog: place.directory.file('mainlog'),
    inbox: (localPart) => readIfThere(join(place.directory.file('inbox'), localPart)),
    attempt: (attempt) => {
      if (!isLoopback(attempt.client)) return attemptOnPipes(place, attempt);
      const socketToExim = connectFrom(attempt.client, place.port);
      return attemptOn({ toServer: socketToExim, fromServer: socketToExim }, attempt);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function isLoopback(client: string): boolean {
  return client === '::1' || client.startsWith('127.');
}

/** A connection to a server of this machine from one of its loopback addresses. */
export function connectFrom(client: string, port: number): Socket {
  return connect({ port, host: client.includes(':') ? '::1' : '127.0.0.1', localAddress: client });
}
