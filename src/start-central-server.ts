// Client mode: the server that knows what all its clients have seen.
import type { Config } from './config/options.ts';
import type { CentralServer } from './engine/central-server.ts';
import type { Clock } from './lib/clock.ts';
import type { Counters } from './lib/counters.ts';
import type { Log } from './lib/log.ts';
import { absoluteAddress } from './lib/socket-address.ts';
import { createGreydClient } from './mta/greyd-client.ts';

export interface CentralServerStart {
  readonly config: Config;
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
}

/** A client of the central server; its `server` is undefined when the daemon stands alone. */
export function startCentralServer(
  start: CentralServerStart,
): AsyncDisposable & { readonly server: CentralServer | undefined } {
  const { config, directory, ...around } = start;
  if (config.GREY_MODE === 'STANDALONE') return { server: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  const { GREY_SOCKET: socket, GREY_CONNECT_TIMEOUT: connectTimeout } = config;
  const client = createGreydClient({ address: absoluteAddress(socket, directory), connectTimeout, ...around });
  return { server: client, [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() };
}
