// When to checkpoint. Copying alone never ends the log while others write: there is always something newer. So most of
// the log is copied beside the writing, and only for the small rest are the writes held back, until the log has started
// again.
import type { Log } from '../lib/log.ts';
import type { CheckpointJob, CheckpointResult, CheckpointTarget } from './checkpoint-worker.ts';
import type { GroupCommit } from './group-commit.ts';
import { callWorker, type WorkerCalls } from './worker-calls.ts';

/** Milliseconds from a commit to the checkpoint that covers it: what a power loss may cost, roughly. */
const DELAY = 1000;
/** A pass that found fewer pages than this leaves so little that the writes may wait for it. */
const SMALL_PASS = 512;
/** Passes that try to make the rest small; if the disk is slower than the writing, the writes wait for it after these. */
const PASSES = 4;

export class Checkpointer implements AsyncDisposable {
  readonly #worker: WorkerCalls<CheckpointJob, CheckpointResult>;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;
  /** The last checkpoint failed, and the log says so: on a full disk each one fails. */
  #failing = false;

  constructor(target: CheckpointTarget, log: Log) {
    this.#worker = callWorker(new URL('./checkpoint-worker.ts', import.meta.url), target);
    this.#log = log;
  }

  /** Told that something was committed: a checkpoint comes within the delay. `commits` is what holds back writes. */
  committed(commits: GroupCommit): void {
    if (this.#running !== undefined) this.#again = true;
    else if (!this.#closed) this.#timer ??= setTimeout(() => this.#start(commits), DELAY);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
    await this.#worker[Symbol.asyncDispose]();
  }

  #start(commits: GroupCommit): void {
    this.#timer = undefined;
    this.#again = false;
    this.#running = this.#run(commits).finally(() => {
      this.#running = undefined;
      if (this.#again) this.committed(commits);
      else if (!this.#closed) this.#worker.rest();
    });
  }

  async #run(commits: GroupCommit): Promise<void> {
    try {
      await this.#copy();
      // Once all is copied, the next commit starts the log again and syncs its header: the worker makes one for that.
      await commits.hold(async () => {
        await this.#worker.ask('restart');
      });
      if (this.#failing) this.#log.event(0, 'checkpoints work again');
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#log.event(0, 'checkpoint failed', { cause: String(error) });
      this.#failing = true;
    }
  }

  /** Copies until a pass finds little that is new. */
  async #copy(): Promise<void> {
    let known = 0;
    for (let pass = 1; pass <= PASSES; pass += 1) {
      const { pages, copied } = await this.#worker.ask('copy');
      if (pages - known < SMALL_PASS) return;
      known = copied;
    }
  }
}
