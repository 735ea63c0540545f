// Checks of these tests: each a first attempt of its own, unless it is asked again.
import { readFileSync } from 'node:fs';
import type { TestDaemon } from '../system/daemon.ts';
import { type GreylistClient, greylistClient } from '../system/greylist-client.ts';
import { until } from '../system/processes.ts';

/** A tuple that nothing else in the test has. */
export function question(name: string | number): string {
  return `203.0.113.7 someone@sender.example r${name}@example.test`;
}

export function clientOf(daemon: TestDaemon): GreylistClient {
  return greylistClient(daemon.file('greylist.socket'));
}

/** Asks on a connection of its own. */
export async function askOnce(daemon: TestDaemon, name: string | number): Promise<string> {
  using client = clientOf(daemon);
  const answer = await client.ask(question(name));
  return answer;
}

/** Asks new questions, many at a time, until one gets that answer; how many were asked. Each must be answered. */
export async function askUntilAnswer(
  daemon: TestDaemon,
  prefix: string,
  answer: string,
  most: number,
): Promise<number> {
  using client = clientOf(daemon);
  for (let asked = 0; asked < most; asked += 50) {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => client.ask(question(`${prefix}${asked + n}`))),
    );
    const odd = answers.find((text) => !/^200 (?:white|grey)$/.test(text));
    if (odd !== undefined) throw new Error(`answered ${odd}`);
    if (answers.includes(answer)) return asked + 50;
  }
  throw new Error(`${most} checks, and none was answered ${answer}`);
}

/** The log line about a question when it was asked for the nth time since the start, once it is there. */
export function verdictLine(daemon: TestDaemon, name: string | number, nth = 1): Promise<string> {
  return until(`verdict ${nth} on ${name}`, () => {
    const lines = daemon.log().split('\n').slice(0, -1);
    return lines.filter((line) => line.includes(`to=<r${name}@`))[nth - 1];
  });
}

/** The daemon's process id. */
export function pidOf(daemon: TestDaemon): number {
  return Number(/ready .*pid=(\d+)/.exec(daemon.log())?.[1]);
}

/** The memory of the daemon in MiB: what it has to itself, without the program's file. */
export function memoryOf(daemon: TestDaemon): number {
  const status = readFileSync(`/proc/${pidOf(daemon)}/status`, 'utf8');
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
