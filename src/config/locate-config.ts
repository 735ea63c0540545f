// Where the daemon's directory and its configuration are, for the daemon and the command line alike.
import { join, resolve } from 'node:path';

export interface Location {
  /** Sockets, database and pid file are here unless the configuration says otherwise. */
  readonly directory: string;
  readonly configFile: string;
}

export const SYSTEM: Location = { directory: '/var/lib/ddgrey', configFile: '/etc/ddgrey/ddgrey.conf' };

/** The options of every program that say where these are; `dir` is the original's name of `directory`. */
export const LOCATION_OPTIONS = {
  directory: { type: 'string', short: 'D' },
  dir: { type: 'string' },
} as const;

/** The values that were given to these options. */
export interface Whereabouts {
  readonly directory?: string | undefined;
  readonly dir?: string | undefined;
  readonly config?: string | undefined;
}

/**
 * From the options -D and -c: the configuration is DIR/ddgrey.conf unless -c names it; without both, the system's
 * (/var/lib/ddgrey, /etc/ddgrey/ddgrey.conf). Only -c: the directory is the system's.
 */
export function locateConfig({ dir, directory = dir, config: configFile }: Whereabouts): Location {
  return {
    directory: resolve(directory ?? SYSTEM.directory),
    configFile: resolve(configFile ?? (directory === undefined ? SYSTEM.configFile : join(directory, 'ddgrey.conf'))),
  };
}

/** What to try, as the end of a sentence, when the configuration can't be read there; empty where somebody chose the place. */
export function otherPlaces(configFile: string): string {
  if (configFile !== SYSTEM.configFile) return '';
  return '; copy conf/ddgrey.conf there, or tell another directory with -D DIR';
}
