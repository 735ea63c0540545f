// The reports of the memory store.
import type { Seconds } from '../policy/check.ts';
import { type BadCounts, type GoodCounts, NO_BAD } from '../policy/facts.ts';
import { COUNT_LIMIT } from '../policy/points.ts';
import type { NumberedReport, StoredReport } from '../policy/report.ts';
import { ENTRY_EVENTS, entryEnd } from '../policy/shared-entry.ts';
import { BAD_EVENTS, type CountedBy, DAY, MINUTE, OK_PER_DAY } from './bad-events.ts';
import { clientQuery, meansClient } from './client-query.ts';
import type { EntryNews, Lifetimes, ReportQuery, Stored } from './store.ts';

interface Kept {
  readonly id: number;
  readonly report: StoredReport;
}

export class MemoryReports {
  #kept: readonly Kept[] = [];
  #lastId = 0;
  /** How far the ids that own reports have for ever are ahead of their local ids. */
  #ahead: number;

  constructor(firstOwnId: number) {
    this.#ahead = Math.max(0, firstOwnId - 1);
  }

  add(report: StoredReport): Stored {
    if (this.#reports().some((known) => isSame(known, report))) return 'duplicate';
    if (report.event === 'ok' && this.#okOfDay(report) >= OK_PER_DAY) return 'capped';
    const id = this.#lastId + 1;
    const originId = report.originId || this.#ownId(report.origin, id);
    this.#kept = [...this.#kept, { id, report: { ...report, originId } }];
    this.#lastId = id;
    return 'stored';
  }

  assignGood(ip: string, identity: string, most: number): number {
    const unassigned = this.#kept.filter(
      ({ report: it }) => it.event === 'ok' && it.ip === ip && it.domain === undefined,
    );
    const oldest = new Set(unassigned.toSorted((a, b) => a.report.time - b.report.time).slice(0, most));
    this.#kept = this.#kept.map((kept) =>
      oldest.has(kept) ? { ...kept, report: { ...kept.report, domain: identity } } : kept,
    );
    return oldest.size;
  }

  counted({ ip, identity, since, until }: ReportQuery, most: number): readonly StoredReport[] {
    const newest = this.list(undefined).filter(({ time }) => time >= since && time <= until);
    const bad = newest.filter((report) => report.ip === ip && isBad(report)).slice(0, most);
    const good = newest.filter((report) => report.event === 'ok' && ownerOf(report) === identity).slice(0, most);
    return newest.filter((report) => bad.includes(report) || good.includes(report));
  }

  count({ ip, identity, since, until, now }: ReportQuery): { readonly bad: BadCounts; readonly good: GoodCounts } {
    const searched = this.#reports().filter(({ time }) => time >= since && time <= until);
    const good = searched.filter((report) => report.event === 'ok' && ownerOf(report) === identity);
    const older = (age: Seconds): number =>
      Math.min(good.filter(({ time }) => time <= now - age).length, COUNT_LIMIT.goodForUnknown);
    const bad = badCounts(searched.filter((report) => report.ip === ip));
    const first = good
      .map(({ time }) => time)
      .toSorted((a, b) => a - b)
      .slice(0, COUNT_LIMIT.firstGood);
    return { bad, good: { olderThanDay: older(DAY), olderThanWeek: older(7 * DAY), first } };
  }

  after(id: number, limit: number): readonly NumberedReport[] {
    const later = this.#kept.filter((kept) => kept.id > id);
    return later.slice(0, limit).map((kept) => ({ ...kept.report, id: kept.id }));
  }

