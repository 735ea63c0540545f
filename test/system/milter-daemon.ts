// The ddgreyd of the milter tests, what it is told by hand, and what it learnt.
import { join } from 'node:path';
import { startStubDnsServer } from '../stub-dns-server.ts';
import { MOVABLE_CLOCK, type TestDaemon, testDaemon } from './daemon.ts';
import { DOMAIN } from './mail-server.ts';
import { run, until } from './processes.ts';
import { HOME } from './programs.ts';

/** A daemon that listens for a mail server at `listen`, and asks no name server but one that knows nothing. */
export async function milterDaemon(listen: string): Promise<TestDaemon> {
  await using parts = new AsyncDisposableStack();
  const names = parts.use(await startStubDnsServer());
  const daemon = parts.use(
    await testDaemon(
      MOVABLE_CLOCK,
      'reputation no',
      `resolver 127.0.0.1:${names.server.port}`,
      `name mx.${DOMAIN}`,
      'grey_default 290s',
      `hard_trap trap@${DOMAIN}`,
      'GREY_PENDING_NORMAL 0',
      'GREY_REPLY 450:4.7.1:100% {why}, back in {wait} (id {id})',
      `listen milter ${listen}`,
    ),
  );
  const running = parts.move();
  return { ...daemon, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Runs the command line on it; what that printed. */
export function ddgrey(daemon: TestDaemon, ...words: readonly string[]): Promise<string> {
  return run(join(HOME, 'bin/ddgrey'), '-D', daemon.directory, ...words);
}

/** Waits until as many reports about a client are kept; `event sender recipient`, in alphabetic order. */
export function reports(daemon: TestDaemon, client: string, count: number): Promise<readonly string[]> {
  return until(`${count} reports about ${client}`, async () => {
    const json = await ddgrey(daemon, '--json', '-e', client);
    const found = JSON.parse(json) as readonly { event: string; sender?: string; recipient?: string }[];
    const lines = found.map(({ event, sender = '', recipient = '' }) => `${event} ${sender} ${recipient}`.trim());
    return lines.length >= count && lines.toSorted();
  });
}
