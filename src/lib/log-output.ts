// Where the log goes: a stream whose reader may be slow, gone, or out of space. None of that may end the daemon, keep it
// from ending, or fill its memory, so what does not fit is dropped, and said to be dropped once there is room again.
import type { Writable } from 'node:stream';
import { inTime } from './in-time.ts';
import type { WriteLines } from './log.ts';

/** Bytes that wait for a slow reader before more is dropped. */
const MOST_WAITING = 16 * 1024 * 1024;

export interface LogOutput {
  readonly write: WriteLines;
  /** Whether all that was written has left this process; waits at most `patience` (milliseconds) for that. */
  readonly left: (patience: number) => Promise<boolean>;
}

/** An output that writes to the stream. */
export function logOutput(stream: Writable, mostWaiting: number = MOST_WAITING): LogOutput {
  let dropped = 0;
  // An error is no reason to give up: what comes later is written again.
  stream.on('error', () => {});
  return {
    write: (text, lineOf) => {
      if (stream.writableLength > mostWaiting) {
        dropped += text.split('\n').length - 1;
        return;
      }
      if (dropped > 0) stream.write(lineOf('log lines dropped', { lines: dropped }));
      dropped = 0;
      stream.write(text);
    },
    left: async (patience) => {
      if (stream.writableLength === 0) return true;
      const { promise, resolve } = Promise.withResolvers<void>();
      // Called after all that was written before, or when that has failed.
      stream.write('', () => resolve());
      return inTime(promise, patience);
    },
  };
}
