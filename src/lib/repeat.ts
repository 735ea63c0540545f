// Work that comes back: once now, then again after each interval, until it is closed.
import { setTimeout as sleep } from 'node:timers/promises';

/** A pause of so many milliseconds; rejects when the work is being closed. */
export type Pause = (milliseconds: number) => Promise<void>;

export interface RepeatedWork {
  /** One round. It should call `pause` often if it is long. */
  readonly work: (pause: Pause) => Promise<void>;
  /** Milliseconds from the end of a round to the start of the next, asked after each round. */
  readonly interval: () => number;
  /** A round failed; the next one comes all the same. Not told of an AbortError: what the work needs is being closed. */
  readonly onError: (error: unknown) => void;
}

/** Starts the work. Closing ends the pause it is in, or waits for the step it is at. */
export function startRepeating(repeated: RepeatedWork): AsyncDisposable {
  const closing = new AbortController();
  const { signal } = closing;
  const pause: Pause = (milliseconds) => sleep(milliseconds, undefined, { signal });
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await repeated.work(pause).catch((error: unknown) => {
        if (!signal.aborted && !isAbort(error)) repeated.onError(error);
      });
      await pause(repeated.interval()).catch(() => {});
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
