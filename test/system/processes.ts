// Processes that a test starts, and ends by their id.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TestProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** What it wrote so far, standard output and error together; of more than MOST_KEPT characters the end. */
  output(): string;
  /** Its exit code, once it has ended and all it wrote is here; null when a signal ended it. */
  readonly exit: Promise<number | null>;
  /** Sends the signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Ten minutes at full speed are more than a string can hold. */
const MOST_KEPT = 64 * 1024 * 1024;

/** Starts a program without a shell. Disposing it ends it. */
export function startProcess(command: string, ...words: readonly string[]): TestProcess {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
    if (output.length > 2 * MOST_KEPT) output = output.slice(-MOST_KEPT);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const end = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    return exit;
  };
  return {
    child,
    output: () => output,
    exit,
    end,
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL');
    },
  };
}

/** Runs a program to its end; throws what it wrote if it fails. */
export async function run(command: string, ...words: readonly string[]): Promise<string> {
  const running = startProcess(command, ...words);
  const code = await running.exit;
  if (code !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${code}: ${running.output()}`);
  return running.output();
}

/** Waits until `look` finds something (anything but undefined and false), looking often; throws after `patience` (seconds). */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  patience = 30,
): Promise<T> {
  const deadline = Date.now() + patience * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${patience} seconds for ${what}`);
    await sleep(20);
  }
}
