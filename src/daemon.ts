// The composition root: builds every part of the daemon in start order and says who knows whom. Parts are closed in
// reverse. Read this first.
import { resolve } from 'node:path';
import { listenersOf } from './config/listeners.ts';
import type { Config } from './config/options.ts';
import { createAnswerCheck } from './engine/answer-check.ts';
import { startMaintenance } from './engine/maintain.ts';
import { createOverview } from './engine/overview.ts';
import type { Clock } from './lib/clock.ts';
import { createCounters } from './lib/counters.ts';
import { lockDirectory } from './lib/directory-lock.ts';
import { startLineServer } from './lib/line-server.ts';
import type { Log } from './lib/log.ts';
import { asUser, becomeUser, identityFor } from './lib/privileges.ts';
import { createShortIds } from './lib/short-ids.ts';
import { greylistProtocol } from './mta/greylist-socket.ts';
import { policyProtocol } from './mta/postfix-policy.ts';
import { syncProtocol } from './peers/sync-server.ts';
import { replyText } from './policy/reply.ts';
import { settingsOf } from './settings.ts';
import { openStore } from './store/open-store.ts';
import { VERSION } from './lib/version.ts';

export interface DaemonStart {
  readonly config: Config;
  /** Relative paths of the configuration start here. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Daemon extends AsyncDisposable {
  /** Puts another configuration in force, as far as that goes without a restart. */
  configure(config: Config): void;
}

/** Starts the daemon. Throws, with everything closed again, if a part can't start: the message is for an administrator. */
export async function startDaemon({ config, directory, clock, log }: DaemonStart): Promise<Daemon> {
  await using parts = new AsyncDisposableStack();
  const identity = identityFor(config.user, config.group);
  let settings = settingsOf(config);
  const counters = createCounters();

  parts.use(await asUser(identity, () => lockDirectory(directory, 'ddgreyd')));
  const store = parts.use(await asUser(identity, () => openStore({ path: resolve(directory, config.database), log })));

  const answerCheck = createAnswerCheck({ store, clock, log, counters, settings: () => settings.check });
  const overview = createOverview({ store, clock, counters, version: VERSION });
  parts.use(startMaintenance({ store, clock, log, counters, settings: () => settings.maintenance }));

  const nextId = createShortIds();
  const asks = { answerCheck, nextId, log, counters };
  const protocols = {
    greylist: greylistProtocol(asks),
    policy: policyProtocol({ ...asks, replyText: (check, verdict) => replyText(settings.reply, check, verdict) }),
    sync: syncProtocol({ ...asks, overview }),
  };
  for (const listener of listenersOf(config, directory)) {
    const protocol = protocols[listener.protocol];
    // Bound by root, but the daemon's user is the one who may use them.
    const owner = { uid: identity?.uid, gid: listener.gid ?? identity?.gid };
    parts.use(await startLineServer({ ...listener, ...owner, protocol, log, counters }));
  }

  becomeUser(identity);
  const running = parts.move();
  return {
    configure: (changed) => {
      settings = settingsOf(changed);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
