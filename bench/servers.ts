// The programs that are measured, each on a directory of its own, ended by process id.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { compiled } from './compile.ts';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Server extends AsyncDisposable {
  readonly name: string;
  /** The socket to ask on. */
  readonly path: string;
  readonly directory: string;
  /** Milliseconds from the start of the process until it took connections. */
  readonly startTime: number;
  /** Resident memory in MiB now. */
  readonly memory: () => number;
  /** CPU time that it and its threads have used until now, in microseconds. */
  readonly cpu: () => number;
}

const ROOT = join(import.meta.dirname, '..');

/** Nothing that is measured asks anybody beyond this machine. */
const CONFIG = ['user root', 'resolver 127.0.0.1:1', 'retry 3d', 'GREY_PENDING_NORMAL 0'];

export interface DdgreyOptions {
  /** Whether clients have standings. */
  readonly reputation?: boolean;
  /** Further lines of the configuration. */
  readonly config?: readonly string[];
  /** Puts files into the directory, such as a database, before the daemon starts. */
  readonly prepare?: (directory: string) => void | Promise<void>;
}

/** ddgreyd with a delay of a second, so that tuples can be made to pass before the measurement. */
export function startDdgrey(options: DdgreyOptions = {}): Promise<Server> {
  const { reputation = false, config = ['grey_default 1s'], prepare } = options;
  return start('ddgrey', async (directory) => {
    const lines = [...CONFIG, `reputation ${reputation ? 'yes' : 'no'}`, ...config];
    writeFileSync(join(directory, 'ddgrey.conf'), `${lines.join('\n')}\n`);
    await prepare?.(directory);
    return { program: join(ROOT, 'bin/ddgreyd'), words: ['-D', directory], socket: 'greylist.socket' };
  });
}

/** The constant answer without a runtime; undefined without a compiler. */
export async function startConstantInC(): Promise<Server | undefined> {
  const program = compiled('constant-server');
  if (program === undefined) return undefined;
  return start('constant in C', async (directory) => {
    const socket = 'constant.socket';
    return { program, words: [join(directory, socket)], socket };
  });
}

/** The constant answer of the same runtime. */
export function startConstant(): Promise<Server> {
  return start('constant', async (directory) => ({
    program: process.execPath,
    words: [join(ROOT, 'bench/constant-server.ts'), join(directory, 'constant.socket')],
    socket: 'constant.socket',
  }));
}

/** How a program is started. */
export interface Launch {
  readonly words: readonly string[];
  /** A path in its directory. */
  readonly socket: string;
}

/** Starts a program on a directory of its own, and waits until it takes connections. */
export async function start(
  name: string,
  prepare: (directory: string) => Promise<Launch & { readonly program: string }>,
): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'ddgrey-bench-'));
  const { program, words, socket } = await prepare(directory);
  // The log goes to a file, as it would to a journal: writing it is part of the work.
  const log = openSync(join(directory, 'log'), 'a');
  const child = spawn(program, [...words], { stdio: ['ignore', log, log] });
  const path = join(directory, socket);
  const started = performance.now();
  await answering(path, child, join(directory, 'log'));
  const startTime = performance.now() - started;
  return {
    name,
    path,
    directory,
    startTime,
    cpu: () => cpuTime(Number(child.pid)),
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      await rm(directory, { recursive: true });
    },
  };
}

async function answering(path: string, child: ChildProcess, log: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended at once: ${readFileSync(log, 'utf8')}`);
    const socket = connect(path);
    const connected = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (connected) return;
    await sleep(20);
  }
}

/** Fields 14 and 15 of proc_pid_stat(5), in clock ticks of 10 ms. */
function cpuTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
