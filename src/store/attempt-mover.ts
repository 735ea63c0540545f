// Moves first attempts from the journal to the database: a few at once on the daemon's thread, many by a worker, lot by lot,
// between which others write.
import { createBackOff } from '../lib/back-off.ts';
import type { Log } from '../lib/log.ts';
import type { AttemptFile } from './attempt-file.ts';
import type { AttemptJournal } from './attempt-journal.ts';
import type { MoveJob, MoveResult } from './attempt-worker.ts';
import { type ClientNumber, clientOf } from './client-number.ts';
import type { GroupCommit } from './group-commit.ts';
import type { TupleTable } from './tuple-table.ts';
import { callWorker, type WorkerCalls } from './worker-calls.ts';

/** Milliseconds from an attempt to its move. The more there are at once, the less each costs. */
const DELAY = 200;
/** Milliseconds from a failed move to the next at most: each reads the file again, and waits for the lock. */
const LONGEST_DELAY = 5000;
/** Attempts that are not worth a worker. */
const FEW = 100;
/** Attempts that the worker moves at once: other writes wait for that, with its pauses some 3 ms. */
const LOT = 256;

export interface MoverParts {
  /** Of the database. */
  readonly path: string;
  readonly journal: AttemptJournal;
  readonly tuples: TupleTable;
  readonly commits: GroupCommit;
  readonly log: Log;
  /** Told that something may have been written to the database. */
  readonly onWritten: () => void;
}

export class AttemptMover implements AsyncDisposable {
  readonly #parts: MoverParts;
  readonly #worker: WorkerCalls<MoveJob, MoveResult>;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;
  #failing = false;
  readonly #backOff = createBackOff({ first: 2 * DELAY, longest: LONGEST_DELAY });

  constructor(parts: MoverParts) {
    this.#parts = parts;
    this.#worker = callWorker(new URL('./attempt-worker.ts', import.meta.url), parts.path);
  }

  /** The last move failed; it is tried again by itself. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Told that something comes into the journal: it is moved within the delay. Throws once the mover is closed. */
  appending(): void {
    this.#mustBeOpen();
    this.#moveIn(DELAY);
  }

  /** Resolves when all that is in the journal now is in the database; rejects when that fails. */
  async moveAll(): Promise<void> {
    // A move that is under way may have begun before the last attempt was appended.
    await this.#running?.catch(() => {});
    this.#mustBeOpen();
    if (!this.#parts.journal.isEmpty) await (this.#running ??= this.#run());
  }

  /** Once this is done, nothing touches the journal. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#stopTimer();
    await this.#running?.catch(() => {});
    await this.#worker[Symbol.asyncDispose]();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error('the store is closed');
  }

  #moveIn(delay: number): void {
    this.#timer ??= setTimeout(() => {
      // Also if there is nothing to move any more: what comes later needs a timer of its own.
      this.#timer = undefined;
      this.moveAll().catch(() => {});
    }, delay);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #run(): Promise<void> {
    this.#stopTimer();
    let delay = DELAY;
    const { journal, log, onWritten } = this.#parts;
    try {
      // First what a failed move has left.
      await this.#moveTurned();
      journal.turn();
      await this.#moveTurned();
      if (this.#failing) log.event(0, 'first attempts are stored again');
      this.#failing = false;
      this.#backOff.worked();
    } catch (error) {
      // Attempts that came meanwhile have set it.
      this.#stopTimer();
      delay = this.#backOff.failed();
      // Said once: on a full disk each move fails.
      if (!this.#failing) log.event(0, 'storing first attempts failed', { cause: String(error) });
      this.#failing = true;
      throw error;
    } finally {
      this.#running = undefined;
      onWritten();
      if (!journal.isEmpty && !this.#closed) this.#moveIn(delay);
    }
  }

  async #moveTurned(): Promise<void> {
    const { turned } = this.#parts.journal;
    if (turned.size === 0) return;
    await (turned.size <= FEW ? this.#moveFew(turned) : this.#moveMany(turned));
    turned.empty();
  }

  async #moveFew(file: AttemptFile): Promise<void> {
    const { commits, tuples } = this.#parts;
    const attempts = [...file.read()];
    let counted: readonly ClientNumber[] = [];
    try {
      await commits.write(() => {
        const inserted = attempts.filter((one) => tuples.insertAttempt(one));
        counted = inserted.map(clientOf);
        file.counted(counted);
      });
    } catch (error) {
      file.uncounted(counted);
      throw error;
    }
  }

  async #moveMany(file: AttemptFile): Promise<void> {
    const { commits } = this.#parts;
    let { left } = await this.#worker.ask({ step: 'read', content: file.content });
    while (left > 0) {
      await commits.hold(async () => {
        const result = await this.#worker.ask({ step: 'move', most: LOT });
        file.counted(result.clients);
        ({ left } = result);
      });
    }
    this.#worker.rest();
  }
}
