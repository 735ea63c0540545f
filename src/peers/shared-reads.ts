// Readers that are at the same place, which is where all are that have caught up, share a read of the store: what fifty of them
// are told costs the reading of one.
import type { News } from '../lib/news.ts';
import type { ReportSource } from './sync-reports.ts';

/** The same source, in which reads from the same place on are one while it lasts. What is read after news was read after them. */
export function shareReads(source: ReportSource, news: News): ReportSource {
  const reading = new Map<string, ReturnType<ReportSource['reportsAfter']>>();
  // What began before does not have what they are about.
  news.listen(() => reading.clear());
  return {
    reportIdBefore: (stored) => source.reportIdBefore(stored),
    reportsAfter: (id, limit) => {
      const key = `${id} ${limit}`;
      const shared = reading.get(key);
      if (shared !== undefined) return shared;
      const read = source.reportsAfter(id, limit).finally(() => {
        if (reading.get(key) === read) reading.delete(key);
      });
      reading.set(key, read);
      return read;
    },
  };
}
