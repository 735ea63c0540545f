// The statements on reports, but for counting. Synchronous; the caller has a transaction open where something is written.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Seconds } from '../policy/check.ts';
import { LONGEST_ENTRY } from '../policy/manual-entry.ts';
import { ENTRY_EVENTS } from '../policy/shared-entry.ts';
import { DAY, OK_PER_DAY } from './bad-events.ts';
import { packAddress, packIdentity } from './packed-address.ts';
import type { ReportRow } from './report-row.ts';
import type { EntryNews, Lifetimes, Stored } from './store.ts';

export class ReportTable {
  readonly #known: StatementSync;
  readonly #okOfDay: StatementSync;
  readonly #nextId: StatementSync;
  readonly #freeOriginId: StatementSync;
  readonly #insert: StatementSync;
  readonly #unassigned: StatementSync;
  readonly #assign: StatementSync;
  readonly #accepted: StatementSync;
  readonly #entryNews: StatementSync;
  readonly #expire: StatementSync;
  readonly #expireChecks: StatementSync;
  readonly #expireBegins: StatementSync;
  /** How far the ids that own reports have for ever are ahead of their local ids. */
  #ahead: number;

  constructor(db: DatabaseSync, firstOwnId = 0) {
    this.#known = db.prepare(
      `SELECT EXISTS (SELECT 1 FROM report INDEXED BY report_origin
                      WHERE origin = ?1 AND origin_id = ?2 AND time = ?5 AND ip = ?3 AND event = ?4)
           OR EXISTS (SELECT 1 FROM report INDEXED BY report_ip
                      WHERE ip = ?3 AND event = ?4 AND time = ?5 AND sender IS ?6 AND recipient IS ?7
                      AND origin = ?1 AND reporter = ?8 AND mta_id IS ?9) AS known`,
    );
    this.#okOfDay = db.prepare(
      `SELECT count(*) AS n FROM (SELECT 1 FROM report WHERE event = 'ok' AND owner = ?1
         AND time BETWEEN ?2 AND ?2 + ${DAY - 1} LIMIT ${OK_PER_DAY})`,
    );
    this.#nextId = db.prepare(`SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'report'), 0) + 1 AS id`);
    // Whoever lost the database gets the reports that it once had from its peers: those ids are taken.
    this.#freeOriginId = db.prepare(
      `WITH RECURSIVE free (id) AS (
         SELECT ?2
         UNION ALL
         SELECT id + 1 FROM free WHERE EXISTS (SELECT 1 FROM report WHERE origin = ?1 AND origin_id = free.id))
       SELECT max(id) AS id FROM free`,
    );
    this.#insert = db.prepare(
      `INSERT INTO report
         (id, origin, origin_id, stored, time, ip, domain, owner, event, reporter, sender, recipient, mta_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const unassigned = `FROM report INDEXED BY report_ok_unassigned WHERE event = 'ok' AND domain IS NULL AND owner = ?1`;
    this.#unassigned = db.prepare(`SELECT 1 ${unassigned} LIMIT 1`);
    this.#assign = db.prepare(
      `UPDATE report SET domain = ?2, owner = ?3 WHERE id IN (SELECT id ${unassigned} ORDER BY time LIMIT ?4)`,
    );
    this.#accepted = db.prepare(
      `SELECT 1 FROM report INDEXED BY report_mta_id WHERE event IN ('ok', 'spam') AND mta_id = ? AND ip = ? LIMIT 1`,
    );
    const ofEntry = `event IN (${ENTRY_EVENTS.map((event) => `'${event}'`).join(', ')})`;
    this.#entryNews = db.prepare(
      `SELECT event, time FROM report INDEXED BY report_ip WHERE ip = ? AND ${ofEntry} AND mta_id = ? AND time >= ?
       ORDER BY time DESC, event = 'entry_removed' DESC LIMIT 1`,
    );
    // As entryEnd().
    const end = `min(ifnull(CAST(recipient AS INTEGER), 0), time + ${LONGEST_ENTRY})`;
    this.#expire = db.prepare(expireSql(`event <> 'check' AND NOT (${ofEntry} AND ${end} >= ?)`));
    this.#expireChecks = db.prepare(expireSql(`event = 'check'`));
    this.#expireBegins = db.prepare(
      `DELETE FROM report_begin WHERE id < (SELECT min(id) FROM report) AND stored IN
         (SELECT stored FROM report_begin WHERE stored < (SELECT max(stored) FROM report_begin) ORDER BY stored LIMIT ?)`,
    );
    this.#ahead = Math.max(0, firstOwnId - this.#newId());
  }

  /** As Store.addReport. */
  add(row: ReportRow): Stored {
    if (this.#isKnown(row)) return 'duplicate';
    if (row.report.event === 'ok' && this.#isCapped(row)) return 'capped';
    this.#insertRow(row);
    return 'stored';
  }

  /** Whether Store.assignGood would find any. */
  hasUnassigned(ip: string): boolean {
    return this.#unassigned.get(packAddress(ip)) !== undefined;
  }

  /** As Store.assignGood. */
  assignGood(ip: string, identity: string, most: number): number {
    const domain = identity === ip ? '' : identity;
    return Number(this.#assign.run(packAddress(ip), domain, packIdentity(identity), most).changes);
  }

  /** As Store.wasAccepted. */
  wasAccepted(ip: string, mtaId: string): boolean {
    return this.#accepted.get(mtaId, packAddress(ip)) !== undefined;
  }

  /** As Store.newestEntryReport. */
  newestEntryReport(ip: string, mtaId: string, since: Seconds): EntryNews | undefined {
    const row = this.#entryNews.get(packAddress(ip), mtaId, since);
    return row && { event: String(row['event']), time: Number(row['time']) };
  }

  /** As Store.expire, for reports. */
  expire(lifetimes: Lifetimes, now: Seconds, most: number): number {
    const removed = Number(this.#expire.run(now, now - lifetimes.report, most).changes);
    const checks = Number(this.#expireChecks.run(now - lifetimes.checkReport, most - removed).changes);
    this.#expireBegins.run(most);
    return removed + checks;
  }

  #isKnown({ report, ip }: ReportRow): boolean {
    const { origin, originId, event, time, reporter, mtaId = null, sender = null, recipient = null } = report;
    const content = [ip, event, time, sender, recipient, reporter, mtaId];
    return this.#known.get(origin, originId, ...content)?.['known'] === 1;
  }

  #isCapped({ report: { time }, owner }: ReportRow): boolean {
    return Number(this.#okOfDay.get(owner, time - (time % DAY))?.['n']) >= OK_PER_DAY;
  }

  #insertRow({ report, ip, domain, owner }: ReportRow): void {
    const { origin, stored, time, event, reporter, sender = null, recipient = null, mtaId = null } = report;
    // Only an own one is named by its id; any other gets the next one by itself.
    const id = report.originId === 0 ? this.#newId() : null;
    const named = [id, origin, id === null ? report.originId : this.#ownId(origin, id), stored, time];
    this.#insert.run(...named, ip, domain, event === 'ok' ? owner : null, event, reporter, sender, recipient, mtaId);
  }

  #newId(): number {
    return Number(this.#nextId.get()?.['id']);
  }

  #ownId(origin: string, id: number): number {
    const free = Number(this.#freeOriginId.get(origin, id + this.#ahead)?.['id']);
    this.#ahead = free - id;
    return free;
  }
}

function expireSql(which: string): string {
  return `DELETE FROM report WHERE id IN (SELECT id FROM report WHERE ${which} AND time < ? ORDER BY time LIMIT ?)`;
}
