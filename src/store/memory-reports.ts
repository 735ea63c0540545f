// The reports of the memory store.
import type { Seconds } from '../policy/check.ts';
import { type BadCounts, type GoodCounts, NO_BAD } from '../policy/facts.ts';
import { COUNT_LIMIT } from '../policy/points.ts';
import type { StoredReport } from '../policy/report.ts';
import { BAD_EVENTS, type CountedBy, DAY, MINUTE, NEWEST_REPORTS, OK_PER_DAY } from './bad-events.ts';
import { clientQuery, meansClient } from './client-query.ts';
import type { Lifetimes, ReportQuery, Stored } from './store.ts';

interface Kept {
  readonly id: number;
  readonly report: StoredReport;
}

export class MemoryReports {
  #kept: readonly Kept[] = [];
  #lastId = 0;

  add(report: StoredReport): Stored {
    if (this.#reports().some((known) => isSame(known, report))) return 'duplicate';
    if (report.event === 'ok' && this.#okOfDay(report) >= OK_PER_DAY) return 'capped';
    const id = report.originId === 0 ? this.#freeId(report.origin) : this.#lastId + 1;
    this.#kept = [...this.#kept, { id, report: { ...report, originId: report.originId || id } }];
    this.#lastId = id;
    return 'stored';
  }

  counted({ ip, identity, since, now }: ReportQuery, most: number): readonly StoredReport[] {
    const newest = this.list(undefined).filter(({ time }) => time >= since && time <= now);
    const bad = newest.filter((report) => report.ip === ip && isBad(report)).slice(0, most);
    const good = newest.filter((report) => report.event === 'ok' && ownerOf(report) === identity).slice(0, most);
    return newest.filter((report) => bad.includes(report) || good.includes(report));
  }

  count({ ip, identity, since, now }: ReportQuery): { readonly bad: BadCounts; readonly good: GoodCounts } {
    const searched = this.#reports().filter(({ time }) => time >= since && time <= now);
    const good = searched.filter((report) => report.event === 'ok' && ownerOf(report) === identity);
    const older = (age: Seconds): number =>
      Math.min(good.filter(({ time }) => time <= now - age).length, COUNT_LIMIT.goodForUnknown);
    const bad = badCounts(searched.filter((report) => report.ip === ip));
    return { bad, good: { olderThanDay: older(DAY), olderThanWeek: older(7 * DAY) } };
  }

  after(id: number, limit: number): readonly (StoredReport & { readonly id: number })[] {
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

  wasAccepted(ip: string, mtaId: string): boolean {
    return this.#reports().some((report) => report.event === 'ok' && report.ip === ip && report.mtaId === mtaId);
  }

  badClientsSince(stored: Seconds): readonly string[] {
    const later = this.#reports().filter((report) => report.stored > stored && isBad(report));
    return [...new Set(later.map(({ ip }) => ip))];
  }

  expire(lifetimes: Lifetimes, now: Seconds, most: number): number {
    const gone = this.#kept.filter(({ report }) => report.time + lifetimeOf(report, lifetimes) < now);
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

  #freeId(origin: string): number {
    const taken = new Set(this.#reports().map((known) => (known.origin === origin ? known.originId : 0)));
    let id = this.#lastId + 1;
    while (taken.has(id)) id += 1;
    return id;
  }
}

const CONTENT = ['origin', 'ip', 'event', 'time', 'reporter', 'mtaId', 'sender', 'recipient'] as const;

function isSame(known: StoredReport, report: StoredReport): boolean {
  if (known.origin === report.origin && known.originId === report.originId) return true;
  return CONTENT.every((field) => known[field] === report[field]);
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

function lifetimeOf(report: StoredReport, lifetimes: Lifetimes): Seconds {
  return isCheck(report) ? lifetimes.checkReport : lifetimes.report;
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
      return new Set(newest.slice(0, NEWEST_REPORTS).map((it) => JSON.stringify([it.sender, it.recipient]))).size;
    case 'minute':
      return new Set(newest.map(({ time }) => Math.floor(time / MINUTE))).size;
  }
}
