// The doctor with a daemon, files and sockets of a directory of its own; of the machine's mail servers nothing is expected.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fingerprint, selfSigned, signed } from '../../test/certificates.ts';
import { seconds, systemClock } from '../lib/clock.ts';
import { lockFor } from '../lib/directory-lock.ts';
import { VERSION } from '../lib/version.ts';
import { type FakeDaemon, startFakeDaemon } from '../peers/fake-daemon.ts';
import type { Check } from '../policy/check.ts';
import type { Finding } from './doctor-finding.ts';
import { doctorCommand } from './doctor.ts';
import { type Printed, printed } from './printed.ts';
import { NO_SCREEN } from './screen.ts';

let daemon: FakeDaemon;

beforeEach(async () => {
  daemon = await startFakeDaemon('grey_default 290s', 'retry 3d');
});

afterEach(() => daemon[Symbol.asyncDispose]());

async function run(json: boolean): Promise<Printed> {
  const { location } = daemon;
  return printed(await doctorCommand.run({ location, words: [], json, flags: new Set(), screen: NO_SCREEN }));
}

/** What it finds about these, without the test's directory. */
async function examine(about: RegExp): Promise<readonly string[]> {
  const { location } = daemon;
  const { text } = await run(true);
  return (JSON.parse(text.replaceAll(location.directory, 'DIR')) as Finding[])
    .filter((finding) => about.test(finding.about))
    .map(({ state, text: found, mend }) => `${state}: ${found}${mend === undefined ? '' : ` -> ${mend}`}`);
}

const RESTART = 'kill $(cat DIR/ddgreyd.pid), then ddgreyd -D DIR';

function configure(...lines: readonly string[]): void {
  appendFileSync(daemon.location.configFile, lines.map((line) => `${line}\n`).join(''));
}

/** Opens a port, by IPv4 only, and returns its number. */
async function openPort(server: Server): Promise<number | undefined> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return typeof address === 'object' ? address?.port : undefined;
}

/** As the daemon does while it runs. */
function holdDirectory(): Disposable {
  return lockFor(daemon.location.directory, 'ddgrey.db');
}

test('the exit code tells whether something is wrong', async () => {
  const socket = join(daemon.location.directory, 'greylist.socket');
  await using server = createServer((connection) => connection.end());
  await once(server.listen(socket), 'listening');
  chmodSync(socket, 0o666);
  const { explain } = daemon.parts;
  const now = seconds(systemClock);
  Object.assign(daemon.parts, { explain: async (check: Check) => ({ ...(await explain(check)), now }) });
  const well = await run(false);
  expect(well.text).toMatch(/^ok {4}daemon: ddgreyd /m);
  // Unless this machine has a mail server with which something is wrong.
  expect(well.exitCode).toBe(Number(/^BAD /m.test(well.text)));
  await daemon.stop();
  const ill = await run(false);
  expect(ill.text).toMatch(/^BAD {3}daemon: no ddgreyd answers .*\n {6}-> start it: /m);
  expect([ill.exitCode, (await run(true)).exitCode]).toEqual([1, 1]);
});

test('without a configuration nothing else is looked at', async () => {
  rmSync(daemon.location.configFile);
  expect(await examine(/^/)).toEqual([
    expect.stringMatching(
      /^bad: cannot read DIR\/ddgrey\.conf: no such file -> install .* \/\S*\/conf\/ddgrey\.conf DIR\/ddgrey\.conf$/,
    ),
  ]);
});

test('with mistakes in the configuration it looks at the daemon all the same', async () => {
  configure('rety 3d');
  expect(await examine(/^(?:configuration|daemon)$/)).toEqual([
    'bad: DIR/ddgrey.conf:3: rety: there is no such option -> did you mean retry?',
    expect.stringMatching(/^note: .* -> ddgreyd -D DIR --check-config$/),
    `good: ddgreyd ${VERSION} answers`,
  ]);
});

test('a daemon that was started before the programs were changed is named', async () => {
  const statistics = { version: VERSION, uptime: 3_000_000_000, tuples: { pending: 0, valid: 0 }, counters: {} };
  Object.assign(daemon.parts, { overview: { statistics: async () => statistics } });
  expect(await examine(/^daemon$/)).toEqual([
    `note: ddgreyd ${VERSION} answers, but was started before the last upgrade -> restart it: ${RESTART}`,
  ]);
});

test('what waits to be put in force is named', async () => {
  expect(await examine(/goes by/)).toEqual(['good: is what the configuration says']);
  configure('retry 4d');
  expect(await examine(/goes by/)).toEqual([
    'bad: these were changed, and not read again: retry -> kill -HUP $(cat DIR/ddgreyd.pid)',
  ]);
});

