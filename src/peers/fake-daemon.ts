// A daemon of a test's own: the real sync protocol on a unix socket in a directory of its own, over fake parts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCounters } from '../lib/counters.ts';
import { startLineServer } from '../lib/line-server.ts';
import { createLog } from '../lib/log.ts';
import { type FakeParts, fakeParts } from './fake-sync-parts.ts';
import { syncProtocol } from './sync-server.ts';

export interface FakeDaemon extends AsyncDisposable {
  /** Where the command line finds it. */
  readonly location: { readonly directory: string; readonly configFile: string };
  readonly parts: FakeParts;
  /** Ends it; its directory stays. */
  stop(): Promise<void>;
}

/** Starts one with these lines in its configuration. */
export async function startFakeDaemon(...config: readonly string[]): Promise<FakeDaemon> {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-cli-'));
  const configFile = join(directory, 'ddgrey.conf');
  writeFileSync(configFile, config.map((line) => `${line}\n`).join(''));
  const parts = fakeParts();
  const log = createLog({ level: 0, format: 'text' }, () => {});
  const address = { kind: 'unix', path: join(directory, 'ddgrey.socket') } as const;
  const server = await startLineServer({
    address,
    protocol: syncProtocol(parts),
    log,
    counters: createCounters(),
  });
  const stop = async (): Promise<void> => server[Symbol.asyncDispose]();
  return {
    location: { directory, configFile },
    parts,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(directory, { recursive: true });
    },
  };
}
