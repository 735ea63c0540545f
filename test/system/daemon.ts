// A ddgreyd of a test's own: directory, configuration and clock; it can be stopped, killed and started again.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess, type TestProcess, until } from './processes.ts';
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

/** A daemon with these lines in its configuration, already started. It keeps running as the tests' user. */
export async function testDaemon(program: Program, ...config: readonly string[]): Promise<TestDaemon> {
  await using parts = new AsyncDisposableStack();
  const directory = parts.use(await temporaryDirectory());
  await writeFile(directory.file('ddgrey.conf'), `${['user root', 'group root', ...config].join('\n')}\n`);
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
      await writeFile(directory.file('clock'), String(ahead));
    },
    log,
    logLine: (text) =>
      until(`a log line with ${text}`, () =>
        log()
          .split('\n')
          .find((line) => line.includes(text)),
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