  idBefore(stored: Seconds): number {
    const first = this.#kept.find(({ report }) => report.stored >= stored);
    return first === undefined ? (this.#kept.at(-1)?.id ?? 0) : first.id - 1;
  }

  list(text: string | undefined): readonly StoredReport[] {
    const query = clientQuery(text);
    const found = this.#reports().filter(({ ip, domain }) => meansClient(query, ip, domain));
    // The sort is stable: of one second, the last that was stored comes first.
    return found.toReversed().toSorted(newestFirst);
  }

  newestEntryReport(ip: string, mtaId: string, since: Seconds): EntryNews | undefined {
    const about = this.#reports().filter((it) => isEntry(it) && it.ip === ip && it.mtaId === mtaId && it.time >= since);
    const isRemoval = ({ event }: StoredReport): number => Number(event === 'entry_removed');
    const [newest] = about.toSorted((a, b) => b.time - a.time || isRemoval(b) - isRemoval(a));
    return newest && { event: newest.event, time: newest.time };
  }

  wasAccepted(ip: string, mtaId: string): boolean {
    const tells = ({ event }: StoredReport): boolean => event === 'ok' || event === 'spam';
    return this.#reports().some((report) => tells(report) && report.ip === ip && report.mtaId === mtaId);
  }

  badClientsAfter(id: number): readonly string[] {
    const later = this.#kept.filter((kept) => kept.id > id && isBad(kept.report));
    return [...new Set(later.map(({ report }) => report.ip))];
  }

  expire(lifetimes: Lifetimes, now: Seconds, most: number): number {
    const gone = this.#kept.filter(({ report }) => endOf(report, lifetimes) < now);
    const oldest = gone.toSorted((a, b) => a.report.time - b.report.time);
    const checksLast = oldest.toSorted((a, b) => Number(isCheck(a.report)) - Number(isCheck(b.report)));
    const doomed = new Set(checksLast.slice(0, most));
    this.#kept = this.#kept.filter((kept) => !doomed.has(kept));
    return doomed.size;
  }

  #reports(): readonly StoredReport[] {
    return this.#kept.map(({ report }) => report);
  }

  #okOfDay(report: StoredReport): number {
    const day = Math.floor(report.time / DAY);
    return this.#reports().filter(
      (it) => it.event === 'ok' && ownerOf(it) === ownerOf(report) && Math.floor(it.time / DAY) === day,
    ).length;
  }

  #ownId(origin: string, id: number): number {
    const taken = new Set(this.#reports().map((known) => (known.origin === origin ? known.originId : 0)));
    while (taken.has(id + this.#ahead)) this.#ahead += 1;
    return id + this.#ahead;
  }
}

/** The fields that name a report, with some of what it tells: a server that has lost its database may give a name again. */
const NAMED = ['origin', 'originId', 'time', 'ip', 'event'] as const;
const CONTENT = ['origin', 'ip', 'event', 'time', 'reporter', 'mtaId', 'sender', 'recipient'] as const;

function isSame(known: StoredReport, report: StoredReport): boolean {
  return [NAMED, CONTENT].some((fields) => fields.every((field) => known[field] === report[field]));
}

/** Whom good reports count for. */
function ownerOf({ domain, ip }: StoredReport): string {
  return domain ?? ip;
}

function isBad({ event }: StoredReport): boolean {
  return BAD_EVENTS.some((bad) => bad.event === event);
}

function isCheck({ event }: StoredReport): boolean {
  return event === 'check';
}

function isEntry({ event }: StoredReport): boolean {
  return ENTRY_EVENTS.includes(event);
}

function endOf(report: StoredReport, lifetimes: Lifetimes): Seconds {
  const end = report.time + (isCheck(report) ? lifetimes.checkReport : lifetimes.report);
  return isEntry(report) ? Math.max(end, entryEnd(report)) : end;
}

function newestFirst(a: StoredReport, b: StoredReport): number {
  return b.time - a.time;
}

function badCounts(reports: readonly StoredReport[]): BadCounts {
  const newest = reports.toSorted(newestFirst);
  const counted = BAD_EVENTS.map(({ event, fact, by }) => {
    const those = newest.filter((report) => report.event === event);
    return {
      fact,
      newest: those[0]?.time,
      count: Math.min(countBy(by, those), by === 'minute' ? COUNT_LIMIT.connections : COUNT_LIMIT.bad),
    };
  });
  const times = counted.flatMap((one) => one.newest ?? []);
  const counts = Object.fromEntries(counted.map(({ fact, count }) => [fact, count]));
  return { ...NO_BAD, ...counts, newest: times.length === 0 ? undefined : Math.max(...times) };
}

function countBy(by: CountedBy, newest: readonly StoredReport[]): number {
  switch (by) {
    case 'report':
      return newest.length;
    case 'pair':
      return new Set(newest.map((it) => JSON.stringify([it.sender, it.recipient]))).size;
    case 'minute':
      return new Set(newest.map(({ time }) => Math.floor(time / MINUTE))).size;
  }
}
