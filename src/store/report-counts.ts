// The statements that count reports for a standing. Each reads a bounded number of entries of an index.
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Seconds } from '../policy/check.ts';
import { type BadCounts, type GoodCounts, NO_BAD } from '../policy/facts.ts';
import { COUNT_LIMIT } from '../policy/points.ts';
import { BAD_EVENTS, type CountedBy, DAY, MINUTE } from './bad-events.ts';
import { packAddress, packIdentity } from './packed-address.ts';
import type { ReportQuery } from './store.ts';

/** A pair of sender and recipient, as the index report_pair has it. */
const PAIR = `ifnull(sender, '') || char(10) || ifnull(recipient, '')`;
const OF_PAIRS = `event IN ('manual', 'soft_trap', 'unknown', 'spam', 'relay')`;
/** Pairs that are looked at: far more than are counted, since some may be of another time. */
const MOST_PAIRS = 10 * COUNT_LIMIT.bad;

/** ?1 the address, ?2 and ?3 the first and the last second. */
const REPORTS = 'FROM report WHERE ip = ?1 AND time BETWEEN ?2 AND ?3';

export class ReportCounts {
  readonly #bad: StatementSync;
  readonly #good: StatementSync;
  readonly #firstGood: StatementSync;

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
    this.#firstGood = db.prepare(
      `SELECT time FROM report WHERE event = 'ok' AND owner = ?1 AND time BETWEEN ?2 AND ?3
       ORDER BY time LIMIT ${COUNT_LIMIT.firstGood}`,
    );
  }

  /** As Store.countReports. */
  count({ ip, identity, since, until, now }: ReportQuery): { readonly bad: BadCounts; readonly good: GoodCounts } {
    const owner = packIdentity(identity);
    const good = this.#good.get(owner, since, until, now);
    return {
      bad: badCounts(this.#bad.get(packAddress(ip), since, until) ?? {}),
      good: {
        olderThanDay: Number(good?.['day']),
        olderThanWeek: Number(good?.['week']),
        first: this.#first(owner, since, until),
      },
    };
  }

  /** As Store.firstGood. */
  firstGood({ identity, since, until }: Omit<ReportQuery, 'ip'>): GoodCounts['first'] {
    return this.#first(packIdentity(identity), since, until);
  }

  #first(owner: ReturnType<typeof packIdentity>, since: Seconds, until: Seconds): GoodCounts['first'] {
    return this.#firstGood.all(owner, since, until).map(({ time }) => Number(time));
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
      return countPairsSql(`FROM report WHERE ip = ?1 AND event = '${event}' AND ${OF_PAIRS}`);
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

/** From each pair straight to the next one, however many reports there are of each. */
function countPairsSql(reports: string): string {
  return `WITH RECURSIVE pair (text) AS (
      SELECT min(${PAIR}) ${reports}
      UNION ALL
      SELECT (SELECT min(${PAIR}) ${reports} AND ${PAIR} > text) FROM pair WHERE text IS NOT NULL LIMIT ${MOST_PAIRS})
    SELECT count(*) FROM (SELECT 1 FROM pair
      WHERE EXISTS (SELECT 1 ${reports} AND ${PAIR} = text AND time BETWEEN ?2 AND ?3) LIMIT ${COUNT_LIMIT.bad})`;
}
