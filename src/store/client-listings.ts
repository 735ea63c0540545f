// The listings of reports and standings, as the worker reads them.
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { BAD_EVENTS } from './bad-events.ts';
import { clientCondition, clientQuery } from './client-query.ts';
import type { ListingKinds, StandingQuery } from './listings.ts';
import { unpackAddress } from './packed-address.ts';
import { inPieces } from './pieces.ts';
import { storedReport } from './report-row.ts';
import { standingOf } from './standing-table.ts';

type Row = Record<string, SQLOutputValue>;

/** The listings, from this database. */
export function clientListings(
  db: DatabaseSync,
): Pick<ListingKinds, 'reports' | 'reportsAfter' | 'reportIdBefore' | 'badClients' | 'standings'> {
  const after = db.prepare('SELECT * FROM report WHERE id > ? ORDER BY id LIMIT ?');
  const before = db.prepare(
    `SELECT ifnull((SELECT id - 1 FROM report WHERE stored >= ? ORDER BY id LIMIT 1), (SELECT max(id) FROM report)) AS id`,
  );
  const bad = BAD_EVENTS.map(({ event }) => `'${event}'`).join(', ');
  const badClients = db.prepare(
    `SELECT DISTINCT ip FROM report WHERE stored > ? AND event NOT IN ('ok', 'check') AND event IN (${bad})`,
  );
  return {
    reports: ({ text, limit }) => inPieces(newestReports(db, text, limit).map(storedReport)),
    reportsAfter: ({ id, limit }) =>
      inPieces(after.all(id, limit).map((row) => ({ ...storedReport(row), id: Number(row['id']) }))),
    reportIdBefore: ({ stored }) => inPieces([Number(before.get(stored)?.['id'] ?? 0)]),
    badClients: ({ since }) => inPieces(badClients.all(since).map(({ ip }) => unpackAddress(ip))),
    standings: (query) => inPieces(standings(db, query).map(standingOf)),
  };
}

function newestReports(db: DatabaseSync, text: string | undefined, limit: number): readonly Row[] {
  const query = clientQuery(text);
  const { sql, params } = clientCondition(query, 'domain');
  const newest = 'ORDER BY time DESC, id DESC LIMIT ?';
  if (query.kind === 'addresses') {
    return db.prepare(`SELECT * FROM report INDEXED BY report_ip WHERE ${sql} ${newest}`).all(...params, limit);
  }
  // First attempts stand in an index of their own.
  const [checks, others] = ['=', '<>'].map(
    (is) => `SELECT * FROM report WHERE event ${is} 'check' AND ${sql} ${newest}`,
  );
  return db
    .prepare(`SELECT * FROM (SELECT * FROM (${checks}) UNION ALL SELECT * FROM (${others})) ${newest}`)
    .all(...params, limit, ...params, limit, limit);
}

function standings(db: DatabaseSync, { text, now, limit }: StandingQuery): readonly Row[] {
  const { sql, params } = clientCondition(clientQuery(text), 'identity');
  return db
    .prepare(`SELECT * FROM standing WHERE ${sql} AND expires > ? ORDER BY identity, length(ip), ip LIMIT ?`)
    .all(...params, now ?? Number.MIN_SAFE_INTEGER, limit);
}
