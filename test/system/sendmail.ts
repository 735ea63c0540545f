// A real Sendmail in a root directory of its own (chroot), with conf/sendmail-milter.mc as it is shipped. There it trusts the
// folders that lead to ddgrey's socket, and knows hosts, users and name servers that this machine does not: nothing is asked
// of DNS, and clients at any address of 127.0.0.0/8 can come.
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DOMAIN, freePort, RECIPIENTS } from './mail-server.ts';
import { SASL_CONFIG, startPasswordServer } from './milter-passwords.ts';
import type { MilterServer } from './milter-mail.ts';
import { EHLO, openSmtp, type SmtpSession } from './milter-smtp.ts';
import { run, startProcess, until } from './processes.ts';
import { HOME } from './programs.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

/** As test/system/install-mail-servers unpacks it. */
const UNPACKED = '/var/cache/ddgrey-system-tests/sendmail';
const PROGRAMS = '/usr/libexec/sendmail';
/** The group of mail boxes, as Debian numbers it. */
const MAIL = 8;

/** What Debian's sendmail.mc has about bad recipients, and what docs/protocols/milter.md sets below it. */
function recipientLimits(): string {
  const page = readFileSync(join(HOME, 'docs/protocols/milter.md'), 'utf8');
  const ours = /^ {4}(define\(`confBAD_RCPT_THROTTLE'.*)$/m.exec(page)?.[1] ?? '';
  return `define(\`confBAD_RCPT_THROTTLE', \`3')dnl\n${ours}`;
}

/** sendmail.mc: the package's usual parts, the shipped piece, and the mailers. */
function sendmailMc(port: number): string {
  return `divert(0)dnl
include(\`${UNPACKED}/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(\`linux')dnl
define(\`confDOMAIN_NAME', \`mx.${DOMAIN}')dnl
define(\`confPID_FILE', \`/run/sendmail.pid')dnl
define(\`ALIAS_FILE', \`/etc/mail/aliases')dnl
define(\`confTO_IDENT', \`0')dnl
define(\`confQUEUE_LA', \`1000')dnl
define(\`confREFUSE_LA', \`1000')dnl
define(\`confAUTH_MECHANISMS', \`PLAIN')dnl
LOCAL_DOMAIN(\`${DOMAIN}')dnl
FEATURE(\`no_default_msa')dnl
FEATURE(\`nocanonify')dnl
FEATURE(\`accept_unresolvable_domains')dnl
FEATURE(\`local_lmtp', \`${PROGRAMS}/mail.local')dnl
MODIFY_MAILER_FLAGS(\`LOCAL', \`+w')dnl
DAEMON_OPTIONS(\`Name=MTA, Addr=127.0.0.1, Port=${port}')dnl
DAEMON_OPTIONS(\`Name=MTA6, Addr=::1, Port=${port}, Family=inet6')dnl
${recipientLimits()}
${readFileSync(join(HOME, 'conf/sendmail-milter.mc'), 'utf8')}
MAILER(\`local')dnl
MAILER(\`smtp')dnl
`;
}

/** The root directory before Sendmail runs in it. */
export interface SendmailRoot extends AsyncDisposable {
  /** Where the shipped piece has ddgrey's socket. */
  readonly socket: string;
  /** Starts Sendmail there. */
  start(): Promise<MilterServer>;
}

/** Makes the root directory, for ddgrey to open its socket in. */
export async function sendmailRoot(): Promise<SendmailRoot> {
  const directory = await temporaryDirectory();
  await cp(UNPACKED, directory.path, { recursive: true, mode: 2 });
  for (const folder of ['dev', 'etc/sasl2', 'run/ddgrey', 'tmp', 'var/spool/mqueue', 'var/mail'])
    await mkdir(directory.file(folder), { recursive: true });
  await chmod(directory.file('var/spool/mqueue'), 0o700);
  await chown(directory.file('var/mail'), 0, MAIL);
  await chmod(directory.file('var/mail'), 0o775);
  await writeEtc(directory);
  return {
    socket: directory.file('run/ddgrey/milter.socket'),
    start: () => startSendmail(directory),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

async function writeEtc(directory: TemporaryDirectory): Promise<void> {
  const users = RECIPIENTS.map((name, index) => `${name}:x:${2000 + index}:${MAIL}::/:/bin/false`);
  const files: readonly (readonly [name: string, ...lines: string[]])[] = [
    ['dev/null'],
    ['etc/mail/aliases'],
    // Sendmail waits for a minute when its machine's name has no dot.
    ['etc/hosts', `127.0.0.1 localhost mx.${DOMAIN} ${hostname()}`, '::1 localhost', '127.0.0.9 mail.sender.example'],
    ['etc/nsswitch.conf', 'passwd: files', 'group: files', 'hosts: files'],
    ['etc/resolv.conf', 'nameserver 127.0.0.1'],
    ['etc/mail/service.switch', 'hosts files', 'aliases files'],
    ['etc/passwd', 'root:x:0:0::/:/bin/false', `mail:x:${MAIL}:${MAIL}::/:/bin/false`, ...users],
    ['etc/group', 'root:x:0:', `mail:x:${MAIL}:`],
    ['etc/sasl2/Sendmail.conf', ...SASL_CONFIG('/run')],
  ];
  for (const [name, ...lines] of files)
    await writeFile(directory.file(name), lines.map((line) => `${line}\n`).join(''));
}

async function startSendmail(directory: TemporaryDirectory): Promise<MilterServer> {
  await using parts = new AsyncDisposableStack();
  const port = await freePort();
  await writeFile(directory.file('etc/mail/sendmail.mc'), sendmailMc(port));
  const m4 = await run('m4', `-D_CF_DIR_=${UNPACKED}/usr/share/sendmail/cf/`, directory.file('etc/mail/sendmail.mc'));
  await writeFile(directory.file('etc/mail/sendmail.cf'), m4);
  parts.use(await startPasswordServer(directory.file('run')));
  const daemon = parts.use(startProcess('chroot', directory.path, `${PROGRAMS}/sendmail`, '-bD'));
  await until('Sendmail to listen', async () => {
    if (daemon.child.exitCode !== null) throw new Error(`Sendmail ended: ${daemon.output()}`);
    return existsSync(directory.file('run/sendmail.pid'));
  });
  // Each session has a process of its own, which ends with the session.
  const sessions = parts.use(new DisposableStack());
  const running = parts.move();
  const reach = (client: string): Promise<SmtpSession> => {
    const host = client.includes(':') ? '::1' : '127.0.0.1';
    const socket = connect({ port, host, localAddress: client });
    sessions.defer(() => socket.destroy());
    return openSmtp(socket);
  };
  return {
    connect: async (client) => {
      const session = await reach(client);
      await session.say(EHLO);
      return session;
    },
    visit: async (client) => {
      await (await reach(client)).say('QUIT');
    },
    inbox: (recipient) => {
      const file = directory.file(`var/mail/${recipient.slice(0, recipient.lastIndexOf('@'))}`);
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
