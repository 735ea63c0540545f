// Hosts of their own on this machine: network namespaces with addresses of their own, on one switch, whose lines can
// swallow all there is on them.
import { spawnSync } from 'node:child_process';
import type { Program } from './daemon.ts';
import { run } from './processes.ts';
import { isInstalled } from './programs.ts';

export interface Host {
  readonly address: string;
  /** The program, run on this host. */
  on(program: Program): Program;
  /** Runs a command there; what it printed. */
  run(...words: readonly string[]): Promise<string>;
}

export interface Hosts extends AsyncDisposable {
  readonly hosts: readonly Host[];
  /** From now on nothing reaches that host or comes from it, and nobody is told: the line is there, the other end is not. */
  cut(host: number): Promise<void>;
  /** All lines are as they were. */
  heal(): Promise<void>;
}

/** The same in all; what it is called within. */
const DEVICE = 'line';
const SWITCH = 'switch0';
/** After so few repetitions a connection is given up that is never acknowledged: seconds instead of a quarter of an hour. */
const RETRIES = 3;
const NOBODY = '02:00:00:00:00:99';

interface End {
  readonly name: string;
  readonly address: string;
  readonly hardware: string;
}

/** What keeps this machine from having such hosts, in words; undefined: nothing. */
export function namespacesLack(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  if (!isInstalled('ip') || !isInstalled('ss')) return 'iproute2 is missing: run test/system/install-mail-servers';
  const probe = namespace('probe');
  const { status, stderr } = spawnSync('ip', ['netns', 'add', probe], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'delete', probe]);
  return status === 0 ? undefined : `network namespaces are not allowed here: ${stderr.trim()}`;
}

/** Makes `count` hosts; disposing removes them. */
export async function startHosts(count: number): Promise<Hosts> {
  await using parts = new AsyncDisposableStack();
  const ends = Array.from({ length: count }, (_, i): End => {
    return { name: `host${i + 1}`, address: `192.0.2.${i + 1}`, hardware: `02:00:00:00:00:0${i + 1}` };
  });
  for (const name of ['switch', ...ends.map((end) => end.name)]) {
    await run('ip', 'netns', 'add', namespace(name));
    parts.defer(() => run('ip', 'netns', 'delete', namespace(name)).then(() => {}));
  }
  await ipOn('switch', 'link', 'add', 'name', SWITCH, 'type', 'bridge');
  await ipOn('switch', 'link', 'set', SWITCH, 'up');
  for (const end of ends) await plugIn(end);
  // Each is told where the others are, so that none asks, and learns from the silence that nobody is there.
  const reach = async (is: (from: End, to: End) => boolean): Promise<void> => {
    for (const from of ends)
      for (const to of ends.filter((end) => end !== from)) {
        const there = ['to', to.address, 'lladdr', is(from, to) ? to.hardware : NOBODY, 'nud', 'permanent'];
        await ipOn(from.name, 'neighbour', 'replace', ...there, 'dev', DEVICE);
      }
  };
  await reach(() => true);
  const made = parts.move();
  return {
    hosts: ends.map(hostOf),
    cut: (host) => reach((from, to) => from !== ends[host] && to !== ends[host]),
    heal: () => reach(() => true),
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

async function plugIn({ name, address, hardware }: End): Promise<void> {
  const here = ['name', DEVICE, 'address', hardware, 'netns', namespace(name)];
  await run('ip', 'link', 'add', ...here, 'type', 'veth', 'peer', 'name', name, 'netns', namespace('switch'));
  await ipOn('switch', 'link', 'set', name, 'master', SWITCH, 'up');
  await ipOn(name, 'address', 'add', `${address}/24`, 'dev', DEVICE);
  for (const device of ['lo', DEVICE]) await ipOn(name, 'link', 'set', device, 'up');
  await runIn(name, 'sh', '-c', `echo ${RETRIES} >/proc/sys/net/ipv4/tcp_retries2`);
}

function ipOn(name: string, ...words: readonly string[]): Promise<string> {
  return run('ip', '-n', namespace(name), ...words);
}

function hostOf({ name, address }: End): Host {
  return {
    address,
    on: (program) => (directory) => ['ip', 'netns', 'exec', namespace(name), ...program(directory)],
    run: (...words) => runIn(name, ...words),
  };
}

function runIn(name: string, ...words: readonly string[]): Promise<string> {
  return run('ip', 'netns', 'exec', namespace(name), ...words);
}

function namespace(name: string): string {
  return `ddgrey-${process.pid}-${name}`;
}
