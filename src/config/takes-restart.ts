// Which options a running daemon keeps as they are when it reads its configuration again: new values of some take a restart.
import { isOpenToPeers } from './listeners.ts';
import { anyOption, type Config, OPTION_NAMES, type OptionName } from './options.ts';

/** Options that say who may connect to a port which is opened at the start or not at all. */
const CALLERS: readonly OptionName[] = ['accept', 'accept_reader', 'accept_writer'];

/** The options of which a daemon that started with this configuration takes new values only with a restart. */
export function fixedBy(started: Config): readonly OptionName[] {
  return OPTION_NAMES.filter(
    (name) => anyOption(name).restart === true || (CALLERS.includes(name) && !isOpenToPeers(started)),
  );
}

/** What a daemon that started with one configuration goes by when it has read another. */
export function withoutRestart(started: Config, read: Config): Config {
  return { ...read, ...Object.fromEntries(fixedBy(started).map((name) => [name, started[name]])) };
}

/** The options that have another value in what was read, and keep the old one until a restart. */
export function waitingForRestart(started: Config, read: Config): readonly OptionName[] {
  return fixedBy(started).filter((name) => {
    const { type } = anyOption(name);
    return type.write(started[name]) !== type.write(read[name]);
  });
}
