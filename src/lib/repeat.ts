// Work that comes back: once now, then again after each interval, until it is closed.
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after the milliseconds; rejects when the work is being closed. */
export type Pause = (milliseconds: number) => Promise<void>;

export interface RepeatedWork {
  /** One round. It should call `pause` often if it is long. */
  readonly work: (pause: Pause) => Promise<void>;
  /** Milliseconds from the end of a round to the start of the next; asked again now and then, since it may change. */
  readonly interval: () => number;
  /** Milliseconds after which `interval` is asked again, for tests. */
  readonly askedAgain?: number;
  /** A round failed; the next one comes all the same. Not told of an AbortError: what the work needs is being closed. */
  readonly onError: (error: unknown) => void;
}

/**
 * Milliseconds after which `interval` is asked again: a pause of days must not outlast the configuration that made it
 * so long.
 */
const ASKED_AGAIN = 10_000;

/** Starts the work. Closing ends a pause that it is in, or waits for a step that it is at. */
export function startRepeating(repeated: RepeatedWork): AsyncDisposable {
  const { interval, askedAgain = ASKED_AGAIN } = repeated;
  const closing = new AbortController();
  const { signal } = closing;
  const pause: Pause = (milliseconds) => sleep(milliseconds, undefined, { signal });
  const rest = async (): Promise<void> => {
    let rested = 0;
    do {
      const step = Math.min(Math.max(interval() - rested, 0), askedAgain);
      await pause(step);
      rested += step;
    } while (rested < interval());
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await repeated.work(pause).catch((error: unknown) => {
        if (!signal.aborted && !isAbort(error)) repeated.onError(error);
      });
      await rest().catch(() => {});
    }
  };
  const running = run();
  return {
    [Symbol.asyncDispose]: () => {
      closing.abort();
      return running;
    },
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
