// Writes reports: on the daemon's thread as long as they are few, in lots by a worker when they are a flood, so that checks
// have the thread. Lots are small: whatever else is written waits for them.
import type { GroupCommit } from './group-commit.ts';
import type { ReportRow } from './report-row.ts';
import type { ReportTable } from './report-table.ts';
import type { Stored } from './store.ts';
import { callWorker, type WorkerCalls } from './worker-calls.ts';

/** Reports a second: fewer take a few hundredths of it, and are not worth a thread. */
const MANY = 500;
/** Reports in one transaction of the worker: some 2 ms. */
const LOT = 64;

export interface ReportWriterParts {
  /** Of the database. */
  readonly path: string;
  readonly reports: ReportTable;
  readonly commits: GroupCommit;
  /** Told that the worker may have written. */
  readonly onWritten: () => void;
}

interface Waiting extends PromiseWithResolvers<Stored> {
  readonly row: ReportRow;
}

export class ReportWriter implements AsyncDisposable {
  readonly #parts: ReportWriterParts;
  readonly #worker: WorkerCalls<readonly ReportRow[], readonly Stored[]>;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  readonly #now: () => number;
  /** The second that is counted, how many came in it, and whether those of the one before were many. */
  #second = 0;
  #count = 0;
  #wereMany = false;

  /** `now` in milliseconds, of a clock that never goes back. */
  constructor(parts: ReportWriterParts, now: () => number = () => performance.now()) {
    this.#parts = parts;
    this.#now = now;
    this.#worker = callWorker(new URL('./report-worker.ts', import.meta.url), parts.path);
  }

  /** As Store.addReport. */
  add(row: ReportRow): Promise<Stored> {
    const { commits, reports } = this.#parts;
    // While others wait for the worker, further ones wait behind them, however few they are: they stay in their order.
    const many = this.#areMany() || this.#running !== undefined;
    // Own reports are always written here: one table gives them their names.
    if (row.report.originId === 0 || !many) return commits.writeAside(() => reports.add(row));
    const waiting = { ...Promise.withResolvers<Stored>(), row };
    this.#waiting.push(waiting);
    this.#running ??= this.#run();
    return waiting.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running;
    await this.#worker[Symbol.asyncDispose]();
  }

  #areMany(): boolean {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#wereMany = second === this.#second + 1 && this.#count > MANY;
      this.#second = second;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#wereMany || this.#count > MANY;
  }

  async #run(): Promise<void> {
    // Asked for nothing at first, since a thread takes longer to start than others should wait.
    if (!this.#worker.running) await this.#write([]);
    while (this.#waiting.length > 0) {
      await this.#parts.commits.hold(() => this.#write(this.#waiting.splice(0, LOT)));
      this.#parts.onWritten();
    }
    this.#running = undefined;
    this.#worker.rest();
  }

  /** All of a lot are stored, or none; whoever waits is told. */
  async #write(lot: readonly Waiting[]): Promise<void> {
    try {
      const stored = await this.#worker.ask(lot.map(({ row }) => row));
      for (const [i, one] of stored.entries()) lot[i]?.resolve(one);
    } catch (error) {
      for (const { reject } of lot) reject(error);
    }
  }
}
