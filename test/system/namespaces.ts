// Two hosts of their own on this machine, network namespaces with a line between them that can swallow all there is on it.
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

export interface TwoHosts extends AsyncDisposable {
  readonly hosts: readonly [Host, Host];
  /** From now on nothing arrives any more, and nobody is told: the line is there, the other end is not. */
  cut(): Promise<void>;
  heal(): Promise<void>;
}

/** The same in both; what they are called within. */
const DEVICE = 'line';
/** After so few repetitions a connection is given up that is never acknowledged: seconds instead of a quarter of an hour. */
const RETRIES = 3;
const NOBODY = '02:00:00:00:00:99';
const ENDS = [
  { name: 'a', address: '192.0.2.1', hardware: '02:00:00:00:00:01' },
  { name: 'b', address: '192.0.2.2', hardware: '02:00:00:00:00:02' },
] as const;

/** What keeps this machine from having such hosts, in words; undefined: nothing. */
export function namespacesLack(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  if (!isInstalled('ip') || !isInstalled('ss')) return 'iproute2 is missing: run test/system/install-mail-servers';
  const probe = namespace('probe');
  const { status, stderr } = spawnSync('ip', ['netns', 'add', probe], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'delete', probe]);
  return status === 0 ? undefined : `network namespaces are not allowed here: ${stderr.trim()}`;
}

/** Makes them; disposing removes them. */
export async function twoHosts(): Promise<TwoHosts> {
  await using parts = new AsyncDisposableStack();
  for (const { name } of ENDS) {
    await run('ip', 'netns', 'add', namespace(name));
    parts.defer(() => run('ip', 'netns', 'delete', namespace(name)).then(() => {}));
  }
  const [a, b] = ENDS.map(({ name, hardware }) => ['name', DEVICE, 'address', hardware, 'netns', namespace(name)]);
  await run('ip', 'link', 'add', ...(a ?? []), 'type', 'veth', 'peer', ...(b ?? []));
  for (const { name, address } of ENDS) {
    const ip = (...words: readonly string[]): Promise<string> => run('ip', '-n', namespace(name), ...words);
    await ip('address', 'add', `${address}/24`, 'dev', DEVICE);
    for (const device of ['lo', DEVICE]) await ip('link', 'set', device, 'up');
    await runIn(name, 'sh', '-c', `echo ${RETRIES} >/proc/sys/net/ipv4/tcp_retries2`);
  }
  // Each is told where the other is, so that neither asks, and learns from the silence that nobody is there.
  const reach = async (hardwareOf: (end: (typeof ENDS)[number]) => string): Promise<void> => {
    for (const [at, { name }] of ENDS.entries()) {
      const other = ENDS[at === 0 ? 1 : 0];
      const there = ['to', other.address, 'lladdr', hardwareOf(other), 'nud', 'permanent'];
      await run('ip', '-n', namespace(name), 'neighbour', 'replace', ...there, 'dev', DEVICE);
    }
  };
  const heal = (): Promise<void> => reach(({ hardware }) => hardware);
  await heal();
  const made = parts.move();
  return {
    hosts: [hostOf(ENDS[0]), hostOf(ENDS[1])],
    cut: () => reach(() => NOBODY),
    heal,
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

function hostOf({ name, address }: (typeof ENDS)[number]): Host {
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
