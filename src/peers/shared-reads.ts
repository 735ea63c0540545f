// Readers that are at the same place share a read of the store, as all do that have caught up: fifty of them cost the
// reading of one. What has been read is handed out to a few of them at a time.
import type { News } from '../lib/news.ts';
import { Turns } from '../lib/turns.ts';
import type { ReportSource } from './report-source.ts';

/**
 * Reports that are handed out in a turn of the event loop: a few tenths of a millisecond of work for those who send
 * them on.
 */
const MOST = 200;

/**
 * The same source, in which a read is shared by those who ask for the same place while it lasts, and checks have their turn
 * between readers. Who asks after news does not share a read that began before them.
 */
export function shareReads(source: ReportSource, news: News): ReportSource {
  const turns = new Turns(MOST);
  const reading = new Map<string, ReturnType<ReportSource['reportsAfter']>>();
  // Reads that began before the news lack what is new.
  news.listen(() => reading.clear());
  const readOnce = (id: number, limit: number): ReturnType<ReportSource['reportsAfter']> => {
    const key = `${id} ${limit}`;
    const shared = reading.get(key);
    if (shared !== undefined) return shared;
    const read = source.reportsAfter(id, limit).finally(() => {
      if (reading.get(key) === read) reading.delete(key);
    });
    reading.set(key, read);
    return read;
  };
  return {
    reportIdBefore: (stored) => source.reportIdBefore(stored),
    reportsAfter: async (id, limit) => {
      const page = await readOnce(id, limit);
      await turns.take(page.length + 1);
      return page;
    },
  };
}