test('traps and the policy file are read', async () => {
  configure('policy rules', 'traps traps here');
  writeFileSync(join(daemon.location.directory, 'rules'), 'GreyCheckFrom:example.com NO\n');
  writeFileSync(join(daemon.location.directory, 'here'), 'a@example.org hard\n');
  expect(await examine(/file DIR/)).toEqual([
    expect.stringMatching(/^bad: the daemon says: cannot read p: no such file; /),
    expect.stringMatching(/^bad: no such file; .* traps$/),
    expect.stringMatching(/^bad: line 1: "a@example\.org hard" does not end/),
  ]);
});

test('a pipe is no file of traps, and not waited for', async () => {
  configure('traps pipe');
  execFileSync('mkfifo', [join(daemon.location.directory, 'pipe')]);
  expect(await examine(/file DIR/)).toEqual([expect.stringMatching(/^bad: it is not a file; /)]);
});

test("Exim's log must be there, and readable to the daemon's process", async () => {
  const log = join(daemon.location.directory, 'mainlog');
  using _held = holdDirectory();
  configure('service exim4', 'exim4_mainlog mainlog');
  expect(await examine(/^Exim's log/)).toEqual([expect.stringMatching(/^bad: no such file; nothing .* -> exim4_main/)]);
  writeFileSync(log, '');
  expect(await examine(/^Exim's log/)).toEqual(['good: can be read']);
});

test('what is wrong with an attempt is told, though it can not be forgotten either', async () => {
  const remove = () => Promise.reject(new Error('disk full'));
  const answerCheck = async () => ({ kind: 'white', reason: 'failed', because: 'disk full' });
  Object.assign(daemon.parts, { answerCheck, standings: { remove } });
  expect(await examine(/^a first attempt|^daemon|^disk/)).toEqual([
    `good: ddgreyd ${VERSION} answers`,
    expect.stringMatching(
      /^bad: answered white, since something failed: disk full; no mail is greylisted meanwhile -> /,
    ),
    expect.stringMatching(/: \d+ MB are free/),
  ]);
});

test('what can not be forgotten again shows that the database takes no changes', async () => {
  Object.assign(daemon.parts, { standings: { remove: () => Promise.reject(new Error('database is locked')) } });
  expect(await examine(/^a first attempt|^database/)).toEqual([
    expect.stringMatching(/^good: deferred, /),
    expect.stringMatching(/^bad: takes no changes: database is locked; .* -> .*fuser/),
  ]);
});

test('a central server is asked whether it is there, and told of no attempt', async () => {
  await using server = createServer((socket) => socket.end('500 Access denied\n'));
  await once(server.listen(join(daemon.location.directory, 'central')), 'listening');
  configure('GREY_MODE CLIENT', 'GREY_SOCKET unix:central');
  expect(await examine(/^central|^a first attempt/)).toEqual([
    'good: not played, since other servers would hear of it',
    expect.stringMatching(/^bad: says "500 Access denied"; this server decides alone -> a line GreydAccess/),
  ]);
  server.close();
  await once(server, 'close');
  expect(await examine(/^central/)).toEqual([expect.stringMatching(/^bad: does not answer: connect ENOENT/)]);
});

test('a daemon that can not tell what it remembers is not to be started anew for that', async () => {
  const statistics = () => Promise.reject(new Error('database disk image is malformed'));
  Object.assign(daemon.parts, { overview: { statistics } });
  expect(await examine(/^daemon/)).toEqual([
    expect.stringMatching(/^bad: answers, but not .*: .*malformed -> stop ddgreyd, and put the last backup/),
  ]);
});

test('servers that are not read from are named', async () => {
  configure('peer 192.0.2.1');
  const { peers } = daemon.parts;
  peers.addSource('192.0.2.1:722').ourselves();
  peers.addSource('127.0.0.1:722').ourselves();
  peers.addSource('127.0.1.1:722').ourselves();
  peers.addSource('192.0.2.2:722').waiting('no answer in time');
  expect(await examine(/^peer/)).toEqual([
    expect.stringMatching(/^bad: calls itself by the name of this server/),
    expect.stringMatching(/^bad: is not connected: no answer in time -> the firewalls/),
  ]);
});

test('somebody must listen on each socket', async () => {
  await using server = createServer((socket) => socket.end());
  const port = await openPort(server);
  writeFileSync(join(daemon.location.directory, 'dead'), '');
  configure(`listen policy 127.0.0.1:${port}`, 'listen greyd unix:dead', 'listen milter [::1]:0');
  const restart = `restart it: ${RESTART}`;
  expect(await examine(/^socket/)).toEqual([
    'good: takes connections',
    `bad: is there, but nobody listens -> ${restart}`,
    `bad: nobody listens -> ${restart}`,
  ]);
});

test('a socket on all addresses takes connections where only IPv4 reaches it, too', async () => {
  await using server = createServer((socket) => socket.end());
  configure(`listen policy [::]:${await openPort(server)}`);
  expect(await examine(/^socket policy/)).toEqual(['good: takes connections']);
});

test('the port of other servers is that of the daemon, whoever asks', async () => {
  let connections = 0;
  await using server = createServer((socket) => {
    connections += 1;
    socket.end();
  });
  const port = await openPort(server);
  Object.assign(daemon.parts, { goesBy: async () => ({ options: {}, fixed: [], port }) });
  configure('accept 192.0.2.1');
  expect(await examine(/^socket peer/)).toEqual(['good: takes connections']);
  // One from an address without a right would be trouble in the daemon's log.
  expect(connections).toBe(0);
  await daemon.stop();
  expect(await examine(/^socket peer/)).toEqual([]);
});

test('a daemon that is not there is to be started, one that listens elsewhere to be started anew', async () => {
  await daemon.stop();
  expect(await examine(/^daemon$/)).toEqual([expect.stringMatching(/is it running\? -> start it: ddgreyd -D DIR$/)]);
  expect(await examine(/^socket/)).toEqual([expect.stringContaining('-> start it: ddgreyd -D DIR')]);
  using _held = holdDirectory();
  const told = /is it running\? \(process \d+ is.* -> wait .*; else restart it: kill .*, then ddgreyd -D DIR$/;
  expect(await examine(/^daemon$/)).toEqual([expect.stringMatching(told)]);
  expect(await examine(/^socket/)).toEqual([expect.stringContaining('-> restart it: ')]);
});

test("this server's certificate is looked at where servers show theirs", async () => {
  const { directory } = daemon.location;
  const { certificate, key } = signed(directory, selfSigned(directory, 'ca'), 'IP:127.0.0.1', -1);
  configure(`peer_certificate ${certificate}`, `peer_key ${key}`, 'peer_ca ca.pem');
  expect(await examine(/^certificate/)).toEqual([]);
  configure('peer_tls may', 'accept 127.0.0.1');
  const reload = 'kill -HUP $(cat DIR/ddgreyd.pid)';
  expect(await examine(/^certificate/)).toEqual([
    expect.stringMatching(/^bad: expired on \d{4}-\d\d-\d\d; other servers .* -> renew it, then /),
  ]);
  expect((await examine(/^certificate/))[0]).toContain(reload);
  configure('peer_ca none', `peer_ca ${fingerprint({ certificate, key })}`);
  expect(await examine(/^certificate/)).toEqual([]);
  configure('peer_ca ca.pem');
  expect(await examine(/^certificate/)).toEqual([expect.stringMatching(/^bad: expired/)]);
});

test('a process that has by now the number of a daemon that was killed is not taken for it', async () => {
  await daemon.stop();
  writeFileSync(join(daemon.location.directory, 'ddgreyd.pid'), `${process.pid}\n`);
  const start = expect.stringMatching(/is it running\? -> start it: /);
  expect(await examine(/^daemon$/)).toEqual([start]);
  holdDirectory()[Symbol.dispose]();
  writeFileSync(join(daemon.location.directory, 'ddgreyd.pid'), `${process.pid}\n`);
  expect(await examine(/^daemon$/)).toEqual([start]);
});

test.for<[line: string, told: RegExp]>([
  [
    'database none/d.db',
    /^bad: DIR\/ddgrey\.conf:4: database: cannot open DIR\/none\/d\.db: its directory does not exist/,
  ],
  [
    'listen policy unix:none/s',
    /^bad: DIR\/ddgrey\.conf:4: listen: the directory DIR\/none does not exist -> create it$/,
  ],
  [
    'group no-such-group',
    /^bad: DIR\/ddgrey\.conf:4: group: there is no group no-such-group -> name another, or make it: groupadd --system no-such-group$/,
  ],
  ['policy missing', /^bad: DIR\/ddgrey\.conf:4: policy: cannot read DIR\/missing.*: no such file -> /],
])('where there is no daemon, what would keep it from starting is told: %s', async ([line, told]) => {
  configure(`user ${userInfo().username}`, line);
  expect(await examine(/^configuration|^policy/)).not.toContainEqual(expect.stringMatching(told));
  await daemon.stop();
  expect(await examine(/^configuration|^policy/)).toEqual([
    expect.stringMatching(told),
    expect.stringMatching(/^note: until that is mended /),
  ]);
});

test.runIf(process.geteuid?.() === 0)(
  "where there is no daemon, a directory that is closed to the daemon's user is told",
  async () => {
    const { directory } = daemon.location;
    configure('user nobody');
    expect(await examine(/^directory/)).toEqual([]);
    await daemon.stop();
    expect(await examine(/^directory/)).toEqual([
      'bad: user nobody (option user) may not make files there, so ddgreyd would not start -> ' +
        'chown -R nobody DIR, or name its owner as user',
    ]);
    chmodSync(directory, 0o777);
    const before = readdirSync(directory);
    expect(await examine(/^directory/)).toEqual([]);
    expect(readdirSync(directory)).toEqual(before);
  },
);
