// The statements that count reports for a standing. Each reads a bounded number of entries of an index.
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { type BadCounts, type GoodCounts, NO_BAD } from '../policy/facts.ts';
import { COUNT_LIMIT } from '../policy/points.ts';
import { BAD_EVENTS, type CountedBy, DAY, MINUTE, NEWEST_REPORTS } from './bad-events.ts';
import { packAddress, packIdentity } from './packed-address.ts';
import type { ReportQuery } from './store.ts';

/** ?1 the address, ?2 and ?3 the first and the last second. */
const REPORTS = 'FROM report WHERE ip = ?1 AND time BETWEEN ?2 AND ?3';

export class ReportCounts {
  readonly #bad: StatementSync;
  readonly #good: StatementSync;

  constructor(db: DatabaseSync) {
    const counts = BAD_EVENTS.map(({ event, fact, by }) => `(${countSql(event, by)}) AS ${fact}`);
    const newest = BAD_EVENTS.map(({ event }) => `(SELECT max(time) ${REPORTS} AND event = '${event}')`);
    const times = newest.map((sql) => `ifnull(${sql}, -1)`).join(', ');
    this.#bad = db.prepare(`SELECT ${counts.join(', ')}, nullif(max(${times}), -1) AS newest`);
    const older = `SELECT count(*) FROM (SELECT 1 FROM report WHERE event = 'ok' AND owner = ?1
      AND time >= ?2 AND time <= ?3 AND time <= ?4 - %s LIMIT ${COUNT_LIMIT.goodForUnknown})`;
    this.#good = db.prepare(
      `SELECT (${older.replace('%s', `${DAY}`)}) AS day, (${older.replace('%s', `${7 * DAY}`)}) AS week`,
    );
  }

  /** As Store.countReports. */
  count({ ip, identity, since, now }: ReportQuery): { readonly bad: BadCounts; readonly good: GoodCounts } {
    const good = this.#good.get(packIdentity(identity), since, now, now);
    return {
      bad: badCounts(this.#bad.get(packAddress(ip), since, now) ?? {}),
      good: { olderThanDay: Number(good?.['day']), olderThanWeek: Number(good?.['week']) },
    };
  }
}

function badCounts(row: Record<string, SQLOutputValue>): BadCounts {
  const counts = BAD_EVENTS.map(({ fact }) => [fact, Number(row[fact])] as const);
  const newest = row['newest'] ?? undefined;
  return { ...NO_BAD, ...Object.fromEntries(counts), newest: newest === undefined ? undefined : Number(newest) };
}

function countSql(event: string, by: CountedBy): string {
  const reports = `${REPORTS} AND event = '${event}'`;
  switch (by) {
    case 'report':
      return `SELECT count(*) FROM (SELECT 1 ${reports} LIMIT ${COUNT_LIMIT.bad})`;
    case 'pair':
      return `SELECT count(*) FROM (SELECT DISTINCT sender, recipient
        FROM (SELECT sender, recipient ${reports} ORDER BY time DESC LIMIT ${NEWEST_REPORTS}) LIMIT ${COUNT_LIMIT.bad})`;
    case 'minute':
      // From the newest report of a minute straight to the newest one before that minute.
      return `WITH RECURSIVE minute (newest) AS (
          SELECT max(time) ${reports}
          UNION ALL
          SELECT (SELECT max(time) ${reports} AND time < newest - newest % ${MINUTE}) FROM minute
          WHERE newest IS NOT NULL LIMIT ${COUNT_LIMIT.connections})
        SELECT count(newest) FROM minute`;
  }
}
