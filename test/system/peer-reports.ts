// The reports that daemons have, whoever made them.
import { DatabaseSync } from 'node:sqlite';
import type { TestDaemon } from './daemon.ts';
import { until } from './processes.ts';

/** The reports in the database of a daemon. */
export function reportsOf(daemon: TestDaemon): readonly string[] {
  using database = new DatabaseSync(daemon.file('ddgrey.db'), { readOnly: true });
  const rows = database.prepare('SELECT origin, origin_id, event, time, hex(ip) AS ip, recipient FROM report').all();
  return rows.map((row) => Object.values(row).join(' ')).toSorted((one, other) => (one < other ? -1 : 1));
}

/** Waits until all have the same reports, and so many at least; how many that are. */
export async function settle(daemons: readonly TestDaemon[], least: number): Promise<number> {
  return until('all to have the same reports', () => {
    const [first = [], ...others] = daemons.map(reportsOf);
    const same = others.every((other) => JSON.stringify(other) === JSON.stringify(first));
    return same && first.length >= least && first.length;
  });
}
