import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { clientListings } from './client-listings.ts';
import { LIFETIMES, spam, T } from './contract-samples.ts';
import { reportRow } from './report-row.ts';
import { ReportTable } from './report-table.ts';
import { openDatabase } from './schema.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-listings-'));
const db = openDatabase(join(directory, 'db'));
afterAll(() => {
  db.close();
  rmSync(directory, { recursive: true });
});

/** Seconds from a report to the next one, by a clock that is set now and then; or how many of the oldest end. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant('report' as const),
    after: fc.oneof(fc.nat(9), fc.nat(700), fc.integer({ min: -5000, max: 5000 })),
  }),
  fc.record({ kind: fc.constant('expiry' as const), most: fc.nat(9) }),
);

test('where the reports begin that were stored since a time, whatever the clock did', () => {
  const [reports, listings] = [new ReportTable(db), clientListings(db)];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      db.exec('DELETE FROM report; DELETE FROM report_begin');
      let [now, made] = [T, 0];
      for (const one of steps) {
        if (one.kind === 'expiry') reports.expire(LIFETIMES, T + LIFETIMES.report + made, one.most);
        else {
          [now, made] = [now + one.after, made + 1];
          reports.add(reportRow({ ...spam, stored: now, time: T + made }));
        }
      }
      const all = [...listings.reportsAfter({ id: 0, limit: 99 })].flat();
      const last = all.at(-1)?.id ?? 0;
      for (const since of all.flatMap(({ stored }) => [stored, stored + 1])) {
        const first = all.find(({ stored }) => stored >= since);
        expect([...listings.reportIdBefore({ stored: since })]).toEqual([[first === undefined ? last : first.id - 1]]);
      }
    }),
    { numRuns: 500 },
  );
});
