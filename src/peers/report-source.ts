// Where the reports that other servers are sent are read: page by page, in the order in which they were stored.
import type { NumberedReport } from '../policy/report.ts';

/** What is needed of the memory; as store.ts has it. */
export interface ReportSource {
  reportsAfter(id: number, limit: number): Promise<readonly NumberedReport[]>;
  reportIdBefore(stored: number): Promise<number>;
}

/** Reports that are read at once: about a millisecond of work. */
export const PAGE = 200;

/** All reports after this id. */
export async function* pagesAfter(reports: ReportSource, id: number): AsyncGenerator<readonly NumberedReport[]> {
  for (let last: number | undefined = id; last !== undefined; ) {
    const page = await reports.reportsAfter(last, PAGE);
    if (page.length > 0) yield page;
    last = page.at(-1)?.id;
  }
}
