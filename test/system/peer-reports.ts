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

/** Waits (seconds) until all have the same reports, at least `least` of them; returns how many. */
export async function settle(daemons: readonly TestDaemon[], least: number, patience = 30): Promise<number> {
  const same = (): number | false => {
    const [first = [], ...others] = daemons.map(reportsOf);
    return (
      others.every((other) => JSON.stringify(other) === JSON.stringify(first)) && first.length >= least && first.length
    );
  };
  return until('all to have the same reports', same, patience).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${differences(daemons)}`, { cause: error });
  });
}

/** How many each has, and what is missing where. */
function differences(daemons: readonly TestDaemon[]): string {
  const all = daemons.map((daemon) => new Set(reportsOf(daemon)));
  const missing = all.map((own, at) => {
    const elsewhere = new Set(all.flatMap((other) => [...other].filter((report) => !own.has(report))));
    return `${at} has ${own.size} and lacks ${elsewhere.size}, such as ${[...elsewhere].slice(0, 3).join('; ')}`;
  });
  return missing.join('\n');
}
