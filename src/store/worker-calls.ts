// Questions to a worker thread and its answers, in both directions of the same file: callWorker for the one who asks,
// serveCalls for the worker.
import { getPriority, setPriority } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';
import { causeOf } from '../lib/error-cause.ts';

interface Question {
  readonly id: number;
  readonly question: unknown;
}

type Answer = { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly error: string };

/** A worker thread that answers questions. */
export interface WorkerCalls<Q, A> extends AsyncDisposable {
  /** Rejects when the worker's answer is an error or when it dies. */
  ask(question: Q): Promise<A>;
  /** Whether there is a thread; else the next question waits for one to start. */
  readonly running: boolean;
  /** Told that nothing is asked for now: a thread that stays idle for long is ended, since each takes some 15 MiB. */
  rest(): void;
}

/** Milliseconds after which an idle thread is ended. */
const IDLE = 20_000;
/** MiB of a worker's heap for objects that are young. */
const YOUNG = 6;
/** How much nicer a worker is than the thread that asks it, and how nice it can be at most. */
const LESS = 5;
const LEAST = 19;

interface RunningWorker<A> {
  readonly worker: Worker;
  /** Those who wait for the thread's answers. */
  readonly waiting: Map<number, PromiseWithResolvers<A>>;
}

/** A worker that runs the file. It is started at the first question, and again at the next one if it died. */
export function callWorker<Q, A>(file: URL, workerData: unknown): WorkerCalls<Q, A> {
  let running: RunningWorker<A> | undefined;
  let asked = 0;
  let resting: NodeJS.Timeout | undefined;
  let ended: Promise<unknown> | undefined;
  const start = (): RunningWorker<A> => {
    const started = startWorker<A>(file, workerData);
    started.worker.on('exit', () => {
      if (running === started) running = undefined;
    });
    return started;
  };
  // Ending takes a while: a question that comes meanwhile gets another thread.
  const end = (): void => {
    ended = running?.worker.terminate() ?? ended;
    running = undefined;
  };
  return {
    ask: (question) => {
      clearTimeout(resting);
      running ??= start();
      const caller = Promise.withResolvers<A>();
      asked += 1;
      running.waiting.set(asked, caller);
      running.worker.postMessage({ id: asked, question } satisfies Question);
      return caller.promise;
    },
    get running() {
      return running !== undefined;
    },
    rest: () => {
      clearTimeout(resting);
      resting = setTimeout(end, IDLE).unref();
    },
    [Symbol.asyncDispose]: async () => {
      clearTimeout(resting);
      end();
      await ended;
    },
  };
}

function startWorker<A>(file: URL, workerData: unknown): RunningWorker<A> {
  // A worker's objects live for a piece or a lot: with more room for young ones, it would only hold more memory.
  const worker = new Worker(file, { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG } });
  const waiting: RunningWorker<A>['waiting'] = new Map();
  let cause: unknown = 'worker ended';
  worker.on('message', (answer: Answer) => {
    const caller = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) caller?.reject(new Error(answer.error));
    else caller?.resolve(answer.answer as A);
  });
  worker.on('error', (error) => {
    cause = error;
  });
  worker.on('exit', () => {
    for (const caller of waiting.values()) caller.reject(new Error(causeOf(cause), { cause }));
    waiting.clear();
  });
  return { worker, waiting };
}

/** In a worker: answers every question with what the function returns. */
export function serveCalls<Q, A>(answer: (question: Q) => A): void {
  giveWay();
  parentPort?.on('message', ({ id, question }: Question) => {
    try {
      parentPort?.postMessage({ id, answer: answer(question as Q) } satisfies Answer);
    } catch (error) {
      parentPort?.postMessage({ id, error: causeOf(error) } satisfies Answer);
    }
  });
}

/**
 * Makes way for checks where processors are scarce. On Linux a thread has a priority of its own (setpriority(2));
 * elsewhere that of the whole process would change.
 */
function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Math.min(getPriority() + LESS, LEAST));
  } catch {
    // This is not allowed everywhere, and nothing depends on it.
  }
}
