// The programs that are measured, each on a directory of its own, ended by process id.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Server extends AsyncDisposable {
  readonly name: string;
  /** The socket to ask on. */
  readonly path: string;
  readonly directory: string;
  /** Resident memory in MiB now. */
  readonly memory: () => number;
}

const ROOT = new URL('..', import.meta.url).pathname;

/** ddgreyd with a delay of a second, so that tuples can be made to pass before the measurement. */
export function startDdgrey(): Promise<Server> {
  return start('ddgrey', (directory) => {
    writeFileSync(join(directory, 'ddgrey.conf'), 'user root\ngrey_default 1s\nretry 3d\nGREY_PENDING_NORMAL 0\n');
    return { program: join(ROOT, 'bin/ddgreyd'), words: ['-D', directory], socket: 'greylist.socket' };
  });
}

/** The constant answer of the same runtime. */
export function startConstant(): Promise<Server> {
  return start('constant', (directory) => ({
    program: process.execPath,
    words: [join(ROOT, 'bench/constant-server.ts'), join(directory, 'constant.socket')],
    socket: 'constant.socket',
  }));
}

interface Launch {
  readonly program: string;
  readonly words: readonly string[];
  readonly socket: string;
}

async function start(name: string, prepare: (directory: string) => Launch): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'ddgrey-bench-'));
  const { program, words, socket } = prepare(directory);
  // The log goes to a file, as it would to a journal: writing it is part of the work.
  const log = openSync(join(directory, 'log'), 'a');
  const child = spawn(program, [...words], { stdio: ['ignore', log, log] });
  const path = join(directory, socket);
  await answering(path, child, join(directory, 'log'));
  return {
    name,
    path,
    directory,
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
