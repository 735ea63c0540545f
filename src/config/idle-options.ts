// Options that are allowed, but do not do what whoever wrote them expects: another one is missing, or a time is too short.
import { listed } from '../lib/listed.ts';
import { REFRESH_AFTER } from '../policy/greylist.ts';
import { BEST_AGE } from '../policy/points.ts';
import type { Conflict, SetLines } from './conflict.ts';
import { duration } from './option-types.ts';
import type { Config } from './options.ts';

const LOG = ['exim4_mainlog', 'exim4_unknown'] as const;
const TLS = ['peer_certificate', 'peer_key', 'peer_ca'] as const;

/** Options that say how something is done, where none says that it is done at all. */
export function idleOptions(config: Config, set: SetLines): readonly Conflict[] {
  const idle = (names: readonly (typeof LOG | typeof TLS)[number][], without: string): readonly Conflict[] => {
    // A line that empties its option has nothing to be idle.
    const written = names.filter((name) => set.has(name) && config[name].length > 0);
    if (written.length === 0) return [];
    const message = `${listed(written)}: no effect without ${without}`;
    return [{ options: written, message, warning: true }];
  };
  return [
    ...(config.service.length > 0 ? [] : idle(LOG, 'service exim4: no log is followed')),
    ...(config.peer_tls === 'none' ? idle(TLS, 'peer_tls: connections between servers are not encrypted') : []),
  ];
}

/** A shorter lifetime may end between two notes of the same use. */
const LEAST_LIFETIME = 2 * REFRESH_AFTER;

/** Lifetimes that end although the sender goes on writing. */
export function shortLifetimes(config: Config): readonly Conflict[] {
  const short = (['GREY_VALIDLIST_LIFETIME', 'GREY_WHITELIST_LIFETIME'] as const).filter(
    (name) => config[name] > 0 && config[name] < LEAST_LIFETIME,
  );
  return short.map((name) => ({
    options: [name],
    message: `${name} (${duration.write(config[name])}) is shorter than ${duration.write(LEAST_LIFETIME)}: who writes often is forgotten all the same, since use is noted every ${duration.write(REFRESH_AFTER)}`,
    warning: true,
  }));
}

/** What ends earlier than it says, or never begins, since the reports that it is about do not count any more. */
export function forgottenReports(config: Config, set: SetLines): readonly Conflict[] {
  const { reputation, search_duration: search, blacklist } = config;
  if (!reputation) return [];
  const conflicts: Conflict[] = [];
  if (set.has('blacklist') && blacklist > search)
    conflicts.push({
      options: ['search_duration', 'blacklist'],
      message: `blacklist (${duration.write(blacklist)}) is longer than search_duration (${duration.write(search)}): a blacklisting ends when its reports do not count any more`,
      warning: true,
    });
  if (set.has('search_duration') && search <= BEST_AGE)
    conflicts.push({
      options: ['search_duration'],
      message: `search_duration (${duration.write(search)}): accepted mails make a client white when they are ${duration.write(BEST_AGE)} old, and do not count any more by then`,
      warning: true,
    });
  return conflicts;
}
