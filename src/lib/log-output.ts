// Where the log goes: a stream whose reader may be slow, gone, or out of space. None of that may end the daemon or fill its
// memory, so what does not fit is dropped, and said to be dropped once there is room again.
import type { Writable } from 'node:stream';

/** Bytes that wait for a slow reader before more is dropped. */
const MOST_WAITING = 16 * 1024 * 1024;

/** A function that writes whole lines to the stream. */
export function logOutput(stream: Writable, mostWaiting: number = MOST_WAITING): (text: string) => void {
  let dropped = 0;
  // The stream stays usable: what comes later is tried again.
  stream.on('error', () => {});
  return (text) => {
    if (stream.writableLength > mostWaiting) {
      dropped += text.split('\n').length - 1;
      return;
    }
    if (dropped > 0) stream.write(`log: ${dropped} lines dropped, since nobody read them\n`);
    dropped = 0;
    stream.write(text);
  };
}
