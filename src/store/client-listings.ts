// The listings of reports and standings, as the worker reads them.
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Seconds } from '../policy/check.ts';
import type { StoredReport } from '../policy/report.ts';
import type { Standing } from '../policy/standing.ts';
import { BAD_EVENTS } from './bad-events.ts';
import { clientCondition, type ClientQuery, clientQuery } from './client-query.ts';
import type { ListingKinds } from './listings.ts';
import { packAddress, packIdentity, unpackAddress } from './packed-address.ts';
import { inPieces } from './pieces.ts';
import { storedReport } from './report-row.ts';
import { standingOf } from './standing-table.ts';
import type { ReportOrder } from './store.ts';

type Row = Record<string, SQLOutputValue>;

/** Rows a read. For each page of standings, or of the reports of a few addresses, all of these are looked at. */
const ROWS = 10_000;

/** The listings, from this database. */
export function clientListings(
  db: DatabaseSync,
): Pick<ListingKinds, 'reports' | 'countedReports' | 'reportsAfter' | 'reportIdBefore' | 'badClients' | 'standings'> {
  const after = db.prepare('SELECT * FROM report WHERE id > ? ORDER BY id LIMIT ?');
  const begin = `SELECT id FROM report_begin WHERE stored < ?1 ORDER BY stored DESC LIMIT 1`;
  const first = `SELECT id FROM report WHERE id > ifnull((${begin}), 0) AND stored >= ?1 ORDER BY id LIMIT 1`;
  const before = db.prepare(`SELECT ifnull((${first}) - 1, (SELECT max(id) FROM report)) AS id`);
  const bad = BAD_EVENTS.map(({ event }) => `'${event}'`).join(', ');
  const last = db.prepare('SELECT max(id) AS id FROM report');
  const badClients = db.prepare(`SELECT DISTINCT ip FROM report NOT INDEXED WHERE id > ? AND event IN (${bad})`);
  const counted = countedStatement(db, bad);
  return {
    countedReports: ({ ip, identity, since, until, most }) =>
      inPieces(counted.all(packAddress(ip), since, until, most, packIdentity(identity)).map(storedReport)),
    reports: (query) => inPieces(reports(db, query)),
    reportsAfter: ({ id, limit }) =>
      inPieces(after.all(id, limit).map((row) => ({ ...storedReport(row), id: Number(row['id']) }))),
    reportIdBefore: ({ stored }) => {
      // Without this, all reports would be looked through in vain.
      const found = stored === Number.POSITIVE_INFINITY ? last.get() : before.get(stored);
      return inPieces([Number(found?.['id'] ?? 0)]);
    },
    badClients: ({ after: id }) => inPieces(badClients.all(id).map(({ ip }) => unpackAddress(ip))),
    standings: (query) => inPieces(standings(db, query)),
  };
}

function countedStatement(db: DatabaseSync, bad: string): StatementSync {
  const newest = 'AND time BETWEEN ?2 AND ?3 ORDER BY time DESC, id DESC LIMIT ?4';
  return db.prepare(
    `SELECT * FROM (SELECT * FROM report INDEXED BY report_ip WHERE ip = ?1 AND event IN (${bad}) ${newest})
     UNION ALL SELECT * FROM (SELECT * FROM report INDEXED BY report_ok WHERE event = 'ok' AND owner = ?5 ${newest})
     ORDER BY time DESC, id DESC`,
  );
}

/** Reports page by page: a reader that takes its time would else keep the write-ahead log from starting again. */
function* reports(
  db: DatabaseSync,
  { text, order = 'newest first' }: Parameters<ListingKinds['reports']>[0],
): Generator<StoredReport, void> {
  const way = WAYS[order];
  const page = reportPage(db, clientQuery(text), way);
  let [time, id] = [way.start, way.start];
  for (;;) {
    const found = page(time, id);
    for (const row of found) yield storedReport(row);
    const last = found.at(-1);
    if (last === undefined || found.length < ROWS) return;
    [time, id] = [Number(last['time']), Number(last['id'])];
  }
}

/** The two ways through the reports. */
const WAYS = {
  'newest first': { start: Number.MAX_SAFE_INTEGER, beyond: '<', direction: 'DESC' },
  'oldest first': { start: Number.MIN_SAFE_INTEGER, beyond: '>', direction: 'ASC' },
} as const;

/** The reports that come next after this time and id. */
function reportPage(
  db: DatabaseSync,
  query: ClientQuery,
  { beyond, direction }: (typeof WAYS)[ReportOrder],
): (time: Seconds, id: number) => readonly Row[] {
  const { sql, params } = clientCondition(query, 'domain');
  const next = `${sql} AND (time, id) ${beyond} (?, ?)`;
  const first = `ORDER BY time ${direction}, id ${direction} LIMIT ${ROWS}`;
  if (query.kind === 'addresses' && isSmall(query)) {
    const few = db.prepare(`SELECT * FROM report INDEXED BY report_ip WHERE ${next} ${first}`);
    return (time, id) => few.all(...params, time, id);
  }
  // First attempts stand in an index of their own.
  const [checks, others] = [
    `SELECT * FROM report INDEXED BY report_check WHERE event = 'check' AND ${next} ${first}`,
    `SELECT * FROM report INDEXED BY report_time WHERE event <> 'check' AND ${next} ${first}`,
  ];
  const both = db.prepare(`SELECT * FROM (SELECT * FROM (${checks}) UNION ALL SELECT * FROM (${others})) ${first}`);
  return (time, id) => both.all(...params, time, id, ...params, time, id);
}

/**
 * Whether there are so few addresses that each page may look through all their reports; else all are read in the order
 * of time.
 */
function isSmall({ low, high }: ClientQuery & { readonly kind: 'addresses' }): boolean {
  return low[0] === high[0] && low[1] === high[1];
}

/** Standings page by page, for the same reason. */
function* standings(db: DatabaseSync, query: Parameters<ListingKinds['standings']>[0]): Generator<Standing, void> {
  const { text, kinds, now = Number.MIN_SAFE_INTEGER } = query;
  const { sql, params } = clientCondition(clientQuery(text), 'identity');
  const page = db.prepare(
    `SELECT * FROM standing
     WHERE ${sql} AND expires > ? AND (identity, length(ip), ip) > (?, ?, ?)
       AND CASE WHEN class IN ('white', 'black') THEN class ELSE 'grey' END IN (${kinds.map(() => '?').join(', ')})
     ORDER BY identity, length(ip), ip LIMIT ${ROWS}`,
  );
  let last: readonly [identity: string, length: number, ip: Uint8Array] = ['', 0, new Uint8Array()];
  for (;;) {
    const found = page.all(...params, now, ...last, ...kinds);
    for (const row of found) yield standingOf(row);
    const final = found.at(-1);
    if (final === undefined || found.length < ROWS) return;
    const ip = final['ip'] as Uint8Array;
    last = [String(final['identity']), ip.length, ip];
  }
}
