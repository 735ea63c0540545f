// What a running daemon tells of itself, and what lies in its directory.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { askDaemon, itemOf } from '../src/cli/ask-daemon.ts';
import type { Statistics } from '../src/policy/statistics.ts';
import { DATABASE } from './fill.ts';

/** What `ddgrey stats` prints. */
export async function statistics({ directory }: { readonly directory: string }): Promise<Statistics> {
  return itemOf<Statistics>(await askDaemon({ directory, configFile: join(directory, 'ddgrey.conf') }, 'stats'));
}

/** The size of the database, without its log. */
export function databaseBytes({ directory }: { readonly directory: string }): number {
  return statSync(join(directory, DATABASE)).size;
}
