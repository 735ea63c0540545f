// The worker that writes reports, a lot in one transaction. It says what became of each.
import { workerData } from 'node:worker_threads';
import type { ReportRow } from './report-row.ts';
import { ReportTable } from './report-table.ts';
import { serveCalls } from './worker-calls.ts';
import { WorkerDatabase } from './worker-database.ts';

const database = new WorkerDatabase(workerData as string);
const reports = new ReportTable(database.db);

// A thread is started by asking for nothing: others may write meanwhile.
serveCalls((rows: readonly ReportRow[]) =>
  rows.length === 0 ? [] : database.write(() => rows.map((row) => reports.add(row))),
);
