// What a running daemon goes by once it has read its configuration again: the values of some options take a restart.
import { isOpenToPeers } from './listeners.ts';
import { anyOption, type Config, OPTION_NAMES, type OptionName } from './options.ts';

/** Who may connect to a port that is opened at the start, or not at all. */
const CALLERS: readonly OptionName[] = ['accept', 'accept_reader', 'accept_writer'];

/** The options whose values stay what they were when the daemon started so. */
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
