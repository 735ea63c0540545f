// What a running daemon tells of itself, and what lies in its directory.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { askDaemon, itemOf } from '../src/cli/ask-daemon.ts';
import type { Statistics } from '../src/engine/overview.ts';

/** What `ddgrey stats` prints. */
export async function statistics({ directory }: { readonly directory: string }): Promise<Statistics> {
  return itemOf<Statistics>(await askDaemon({ directory, configFile: join(directory, 'ddgrey.conf') }, 'stats'));
}

/** The size of the database, without its log. */
export function databaseBytes({ directory }: { readonly directory: string }): number {
  const file = readdirSync(directory).find((name) => name.endsWith('.db')) ?? '';
  return statSync(join(directory, file)).size;
}
