// A real Postfix with a tree of its own, whatever it asks. XCLIENT plays any client address.
import { readFileSync } from 'node:fs';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { DOMAIN, freePort } from './mail-server.ts';
import { run } from './processes.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const MASTER_EXAMPLE = '/usr/share/postfix/master.cf.dist';

export interface OwnPostfix extends AsyncDisposable {
  readonly directory: TemporaryDirectory;
  /** Where it takes mail: on 127.0.0.1. */
  readonly port: number;
}

/** What is made in its directory before it starts, as the user with this number; returns what main.cf says beside the usual. */
export type FillTree = (directory: TemporaryDirectory, uid: number) => Promise<string>;

/** Starts one. */
export async function startOwnPostfix(fill: FillTree): Promise<OwnPostfix> {
  await using parts = new AsyncDisposableStack();
  const directory = parts.use(await temporaryDirectory());
  const [port, uid] = [await freePort(), Number(await run('id', '-u', 'postfix'))];
  await mkdir(directory.file('queue'));
  await makeFolder(directory.file('data'), uid);
  const settings = await fill(directory, uid);
  await writeFile(directory.file('main.cf'), `${usual(directory.path)}${settings}`);
  await writeFile(directory.file('master.cf'), masterCf(port));
  await run('postfix', '-c', directory.path, 'start');
  parts.defer(async () => {
    await run('postfix', '-c', directory.path, 'stop');
  });
  const running = parts.move();
  return { directory, port, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** A folder that belongs to that user. */
export async function makeFolder(path: string, uid: number): Promise<void> {
  await mkdir(path);
  await chown(path, uid, uid);
}

/** What any Postfix needs to live in a folder of its own. */
function usual(place: string): string {
  return `
compatibility_level = 3.6
queue_directory = ${place}/queue
data_directory = ${place}/data
maillog_file_prefixes = ${place}
maillog_file = ${place}/maillog
myhostname = mx.${DOMAIN}
inet_interfaces = 127.0.0.1
inet_protocols = all
alias_maps =
smtpd_authorized_xclient_hosts = 127.0.0.1
smtpd_peername_lookup = no
`;
}

/** master.cf: the package's example, on a port of its own and without a chroot. */
function masterCf(port: number): string {
  return readFileSync(MASTER_EXAMPLE, 'utf8')
    .replace(/^smtp( +inet.*)$/m, `127.0.0.1:${port}$1`)
    .replace(/^(\S+\s+(?:inet|unix|unix-dgram)\s+\S+\s+\S+\s+)y(\s)/gm, '$1n$2');
}
