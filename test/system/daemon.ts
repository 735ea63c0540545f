// A ddgreyd of a test's own: directory, configuration and clock; it can be stopped, killed and started again.
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askDaemon } from '../../src/cli/ask-daemon.ts';
import { run, startProcess, type TestProcess, until } from './processes.ts';
import { HOME } from './programs.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface TestDaemon extends AsyncDisposable {
  readonly directory: string;
  /** The path of a file or socket in its directory. */
  file(name: string): string;
  /** Starts it and waits until it is ready. */
  start(): Promise<void>;
  /** Ends it: SIGTERM as an administrator would, SIGKILL as a crash would. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** SIGSTOP: its sockets accept connections, but nobody answers; SIGCONT ends that. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Moves its clock forward. */
  advance(seconds: number): Promise<void>;
  /** What it logged since it was started last. */
  log(): string;
  /** Waits for the log line that contains the text. */
  logLine(text: string): Promise<string>;
  /** What it tells its command line: the items that answer a command of the sync socket. */
  ask<T>(command: string): Promise<readonly T[]>;
  /** Runs the command line; what it printed. */
  ddgrey(...words: readonly string[]): Promise<string>;
}

/** The program to run; it is called with what is needed to find the directory. */
export type Program = (directory: string) => readonly [command: string, ...words: string[]];

/** As it is installed. */
export const REAL_CLOCK: Program = (directory) => [join(HOME, 'bin/ddgreyd'), '-D', directory];
/** With a clock that `advance` moves. */
export const MOVABLE_CLOCK: Program = (directory) => [
  join(HOME, 'bin/run-node'),
  'test/system/ddgreyd-with-clock.ts',
  directory,
];

/** Nothing that a test starts asks anybody beyond this machine. Nobody listens on that port. */
export const OFFLINE: readonly string[] = ['reputation no', 'resolver 127.0.0.1:1'];

/** The lines, and OFFLINE unless they name a resolver. */
function withoutNetwork(config: readonly string[]): readonly string[] {
  return config.some((line) => line.startsWith('resolver ')) ? config : [...OFFLINE, ...config];
}

/** A daemon with these lines in its configuration, already started. It keeps running as the tests' user. */
export async function testDaemon(program: Program, ...config: readonly string[]): Promise<TestDaemon> {
  await using parts = new AsyncDisposableStack();
  const directory = parts.use(await temporaryDirectory());
  await writeFile(
    directory.file('ddgrey.conf'),
    `${['user root', 'group root', ...withoutNetwork(config)].join('\n')}\n`,
  );
  let ahead = 0;
  await writeFile(directory.file('clock'), '0');
  let running: TestProcess | undefined;
  parts.defer(async () => running?.[Symbol.asyncDispose]());
  const start = async (): Promise<void> => {
    const started = startProcess(...program(directory.path));
    running = started;
    await until('ddgreyd to be ready', () => {
      if (started.child.exitCode !== null) throw new Error(`ddgreyd ended at once: ${started.output()}`);
      return /\bready\b/.test(started.output());
    });
  };
  const log = (): string => running?.output() ?? '';
  await start();
  const owned = parts.move();
  return {
    directory: directory.path,
    file: (name) => directory.file(name),
    start,
    end: async (signal) => {
      await running?.end(signal);
    },
    signal: (signal) => {
      running?.child.kill(signal);
    },
    advance: async (seconds) => {
      ahead += seconds;
      // In one step: half a file would be a clock that goes back.
      await writeFile(directory.file('clock.next'), String(ahead));
      await rename(directory.file('clock.next'), directory.file('clock'));
    },
    log,
    logLine: (text) =>
      until(`a log line with ${text}`, () =>
        log()
          .split('\n')
          .find((line) => line.includes(text)),
      ),
    ask: async <T>(command: string) => {
      const location = { directory: directory.path, configFile: directory.file('ddgrey.conf') };
      return (await askDaemon(location, command)).document.map((line) => JSON.parse(line) as T);
    },
    ddgrey: (...words) => run(join(HOME, 'bin/ddgrey'), '-D', directory.path, ...words),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
